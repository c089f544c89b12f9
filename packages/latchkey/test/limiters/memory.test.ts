import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { InvalidInputError, UnavailableError } from '../../src/domain/errors.js';
import type { Limit } from '../../src/domain/limit.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import { limiterSuite } from '../../src/testing/limiter-suite.js';
import { createMemoryCounterStore, type MemoryCounterStore } from '../../src/testing/memory-counter-store.js';
import { createTestClock, TEST_CLOCK_START } from '../../src/testing/test-clock.js';
import { DAY_MS, daily, on, openMemoryLimiter as open } from './memory-limiter.js';

const stores = new Map<string, MemoryCounterStore>();

function storeOf(name: string): MemoryCounterStore {
  const store = stores.get(name) ?? createMemoryCounterStore();
  stores.set(name, store);
  return store;
}

limiterSuite({ describe, it }, { open: async (clock, store) => createMemoryLimiter({ counters: storeOf(store), clock }) });

describe('the limiter in memory', () => {
  it('answers at once, with no promise, for a subject that is in memory or where nothing is kept', async () => {
    const { limiter, clock } = open();
    await limiter.consume(on('a'), 1, clock.now());
    expect(limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: true });
    const alone = open({ counters: null });
    expect(alone.limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: true });
  });

  it('reads a subject once, however many calls wait for it, and then never again', async () => {
    const { limiter, clock, store } = open();
    await Promise.all(Array.from({ length: 50 }, async () => limiter.consume(on('a'), 1, clock.now())));
    await limiter.peek(on('a'), 1, clock.now());
    expect(store.calls().loads).toBe(1);
  });

  it('refuses a cost that is none, and a limit that stands twice', () => {
    const { limiter, clock } = open({ counters: null });
    for (const cost of [-1, 0.5, Number.NaN]) expect(() => limiter.consume(on('a'), cost, clock.now())).toThrow(InvalidInputError);
    expect(() => limiter.consume([...on('a'), ...on('a')], 1, clock.now())).toThrow(InvalidInputError);
  });

  it('makes a call wait for the clock to catch up where counters were dropped before it was set back', async () => {
    const { limiter, clock } = open({ counters: null });
    const log: Limit = { name: 'log', limit: 1, windowMs: 10_000, algorithm: 'sliding-window' };
    await limiter.consume(on('a', log), 1, clock.now());
    await clock.advance(20_000);
    expect(limiter.stats().subjects).toBe(0);
    clock.set(clock.now() - 20_000);
    await limiter.consume(on('a', log), 1, clock.now());
    const refused = await limiter.consume(on('a', log), 1, clock.now());
    // The counter was dropped 10 seconds later; until then the clock stands still, and the new charge counts from there.
    expect(refused).toMatchObject({ allowed: false, retryAfterMs: 20_000 });
  });
});

