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
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(text: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

/** Makes a call for the counters of one key, or refuses to: see circuit-breaker.ts. `key` says which node of a cluster has them. */
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

interface Asked {
  readonly charges: readonly Charge[];
  readonly cost: number;
  /** For a refund: when it was charged. The script looks at no other time that a node knows. */
  readonly at: number;
}

/** Where the keys and arguments of the script stand in its reply. */
const ALLOWED = 0;
const RETRY = 1;
const NOW = 2;
const READINGS = 3;

export function createRedisLimiter({ redis, prefix, guarded, close, script = SCRIPT }: RedisLimiterOptions): Limiter {
  let closed = false;

  /** The reply to the script, made into what `read` says. */
  function call<Result>(task: Task, asked: Asked, read: (reply: unknown) => Result): Promise<Result> {
    const { charges, cost, at } = asked;
    const keys: string[] = [];
    const texts = [`${task} ${cost} ${at}`];
    for (const { owner, subject, limits } of charges) {
      const start = `${prefix}${hashTagOf(owner)}${subject}:`;
      for (const { name, algorithm, limit, windowMs, burst = limit } of limits) {
        keys.push(`${start}${name}:${LETTERS[algorithm]}${windowMs}`);
        texts.push(`${LETTERS[algorithm]} ${limit} ${windowMs} ${burst}`);
      }
    }
    return guarded(keys[0] ?? '', () =>
      redis.evalsha(script.sha, keys.length, ...keys, ...texts).then(read, (error: unknown) => {
        // Redis has restarted or forgotten its scripts, and has done nothing: this tells it the script, too.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return redis.eval(script.text, keys.length, ...keys, ...texts).then(read);
      }),
    );
  }

  function ask(task: 'consume' | 'peek', asked: Asked): Promise<Consumption> {
    const { charges, cost, at } = asked;
    if (closed) return Promise.reject(new UnavailableError('limiter'));
    checkCost(cost);
    checkDistinct(charges);
    const limits = limitsOf(charges);
    if (limits.length > 0) return call(task, asked, (reply) => consumptionOf(limits, reply));
    return Promise.resolve({ allowed: true, readings: [], retryAfterMs: null, degraded: false, countedAt: at });
  }

  return {
    consume: (charges, cost, now) => ask('consume', { charges, cost, at: now }),
    peek: (charges, cost, now) => ask('peek', { charges, cost, at: now }),
    async refund(charges, cost, { countedAt }) {
      if (closed) throw new UnavailableError('limiter');
      if (cost > 0 && limitsOf(charges).length > 0) await call('refund', { charges, cost, at: countedAt }, () => undefined);
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
