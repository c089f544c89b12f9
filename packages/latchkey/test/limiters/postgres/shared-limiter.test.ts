import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { startTcpProxy } from '../../../../../tools/services/tcp-proxy.js';
import { InvalidInputError, UnavailableError } from '../../../src/domain/errors.js';
import type { Limit } from '../../../src/domain/limit.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { createCircuitBreaker } from '../../../src/limiters/circuit-breaker.js';
import { createSharedLimiter } from '../../../src/limiters/shared-limiter.js';
import type { Clock } from '../../../src/ports/clock.js';
import type { Charge, Limiter } from '../../../src/ports/limiter.js';
import type { SharedCounters } from '../../../src/ports/shared-counters.js';
import type { Storage } from '../../../src/ports/storage.js';
import {
  createTestClock,
  limiterAtomicitySuite,
  limiterBehaviourSuite,
  limiterDurabilitySuite,
  limiterSuite,
} from '../../../src/testing/index.js';
import { earlyInAnHour } from '../early-in-an-hour.js';
import { exactCounts } from '../exact-counts.js';
import { openSchema, throughPort } from '../../stores/postgres/opened-postgres.js';

const DAY = 86_400_000;
const PATIENT_MS = 20_000;
const daily: Limit = { name: 'daily', limit: 10, windowMs: DAY, algorithm: 'fixed-window' };
const on = (subject: string, ...limits: Limit[]): Charge => ({ subject, owner: 'ada', limits: limits.length === 0 ? [daily] : limits });

let server: PostgresAccess;
let url = '';
/** Of one more node than the tests of many make: each has connections of its own. */
let counters: SharedCounters;
const storages: Storage[] = [];

beforeAll(async () => {
  if (findPostgres() === null) return;
  server = await sharedPostgres();
  url = await server.createDatabase();
  counters = await openCounters();
});

afterAll(async () => {
  await Promise.all(storages.map(async (storage) => storage.close()));
});

async function openCounters(at = url): Promise<SharedCounters> {
  const { storage } = await openSchema(at, { timeoutMs: PATIENT_MS });
  storages.push(storage);
  if (storage.sharedCounters === null) throw new Error('This store shares no counters.');
  return storage.sharedCounters;
}

/** The same, at times that the test says. */
function heldBy(clock: Clock): SharedCounters {
  return { ...counters, update: async (ids, decide) => counters.update(ids, (states) => decide(states, clock.now())) };
}

function limiterOver(
  shared: SharedCounters,
  { clock = systemClock, timeoutMs = PATIENT_MS }: { clock?: Clock; timeoutMs?: number } = {},
): Limiter {
  return createSharedLimiter({ counters: shared, clock, breaker: createCircuitBreaker({ clock, timeoutMs, onChange: () => undefined }) });
}

/** Each store of a suite is a table's rows of their own: subjects begin with its name. */
function inStore(store: string, limiter: Limiter): Limiter {
  const within = (charges: readonly Charge[]) => charges.map((charge) => ({ ...charge, subject: `${store}/${charge.subject}` }));
  return {
    consume: (charges, cost, now) => limiter.consume(within(charges), cost, now),
    peek: (charges, cost, now) => limiter.peek(within(charges), cost, now),
    refund: (charges, cost, consumption) => limiter.refund(within(charges), cost, consumption),
    close: () => limiter.close(),
  };
}