describe('counters that are written behind', () => {
  it('are in the store a second later, also when nobody closes the limiter', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 3, clock.now());
    expect(store.rows()).toEqual([]);
    await clock.advance(1_000);
    expect(store.rows()).toMatchObject([{ subject: 'a', expiresAt: TEST_CLOCK_START + DAY_MS }]);
    const after = createMemoryLimiter({ counters: store, clock });
    expect(await after.peek(on('a'), 0, clock.now())).toMatchObject({ readings: [{ remaining: 7 }] });
  });

  it('are written only when they changed, and at most 1 000 rows at once', async () => {
    const { limiter, clock, store } = open();
    const limits = ['a', 'b', 'c'].map((name) => ({ ...daily, name }));
    for (let i = 0; i < 1_500; i++) await limiter.consume(on(`key-${i}`, ...limits), 1, clock.now());
    await limiter.flush();
    expect(store.rows().length).toBe(4_500);
    expect(store.calls().largestSave).toBe(1_000);
    const { saves } = store.calls();
    await limiter.peek(on('key-1'), 1, clock.now());
    await limiter.consume(on('key-1', { ...daily, limit: 1 }), 5, clock.now());
    await clock.advance(5_000);
    expect(store.calls().saves).toBe(saves);
  });

  it('are encoded and saved a part at a time, with turns of the event loop in between, however long the logs are', async () => {
    const sizes: number[] = [];
    const savedAt: number[] = [];
    let turns = 0;
    const measured: MemoryCounterStore = {
      ...createMemoryCounterStore(),
      async saveCounters(rows) {
        sizes.push(rows.reduce((sum, row) => sum + row.state.length, 0));
        savedAt.push(turns);
      },
    };
    const { limiter, clock } = open({ store: measured });
    const log: Limit = { name: 'log', limit: 10_000, windowMs: DAY_MS, algorithm: 'sliding-window' };
    for (let key = 0; key < 60; key++) await limiter.peek(on(`key-${key}`, log), 1, clock.now());
    for (let call = 0; call < 4_000; call++) {
      clock.set(clock.now() + 7);
      for (let key = 0; key < 60; key++) void limiter.consume(on(`key-${key}`, log), 1, clock.now());
    }
    let counting = true;
    const count = (): void => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    await limiter.flush();
    counting = false;
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(400_000);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    expect(new Set(savedAt).size).toBe(sizes.length);
  });

  it('are not lost while the store fails, and are there once it works again', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 1, clock.now());
    store.fail(true);
    await clock.advance(3_000);
    expect(limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: true, readings: [{ remaining: 8 }] });
    await expect(limiter.flush()).rejects.toThrow(UnavailableError);
    expect(limiter.stats()).toMatchObject({ unsaved: 1 });
    expect(limiter.stats().failedSaves).toBeGreaterThanOrEqual(3);
    store.fail(false);
    await clock.advance(1_000);
    expect(limiter.stats().unsaved).toBe(0);
    expect(store.rows()[0]?.state).toBe(`f:${DAY_MS}:${TEST_CLOCK_START}:2`);
  });

  it('hold what was charged while a save was under way', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 1, clock.now());
    const saving = limiter.flush();
    await limiter.consume(on('a'), 1, clock.now());
    await saving;
    await limiter.close();
    expect(store.rows()[0]?.state).toBe(`f:${DAY_MS}:${TEST_CLOCK_START}:2`);
  });

  it('that cannot be read make the call fail, and charge nothing', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 1, clock.now());
    store.fail(true);
    await expect(limiter.consume([...on('a'), ...on('b')], 1, clock.now())).rejects.toMatchObject({
      code: 'unavailable',
      dependency: 'limiter',
    });
    store.fail(false);
    expect(await limiter.consume([...on('a'), ...on('b')], 1, clock.now())).toMatchObject({
      readings: [{ remaining: 8 }, { remaining: 9 }],
    });
  });

  it('count from the start where a row is not one of ours', async () => {
    const store = createMemoryCounterStore();
    await store.saveCounters([{ subject: 'a', name: 'requests:fixed-window:1', state: 'garbage', expiresAt: TEST_CLOCK_START + DAY_MS }]);
    const { limiter, clock } = open({ store });
    expect(await limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: true, readings: [{ remaining: 9 }] });
  });

  it('are pruned from the store a day after they expired', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a', { ...daily, windowMs: 60_000 }), 1, clock.now());
    await clock.advance(5_000);
    expect(store.rows().length).toBe(1);
    await clock.advance(DAY_MS + 60_000);
    await limiter.consume(on('b'), 1, clock.now());
    await clock.advance(5_000);
    expect(store.rows().map((row) => row.subject)).not.toContain('a');
    expect(store.rows().map((row) => row.subject)).toContain('b');
  });

  it('of a limiter that is closed are all saved, and it takes no more calls', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 1, clock.now());
    await limiter.close();
    expect(store.rows().length).toBe(1);
    expect(clock.pending()).toBe(0);
    expect(() => limiter.consume(on('a'), 1, clock.now())).toThrow(UnavailableError);
  });

  it('that cannot be saved make closing fail, so that somebody knows', async () => {
    const { limiter, clock, store } = open();
    await limiter.consume(on('a'), 1, clock.now());
    store.fail(true);
    await expect(limiter.close()).rejects.toThrow(UnavailableError);
    store.fail(false);
    await limiter.close();
    expect(store.rows().length).toBe(1);
  });
});

