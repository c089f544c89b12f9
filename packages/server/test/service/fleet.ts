/**
 * Several services on one database, each a process of its own, asked about keys all the time while authority is taken away
 * through one or another of them. What must never be seen: a verification that began after a change was answered, and
 * was valid by what was true before it.
 */
import { expect } from 'vitest';
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
  /** Services that are asked and that changes are made through: by default all. */
  readonly alive?: () => readonly number[];
}

export interface Seen {
  readonly changes: number;
  readonly verifications: number;
  /** What nodes of which nothing was heard came to, by all answers. */
  readonly lapsed: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** Milliseconds, in order. */
  readonly waits: readonly number[];
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

export async function startFleet(database: string, size: number, variables: Readonly<Record<string, string>> = {}): Promise<Fleet> {
  const services: ServedFolder[] = [];
  for (let number = 0; number < size; number++) {
    services.push(await serve({ DATABASE_URL: database, LATCHKEY_LOG_LEVEL: 'info', LATCHKEY_LEASE_MS: '2000', ...variables }));
  }
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
    await expect
      .poll(async () => (await ask('/v1/cluster')).json['nodes'].filter(({ behind }: Fields) => behind === 0).length, { timeout: 10_000 })
      .toBe(asks.length);
  }
}

export async function storm({ asks }: Fleet, { changes, at, dice, alive = () => asks.map((_, index) => index) }: Storm): Promise<Seen> {
  const seen = { changes: 0, verifications: 0, lapsed: 0, refusals: {} as Record<string, number>, waits: [] as number[] };
  let left = changes;

  async function verify(ask: Ask, token: string, question: object): Promise<string> {
    const { json } = await ask('/v1/keys/verify', { body: { token, ...question } });
    seen.verifications += 1;
    const code = String(json['code']);
    seen.refusals[code] = (seen.refusals[code] ?? 0) + 1;
    return code;
  }

  async function takeAway(number: number): Promise<void> {
    const taking = TAKINGS[number % TAKINGS.length] as Taking;
    const through = (): Ask => asks[alive()[dice.below(alive().length)] ?? 0] as Ask;
    const owner = `owner-${number}-${dice.below(1_000_000)}`;
    const made = await through()('/v1/keys', { body: { name: 'k', owner, scopes: ['a:read', 'a:write'] } });
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
    answeredAt = performance.now();
    expect([status, json['propagation']?.pending]).toEqual([200, []]);
    seen.waits.push(answeredAt - begunAt);
    seen.lapsed += json['propagation'].lapsed;
    await Promise.all(alive().map(async (index) => expect(await verify(asks[index] as Ask, token, taking.question)).not.toBe('valid')));
    ended = true;
    await running;
    seen.changes += 1;
  }

  await parallel(at, async () => {
    while (left > 0) await takeAway(left--);
  });
  return { ...seen, waits: seen.waits.toSorted((a, b) => a - b) };
}
