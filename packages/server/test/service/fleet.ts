/**
 * Several services on one database, each a process of its own, asked about keys all the time while authority is taken away
 * through one or another of them. What must never be seen: a verification that began after a change was answered, and
 * was valid by what was true before it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { serve, type ServedFolder } from '../cli/command.js';
import { createAsk, parallel, type Ask, type Fields } from './ask.js';
import type { Dice } from './dice.js';

export interface Fleet {
  readonly services: readonly ServedFolder[];
  readonly asks: readonly Ask[];
  stop(): Promise<void>;
}

export interface Storm {
  readonly changes: number;
  /** How many changes are under way at once. */
  readonly at: number;
  readonly dice: Dice;
  /** Limits that are counted for each key, so that every verification asks the limiter. */
  readonly limits?: readonly object[];
  /** Whether calls may fail meanwhile. Nothing is asked of a change that failed, or that says for whom it is pending. */
  readonly outage?: boolean;
  /** Goes on until this has settled, too. */
  readonly during?: Promise<unknown>;
  /** Is called after each change. */
  readonly each?: () => unknown;
  /** Services that are asked and that changes are made through: by default all. */
  readonly alive?: () => readonly number[];
}

export interface Seen {
  readonly changes: number;
  /** Changes that were answered with an error, or not at all. */
  readonly failed: number;
  /** Changes that were answered before they had reached all nodes. */
  readonly pending: number;
  readonly verifications: number;
  readonly degraded: number;
  /** What nodes of which nothing was heard came to, by all answers. */
  readonly lapsed: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Milliseconds that changes took, in order. */
  readonly waits: readonly number[];
  /** Milliseconds that verifications took, in order. */
  readonly lags: readonly number[];
}

interface Taking {
  readonly path: (key: Fields) => string;
  readonly method?: string;
  readonly body: object;
  readonly question: object;
}

const TAKINGS: readonly Taking[] = [
  { path: ({ id }) => `/v1/keys/${id}/revoke`, body: { reason: 'a test' }, question: {} },
  { path: ({ id }) => `/v1/keys/${id}/disable`, body: {}, question: {} },
  { path: ({ id }) => `/v1/keys/${id}/rotate`, body: {}, question: {} },
  { path: ({ id }) => `/v1/keys/${id}`, method: 'PATCH', body: { scopes: ['a:read'] }, question: { scopes: ['a:write'] } },
  { path: ({ owner }) => `/v1/owners/${owner}/suspend`, body: {}, question: {} },
];

/** From one question about a key to the next, on each service: so that questions leave the machine time for the changes. */
const PACE_MS = 20;

/** For services that are to answer however long a busy machine keeps them waiting. */
export const PATIENT = { LATCHKEY_DATABASE_TIMEOUT_MS: '60000', LATCHKEY_LIMITER_TIMEOUT_MS: '60000' };

/** So many services, each with its variables. */
export async function startFleet(size: number, variablesOf: (number: number) => Readonly<Record<string, string>>): Promise<Fleet> {
  const services: ServedFolder[] = [];
  for (let number = 0; number < size; number++)
    services.push(await serve({ LATCHKEY_LOG_LEVEL: 'info', LATCHKEY_LEASE_MS: '4000', ...variablesOf(number) }));
  return {
    services,
    asks: services.map(({ url }) => createAsk(url)),
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
    },
  };
}

/** Every node knows of every other, and answers from memory. */
export async function untilAllAreKnown({ asks }: Fleet): Promise<void> {
  for (const ask of asks) {
    const known = async (): Promise<void> => {
      const { json } = await ask('/v1/cluster');
      expect((json['nodes'] as readonly Fields[]).filter(({ behind }) => behind === 0)).toHaveLength(asks.length);
    };
    await vi.waitFor(known, { timeout: 60_000, interval: 50 });
  }
}

export async function storm({ asks }: Fleet, options: Storm): Promise<Seen> {
  const { changes, at, dice, limits, outage = false, during, each, alive = () => asks.map((_, index) => index) } = options;
  const seen = { changes: 0, failed: 0, pending: 0, verifications: 0, degraded: 0, lapsed: 0 };
  const refusals: Record<string, number> = {};
  const [waits, lags]: [number[], number[]] = [[], []];
  let begun = 0;
  let lasting = during !== undefined;
  const over = during?.finally(() => (lasting = false));

  async function verify(ask: Ask, token: string, question: object): Promise<string> {
    const begunAt = performance.now();
    const { json } = await ask('/v1/keys/verify', { body: { token, ...question } });
    lags.push(performance.now() - begunAt);
    seen.verifications += 1;
    if (json['degraded'] === true) seen.degraded += 1;
    const code = String(json['code']);
    refusals[code] = (refusals[code] ?? 0) + 1;
    return code;
  }

  const through = (): Ask => asks[alive()[dice.below(alive().length)] ?? 0] as Ask;

  async function takeAway(number: number): Promise<void> {
    const taking = TAKINGS[number % TAKINGS.length] as Taking;
    const owner = `owner-${number}-${dice.below(1_000_000)}`;
    const made = await through()('/v1/keys', { body: { name: 'k', owner, scopes: ['a:read', 'a:write'], limits } });
    if (outage && made.status !== 201) return void (seen.failed += 1);
    const { key, token } = made.json;
    // Steady questions on every node, from before the change until well after it.
    let answeredAt = Infinity;
    let ended = false;
    const steady = alive().map(async (index) => {
      while (!ended) {
        const begunAt = performance.now();
        const code = await verify(asks[index] as Ask, token, taking.question);
        if (code === 'valid' && begunAt > answeredAt)
          throw new Error(`valid on node ${index} after change ${number} (${taking.path(key)})`);
        await wait(PACE_MS);
      }
    });
    const running = Promise.all(steady);
    running.catch(() => undefined);
    await parallel(3, async () => verify(through(), token, taking.question));
    const begunAt = performance.now();
    const { status, json } = await through()(taking.path(key), {
      body: taking.body,
      ...(taking.method !== undefined && { method: taking.method }),
    });
    const reached = status === 200 && json['propagation']?.pending.length === 0;
    if (reached) {
      answeredAt = performance.now();
      waits.push(answeredAt - begunAt);
      seen.changes += 1;
      seen.lapsed += json['propagation'].lapsed;
      await Promise.all(alive().map(async (index) => expect(await verify(asks[index] as Ask, token, taking.question)).not.toBe('valid')));
    } else {
      if (!outage) throw new Error(`change ${number} (${taking.path(key)}) was answered ${status}: ${JSON.stringify(json)}`);
      seen[status === 200 ? 'pending' : 'failed'] += 1;
    }
    ended = true;
    await running;
  }

  await parallel(at, async () => {
    while (begun < changes || lasting) {
      await takeAway(begun++);
      await each?.();
    }
  });
  await over;
  return { ...seen, refusals, waits: inOrder(waits), lags: inOrder(lags) };
}

/** One line: what callers saw. */
export function summary({ changes, failed, pending, lapsed, verifications, degraded, refusals, waits, lags }: Seen): string {
  const counts = { changes, failed, pending, lapsed, verifications, degraded, ...refusals };
  const figures = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `${figures.join(', ')}; changes took ${spread(waits)}, verifications ${spread(lags)}`;
}

function spread(times: readonly number[]): string {
  const [median, late, last] = [0.5, 0.99, 1].map((part) => Math.round(times[Math.ceil(times.length * part) - 1] ?? 0));
  return `${median} ms (99 %: ${late}, longest ${last})`;
}

function inOrder(times: readonly number[]): readonly number[] {
  return times.toSorted((a, b) => a - b);
}