describe.skipIf(findPostgres() === null)('limits in PostgreSQL', () => {
  describe('by a clock that the tests hold', () => {
    limiterSuite({ describe, it }, { open: async (clock, store) => inStore(`held-${store}`, limiterOver(heldBy(clock))) });
  });

  describe('by the clock of the database', () => {
    const options = {
      now: earlyInAnHour,
      open: async (_clock: Clock, store: string) => inStore(store, limiterOver(counters)),
    };
    limiterBehaviourSuite({ describe, it }, options);
    limiterAtomicitySuite({ describe, it }, options);
    limiterDurabilitySuite({ describe, it }, options);
  });

  describe('over processes', () => {
    exactCounts({ kind: 'postgres', url: () => url, look: async () => limiterOver(counters) });
  });

  it('decides the calls that come meanwhile in one transaction, one after the other', async () => {
    let transactions = 0;
    const counting: SharedCounters = {
      ...counters,
      update: async (ids, decide) => counters.update(ids, decide).finally(() => (transactions += 1)),
    };
    const limiter = limiterOver(counting);
    const answers = await Promise.all(Array.from({ length: 300 }, async (_, call) => limiter.consume([on(`gathered-${call % 3}`)], 1, 0)));
    expect(answers.filter((answer) => answer.allowed).length).toBe(30);
    expect(transactions).toBe(2);
  });

  it('gives no call that is over its time a place in a transaction', async () => {
    const clock = createTestClock();
    const held = heldBy(clock);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const slow: SharedCounters = { ...held, update: async (ids, decide) => gate.then(() => held.update(ids, decide)) };
    const limiter = limiterOver(slow, { clock, timeoutMs: 100 });
    const calls = [1, 2, 3].map(async () => limiter.consume([on('late')], 1, clock.now()));
    const outcomes = Promise.allSettled(calls);
    await clock.advance(200);
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    letGo();
    await limiter.close();
    // The first was under way already; the others had not been begun.
    const { readings } = await limiterOver(held, { clock }).peek([on('late')], 0, clock.now());
    expect(readings[0]?.remaining).toBe(9);
  });

  it('never waits for itself over processes, whatever order calls name their limits in', async () => {
    const limiters = await Promise.all([1, 2, 3, 4].map(async () => limiterOver(await openCounters())));
    const subjects = ['a', 'b', 'c', 'd', 'é', 'Z'].map((name) => `order-${name}`);
    for (let round = 0; round < 60; round++) {
      const calls = limiters.map(async (limiter, index) => {
        const order = index % 2 === 0 ? subjects : subjects.toReversed();
        return limiter.consume(
          order.map((subject) => on(`${subject}-${round % 20}`, { ...daily, limit: 1_000 })),
          1,
          0,
        );
      });
      expect((await Promise.all(calls)).every((answer) => answer.allowed)).toBe(true);
    }
  });

  it('refuses a call whose commit was lost, charges it once at most, and goes on with the next', async () => {
    const proxy = await startTcpProxy(server);
    const limiter = limiterOver(await openCounters(throughPort(url, proxy.port)));
    const isCommit = (message: Buffer): boolean => message.includes('commit\0');
    for (const [fault, remaining] of [
      ['cut', 8],
      ['cut-unanswered', 7],
    ] as const) {
      const charges = [on(`commit-${fault}`)];
      await limiter.consume(charges, 1, 0);
      const met = proxy.failAt(isCommit, fault);
      await expect(limiter.consume(charges, 1, 0)).rejects.toThrow(UnavailableError);
      await met;
      expect((await limiter.consume(charges, 1, 0)).readings[0]?.remaining).toBe(remaining);
    }
    await proxy.dispose();
  });

  it('makes a call again, and charges it once, where its connection is lost before a commit', async () => {
    const proxy = await startTcpProxy(server);
    const limiter = limiterOver(await openCounters(throughPort(url, proxy.port)));
    // To begin, to lock, and to keep: the commit is the fourth message.
    for (const nth of [1, 2, 3]) {
      const charges = [on(`before-${nth}`)];
      await limiter.consume(charges, 1, 0);
      let passed = 0;
      const met = proxy.failAt(() => ++passed === nth, 'cut');
      expect((await limiter.consume(charges, 1, 0)).readings[0]?.remaining).toBe(8);
      await met;
    }
    await proxy.dispose();
  });

  it('drops rows a day after they say nothing any more, and none that still count', async () => {
    const clock = createTestClock();
    const limiter = limiterOver(heldBy(clock), { clock });
    const rows = async (): Promise<unknown> =>
      server.query("select subject from latchkey.counters where subject like 'old-%' order by subject", url);
    await limiter.consume([on('old-day'), on('old-year', { ...daily, windowMs: 366 * DAY })], 1, 0);
    await clock.advance(2 * DAY - 1);
    await limiter.consume([on('another')], 1, 0);
    expect(await rows()).toEqual([{ subject: 'old-day' }, { subject: 'old-year' }]);
    await clock.advance(600_000);
    await limiter.consume([on('another')], 1, 0);
    await limiter.close();
    expect(await rows()).toEqual([{ subject: 'old-year' }]);
  });

  it('refuses a cost that is none, a limit that stands twice, and everything once it is closed', async () => {
    const limiter = limiterOver(counters);
    expect(() => limiter.consume([on('a')], -1, 0)).toThrow(InvalidInputError);
    expect(() => limiter.consume([on('a'), on('a')], 1, 0)).toThrow(InvalidInputError);
    await limiter.close();
    await expect(limiter.consume([on('a')], 1, 0)).rejects.toThrow(UnavailableError);
  });
});
