import { describe, expect, it } from 'vitest';
import { type Limit, LIMIT_ALGORITHMS } from '../../src/domain/limit.js';
import { createMemoryLimiter, type MemoryLimiter } from '../../src/limiters/memory.js';
import type { TestClock } from '../../src/testing/test-clock.js';
import { DAY_MS, daily, on, openMemoryLimiter as open } from './memory-limiter.js';

describe('a clock that was ahead and is set right', () => {
  const AHEAD_MS = 30 * DAY_MS;
  const algorithms = LIMIT_ALGORITHMS.map((algorithm): Limit => ({ ...daily, limit: 3, algorithm }));
  const admitted = async (limiter: MemoryLimiter, clock: TestClock, limits: readonly Limit[], subject = 'a'): Promise<number> => {
    let count = 0;
    for (let call = 0; call < 6; call++)
      if ((await limiter.consume([{ subject, owner: 'ada', limits }], 1, clock.now())).allowed) count += 1;
    return count;
  };

  it.each(algorithms)('shuts a limit for one window at the most, over restarts: $algorithm', async (limit) => {
    const { limiter, clock, store } = open();
    clock.set(clock.now() + AHEAD_MS);
    expect(await admitted(limiter, clock, [limit])).toBe(3);
    clock.set(clock.now() - AHEAD_MS);
    expect(await admitted(limiter, clock, [limit])).toBe(0);
    await limiter.close();
    const after = createMemoryLimiter({ counters: store, clock });
    expect(await admitted(after, clock, [limit])).toBe(0);
    clock.set(clock.now() + DAY_MS);
    expect(await admitted(after, clock, [limit])).toBe(3);
  });

  it('shuts no other limit of the call for longer than its own window', async () => {
    const { limiter, clock } = open();
    const hourly: Limit = { ...daily, name: 'hour', limit: 2, windowMs: 3_600_000 };
    clock.set(clock.now() + AHEAD_MS);
    expect(await admitted(limiter, clock, [daily, hourly])).toBe(2);
    clock.set(clock.now() - AHEAD_MS);
    expect(await admitted(limiter, clock, [daily, hourly])).toBe(0);
    clock.set(clock.now() + 3_600_000);
    expect(await admitted(limiter, clock, [hourly])).toBe(2);
    expect(await admitted(limiter, clock, [daily])).toBe(0);
    clock.set(clock.now() + DAY_MS);
    expect(await admitted(limiter, clock, [daily, hourly])).toBe(2);
  });

  it.each(algorithms)('frees nothing where counters were given up meanwhile, without a store: $algorithm', async (limit) => {
    const { limiter, clock } = open({ counters: null });
    expect(await admitted(limiter, clock, [limit])).toBe(3);
    clock.set(clock.now() + AHEAD_MS);
    await clock.advance(3_000);
    expect(limiter.stats().subjects).toBe(0);
    clock.set(clock.now() - AHEAD_MS);
    expect(await admitted(limiter, clock, [limit])).toBe(0);
    clock.set(clock.now() + DAY_MS);
    expect(await admitted(limiter, clock, [limit])).toBe(3);
    // As the clock comes near to what it showed, it still does not stand still: that would free what is counted now.
    for (const days of [28, 0.5, 0.5]) {
      clock.set(clock.now() + days * DAY_MS);
      const before = clock.now();
      const answer = await limiter.peek(
        [{ subject: 'a', owner: 'ada', limits: [{ ...limit, limit: 1, algorithm: 'sliding-window' }] }],
        1,
        before,
      );
      expect(answer.readings[0]?.resetAt).toBe(before);
    }
  });

  it.each(algorithms)('frees nothing where rows were pruned meanwhile, over restarts: $algorithm', async (limit) => {
    const { limiter, clock, store } = open();
    expect(await admitted(limiter, clock, [limit])).toBe(3);
    await limiter.close();
    clock.set(clock.now() + AHEAD_MS);
    const ahead = createMemoryLimiter({ counters: store, clock });
    await ahead.consume(on('b'), 1, clock.now());
    await clock.advance(601_000);
    expect(store.rows().map((row) => row.subject)).not.toContain('a');
    await ahead.close();
    clock.set(clock.now() - AHEAD_MS);
    const right = createMemoryLimiter({ counters: store, clock });
    expect(await admitted(right, clock, [limit])).toBe(0);
    clock.set(clock.now() + DAY_MS);
    expect(await admitted(right, clock, [limit])).toBe(3);
  });

  it('shuts nothing that is in the store, though it was dropped from memory meanwhile', async () => {
    const { limiter, clock } = open();
    await limiter.consume(on('a'), 4, clock.now());
    await clock.advance(2_000);
    clock.set(clock.now() + AHEAD_MS);
    await clock.advance(3_000);
    expect(limiter.stats().subjects).toBe(0);
    clock.set(clock.now() - AHEAD_MS);
    expect(await limiter.consume(on('a'), 1, clock.now())).toMatchObject({ allowed: true, readings: [{ remaining: 5 }] });
    expect(await limiter.consume(on('new'), 1, clock.now())).toMatchObject({ allowed: true });
  });
});
