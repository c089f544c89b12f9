/**
 * Limits in Redis: exact over any number of nodes, one round trip for all limits of a call, by the clock of the Redis
 * server. What Redis loses (a restart without persistence, an eviction) begins afresh; nothing else depends on it.
 */
import { UnavailableError } from '../../domain/errors.js';
import type { Limit, LimitAlgorithm, LimitReading } from '../../domain/limit.js';
import type { Charge, Consumption, Limiter } from '../../ports/limiter.js';
import { checkCost, checkDistinct, readingOf } from '../decide-together.js';
import { hashTagOf } from './hash-slot.js';
import { SCRIPT, type Script } from './script.js';

/** What the limiter needs of a client of Redis; ioredis has both, for one server and for a cluster. */
export interface RedisScripts {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
  eval(text: string, keyCount: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/** Makes a call for the counters of one key, or refuses to: see guard.ts. `key` says which node of a cluster has them. */
export type GuardedCall = <Result>(key: string, call: () => Promise<Result>) => Promise<Result>;

export interface RedisLimiterOptions {
  readonly redis: RedisScripts;
  /** What all keys begin with; without braces, which are the hash tag's. */
  readonly prefix: string;
  readonly guarded: GuardedCall;
  /** Lets the connection go. */
  readonly close: () => Promise<void>;
  /** For tests, which count by a clock of their own. */
  readonly script?: Script | undefined;
}

type Task = 'consume' | 'peek' | 'refund';

/** Where the keys and arguments of the script stand in its reply. */
const ALLOWED = 0;
const RETRY = 1;
const NOW = 2;
const READINGS = 3;

export function createRedisLimiter({ redis, prefix, guarded, close, script = SCRIPT }: RedisLimiterOptions): Limiter {
  let closed = false;

  function evaluate(keyCount: number, keysAndArguments: (string | number)[]): Promise<unknown> {
    return redis.evalsha(script.sha, keyCount, ...keysAndArguments).catch((error: unknown) => {
      // Redis has restarted or forgotten its scripts, and has done nothing: this tells it the script, too.
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(script.text, keyCount, ...keysAndArguments);
      throw error;
    });
  }

  function call(task: Task, charges: readonly Charge[], { cost, at }: { cost: number; at: number }): Promise<unknown> {
    if (closed) return Promise.reject(new UnavailableError('limiter'));
    checkCost(cost);
    checkDistinct(charges);
    const keys: (string | number)[] = [];
    const limits: (string | number)[] = [task, cost, at];
    for (const charge of charges) {
      const start = `${prefix}${hashTagOf(charge.owner)}${charge.subject}:`;
      for (const limit of charge.limits) {
        const letter = LETTERS[limit.algorithm];
        keys.push(`${start}${limit.name}:${letter}${limit.windowMs}`);
        limits.push(letter, limit.limit, limit.windowMs, limit.burst ?? limit.limit);
      }
    }
    const keyCount = keys.length;
    return guarded(String(keys[0]), () => evaluate(keyCount, keys.concat(limits)));
  }

  async function ask(
    task: 'consume' | 'peek',
    charges: readonly Charge[],
    { cost, now }: { cost: number; now: number },
  ): Promise<Consumption> {
    const limits = limitsOf(charges);
    if (limits.length === 0) return { allowed: true, readings: [], retryAfterMs: null, degraded: false, countedAt: now };
    return consumptionOf(limits, await call(task, charges, { cost, at: now }));
  }

  return {
    consume: (charges, cost, now) => ask('consume', charges, { cost, now }),
    peek: (charges, cost, now) => ask('peek', charges, { cost, now }),
    async refund(charges, cost, { countedAt }) {
      if (limitsOf(charges).length > 0 && cost > 0) await call('refund', charges, { cost, at: countedAt });
    },
    async close() {
      closed = true;
      await close();
    },
  };
}

const LETTERS: Readonly<Record<LimitAlgorithm, string>> = { 'fixed-window': 'f', 'sliding-window': 's', 'token-bucket': 't' };

function limitsOf(charges: readonly Charge[]): readonly Limit[] {
  return charges.length === 1 ? (charges[0]?.limits ?? []) : charges.flatMap((charge) => charge.limits);
}

/** The reply is numbers as text: an array of them takes both sides several times longer. */
function consumptionOf(limits: readonly Limit[], reply: unknown): Consumption {
  const numbers = String(reply).split(' ');
  const number = (index: number): number => Number(numbers[index]);
  const readings: LimitReading[] = limits.map((limit, index) =>
    readingOf(limit, { remaining: number(READINGS + 2 * index), resetAt: number(READINGS + 2 * index + 1) }),
  );
  const allowed = number(ALLOWED) === 1;
  const retryAfterMs = allowed || number(RETRY) < 0 ? null : number(RETRY);
  return { allowed, readings, retryAfterMs, degraded: false, countedAt: number(NOW) };
}