describe('the room for subjects', () => {
  it('is given back by those that say nothing any more', async () => {
    const { limiter, clock } = open();
    for (let i = 0; i < 100; i++) await limiter.consume(on(`key-${i}`, { ...daily, windowMs: 1_000 }), 1, clock.now());
    expect(limiter.stats().subjects).toBe(100);
    await clock.advance(3_000);
    expect(limiter.stats().subjects).toBe(0);
    expect(clock.pending()).toBe(0);
  });

  it('is bounded: those that are saved make room, and are exact when they come back', async () => {
    const { limiter, clock } = open({ maxSubjects: 10 });
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 100; i++) expect(await limiter.consume(on(`key-${i}`), 1, clock.now())).toMatchObject({ allowed: true });
      expect(limiter.stats().subjects).toBeLessThanOrEqual(10);
    }
    for (let i = 0; i < 100; i++)
      expect(await limiter.peek(on(`key-${i}`), 0, clock.now())).toMatchObject({ readings: [{ remaining: 6 }] });
  });

  it('is bounded also for calls at once, none of which is lost', async () => {
    const { limiter, clock } = open({ maxSubjects: 50 });
    const calls = Array.from({ length: 2_000 }, (_, index) => on(`key-${index % 40}`));
    const answers = await Promise.all(calls.map(async (charges) => limiter.consume(charges, 1, clock.now())));
    expect(answers.filter((answer) => answer.allowed).length).toBe(400);
    expect(limiter.stats().subjects).toBeLessThanOrEqual(50);
  });

  it('is never made by dropping what is not saved', async () => {
    const { limiter, clock, store } = open({ maxSubjects: 5 });
    for (let i = 0; i < 5; i++) await limiter.consume(on(`key-${i}`), 10, clock.now());
    store.fail(true);
    await expect(limiter.consume(on('other'), 1, clock.now())).rejects.toThrow(UnavailableError);
    for (let i = 0; i < 5; i++) expect(limiter.consume(on(`key-${i}`), 1, clock.now())).toMatchObject({ allowed: false });
    store.fail(false);
    expect(await limiter.consume(on('other'), 1, clock.now())).toMatchObject({ allowed: true });
    for (let i = 0; i < 5; i++) expect(await limiter.consume(on(`key-${i}`), 1, clock.now())).toMatchObject({ allowed: false });
  });

  it('is never made by dropping what is being saved', async () => {
    const store = createMemoryCounterStore();
    let letSavesGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letSavesGo = resolve));
    const slow: MemoryCounterStore = { ...store, saveCounters: async (rows) => gate.then(() => store.saveCounters(rows)) };
    const { limiter, clock } = open({ store: slow, maxSubjects: 1 });
    await limiter.consume(on('a'), 10, clock.now());
    const saving = limiter.flush();
    const other = limiter.consume(on('other'), 1, clock.now());
    await new Promise((resolve) => setImmediate(resolve));
    expect(limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: false });
    letSavesGo();
    await saving;
    expect(await other).toMatchObject({ allowed: true });
    expect(await limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: false });
  });

  it('without a store, is never made by forgetting what still counts: further subjects are refused as unavailable', async () => {
    const { limiter, clock } = open({ counters: null, maxSubjects: 200 });
    for (let i = 0; i < 200; i++) await limiter.consume(on(`key-${i}`, { ...daily, windowMs: i < 150 ? DAY_MS : 500 }), 1, clock.now());
    expect(() => limiter.consume(on('other'), 1, clock.now())).toThrow(UnavailableError);
    expect(() => limiter.consume([...on('key-1'), ...on('other')], 1, clock.now())).toThrow(UnavailableError);
    expect(limiter.peek(on('key-1'), 0, clock.now())).toMatchObject({ readings: [{ remaining: 9 }] });
    clock.set(clock.now() + 500);
    expect(limiter.consume(on('key-199', { ...daily, windowMs: 500 }), 1, clock.now())).toMatchObject({ allowed: true });
    await clock.advance(1_000);
    expect(limiter.consume(on('other'), 1, clock.now())).toMatchObject({ allowed: true });
  });

  it('of one subject is not filled by limits whose windows keep changing', async () => {
    const { limiter, clock, store } = open();
    for (let i = 0; i < 500; i++) {
      await limiter.consume(on('a', { ...daily, windowMs: 1_000 + i }), 1, clock.now());
      await clock.advance(100);
    }
    await limiter.flush();
    expect(store.calls().largestSave).toBeLessThan(40);
  });
});

