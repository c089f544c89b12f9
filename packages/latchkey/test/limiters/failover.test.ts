import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { InvalidInputError, UnavailableError } from '../../src/domain/errors.js';
import { LIMIT_ALGORITHMS, type Limit } from '../../src/domain/limit.js';
import type { LimiterFailurePolicy } from '../../src/contract/settings/settings.js';
import { createFailoverLimiter } from '../../src/limiters/failover.js';
import { createMemoryLimiter } from '../../src/limiters/memory.js';
import type { Charge, Limiter } from '../../src/ports/limiter.js';
import { limiterSuite } from '../../src/testing/limiter-suite.js';
import { createMemoryCounterStore } from '../../src/testing/memory-counter-store.js';
import { createTestClock } from '../../src/testing/test-clock.js';

const daily: Limit = { name: 'daily', limit: 10, windowMs: 86_400_000, algorithm: 'fixed-window' };
const on = (...limits: Limit[]): Charge[] => [{ subject: 'key_1', owner: 'ada', limits }];

const stores = new Map<string, ReturnType<typeof createMemoryCounterStore>>();

describe('while the primary answers', () => {
  limiterSuite(
    { describe, it },
    {
      async open(clock, store) {
        const counters = stores.get(store) ?? createMemoryCounterStore();
        stores.set(store, counters);
        const local = createMemoryLimiter({ counters: null, clock });
        return createFailoverLimiter({ primary: createMemoryLimiter({ counters, clock }), policy: 'local', local, nodes: () => 4 });
      },
    },
  );
});

/** A primary that is there or not, answering at once or later. */
function open(policy: LimiterFailurePolicy, { nodes = 1, atOnce = false } = {}) {
  const clock = createTestClock();
  const memory = createMemoryLimiter({ counters: null, clock });
  let out = false;
  const unlessOut = <Result>(work: () => Result): Result | Promise<Result> => {
    if (!out) return work();
    if (atOnce) throw new UnavailableError('limiter');
    return Promise.reject(new UnavailableError('limiter'));
  };
  const primary: Limiter = {
    consume: (charges, cost, now) => unlessOut(() => memory.consume(charges, cost, now)) as ReturnType<Limiter['consume']>,
    peek: (charges, cost, now) => unlessOut(() => memory.peek(charges, cost, now)) as ReturnType<Limiter['peek']>,
    refund: (charges, cost, consumption) => unlessOut(() => memory.refund(charges, cost, consumption)) as ReturnType<Limiter['refund']>,
    close: async () => memory.close(),
  };
  const local = createMemoryLimiter({ counters: null, clock });
  const limiter = createFailoverLimiter({ primary, policy, local, nodes: () => nodes });
  return {
    clock,
    limiter,
    consume: async (cost = 1, ...limits: Limit[]) => limiter.consume(on(...(limits.length === 0 ? [daily] : limits)), cost, clock.now()),
    goOut: () => void (out = true),
    comeBack: () => void (out = false),
  };
}

describe.each([{ atOnce: false }, { atOnce: true }])('while it does not (failing at once: $atOnce)', ({ atOnce }) => {
  it('deny refuses every call as unavailable', async () => {
    const { consume, goOut, limiter, clock } = open('deny', { atOnce });
    goOut();
    await expect(consume()).rejects.toThrow(UnavailableError);
    await expect((async () => limiter.peek(on(daily), 1, clock.now()))()).rejects.toThrow(UnavailableError);
  });

  it('allow lets every call pass, uncounted and degraded', async () => {
    const { consume, goOut, comeBack } = open('allow', { atOnce });
    goOut();
    for (let call = 0; call < 30; call++) expect(await consume()).toMatchObject({ allowed: true, readings: [], degraded: true });
    comeBack();
    expect(await consume()).toMatchObject({ degraded: false, readings: [{ remaining: 9 }] });
  });

  it('local admits the share of this node, shows the whole limit, and says degraded', async () => {
    const { consume, goOut } = open('local', { nodes: 4, atOnce });
    goOut();
    for (const remaining of [2, 1, 0])
      expect(await consume()).toMatchObject({ allowed: true, degraded: true, readings: [{ limit: 10, remaining }] });
    expect(await consume()).toMatchObject({ allowed: false, degraded: true, readings: [{ limit: 10, remaining: 0 }] });
  });

  it('local gives back where it charged, and a charge of the primary stays where that is out', async () => {
    const { consume, goOut, comeBack, limiter } = open('local', { atOnce });
    const before = await consume(4);
    goOut();
    const local = await consume(4);
    await limiter.refund(on(daily), 4, local);
    expect(await consume(0)).toMatchObject({ readings: [{ remaining: 10 }] });
    await limiter.refund(on(daily), 4, before);
    comeBack();
    expect(await consume(0)).toMatchObject({ readings: [{ remaining: 6 }] });
    await limiter.refund(on(daily), 4, before);
    expect(await consume(0)).toMatchObject({ readings: [{ remaining: 10 }] });
  });

  it('what is wrong with a call is its own, under every policy', async () => {
    for (const policy of ['deny', 'allow', 'local'] as const) {
      const { consume } = open(policy, { atOnce });
      await expect(consume(1, daily, daily)).rejects.toThrow(InvalidInputError);
    }
  });
});

describe('the shares of all nodes together', () => {
  it('admit at least the limit and fewer than it and one for each node, whatever the numbers', async () => {
    const limits = fc.record({
      algorithm: fc.constantFrom(...LIMIT_ALGORITHMS),
      limit: fc.integer({ min: 1, max: 60 }),
      nodes: fc.integer({ min: 1, max: 9 }),
      burst: fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }),
    });
    await fc.assert(
      fc.asyncProperty(limits, async ({ algorithm, limit, nodes, burst }) => {
        const own: Limit = { ...daily, algorithm, limit, ...(algorithm === 'token-bucket' && burst !== null && { burst }) };
        const atOnce = own.burst ?? limit;
        let admitted = 0;
        for (let node = 0; node < nodes; node++) {
          const { consume, goOut } = open('local', { nodes });
          goOut();
          while ((await consume(1, own)).allowed) admitted += 1;
        }
        expect(admitted).toBeGreaterThanOrEqual(atOnce);
        expect(admitted).toBeLessThan(atOnce + nodes);
      }),
      runs(60),
    );
  });
});