describe('against a slow model', () => {
  /** Keeps every charge of every limit, and counts them all each time. Fixed windows of one day and one hour. */
  function model() {
    const charges: { readonly id: string; readonly at: number; readonly cost: number }[] = [];
    const used = (id: string, windowMs: number, now: number): number =>
      charges
        .filter((charge) => charge.id === id && Math.floor(charge.at / windowMs) === Math.floor(now / windowMs))
        .reduce((sum, charge) => sum + charge.cost, 0);
    return (entries: readonly { readonly id: string; readonly limit: Limit }[], cost: number, now: number): boolean => {
      if (!entries.every(({ id, limit }) => used(id, limit.windowMs, now) + cost <= limit.limit)) return false;
      for (const { id } of entries) charges.push({ id, at: now, cost });
      return true;
    };
  }

  it('admits the same calls, with restarts, evictions and failures of the store in between', async () => {
    const steps = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          do: fc.constant('call' as const),
          key: fc.nat({ max: 5 }),
          owner: fc.option(fc.nat({ max: 1 }), { nil: null }),
          cost: fc.integer({ min: 1, max: 4 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, 1_000, 3_600_000, 40_000_000) }) },
      fc.record({ do: fc.constant('restart' as const) }),
      fc.record({ do: fc.constant('fail' as const), failing: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 60 }), fc.constantFrom(3, 1_000), async (list, maxSubjects) => {
        const clock = createTestClock();
        const store = createMemoryCounterStore();
        const admits = model();
        let limiter = createMemoryLimiter({ counters: store, clock, maxSubjects });
        for (const one of list) {
          if (one.do === 'wait') {
            clock.set(clock.now() + Math.max(one.ms - 1_000, 0));
            await clock.advance(Math.min(one.ms, 1_000));
          }
          if (one.do === 'fail') store.fail(one.failing);
          if (one.do === 'restart') {
            store.fail(false);
            await limiter.close();
            limiter = createMemoryLimiter({ counters: store, clock, maxSubjects });
          }
          if (one.do !== 'call') continue;
          const hour: Limit = { ...daily, name: 'hour', limit: 5, windowMs: 3_600_000 };
          const charges = [
            ...on(`key-${one.key}`, daily, hour),
            ...(one.owner === null ? [] : on(`owner-${one.owner}`, { ...daily, limit: 15 })),
          ];
          const entries = charges.flatMap(({ subject, limits }) => limits.map((limit) => ({ id: `${subject} ${limit.name}`, limit })));
          const answer = await Promise.resolve()
            .then(() => limiter.consume(charges, one.cost, clock.now()))
            .catch((error: unknown) => {
              expect(error).toBeInstanceOf(UnavailableError);
              return null;
            });
          if (answer !== null) expect(answer.allowed).toBe(admits(entries, one.cost, clock.now()));
        }
        store.fail(false);
        await limiter.close();
      }),
      runs(200),
    );
  });
});
