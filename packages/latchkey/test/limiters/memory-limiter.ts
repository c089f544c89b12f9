/** A limiter in memory over a store in memory, on a clock that the test holds. */
import type { Limit } from '../../src/domain/limit.js';
import { createMemoryLimiter, type MemoryLimiterOptions } from '../../src/limiters/memory.js';
import type { Charge } from '../../src/ports/limiter.js';
import { createMemoryCounterStore, type MemoryCounterStore } from '../../src/testing/memory-counter-store.js';
import { createTestClock } from '../../src/testing/test-clock.js';

export const DAY_MS = 86_400_000;
export const daily: Limit = { name: 'requests', limit: 10, windowMs: DAY_MS, algorithm: 'fixed-window' };
export const on = (subject: string, ...limits: Limit[]): Charge[] => [
  { subject, owner: 'ada', limits: limits.length === 0 ? [daily] : limits },
];

export function openMemoryLimiter({
  store = createMemoryCounterStore(),
  ...options
}: Partial<MemoryLimiterOptions> & { readonly store?: MemoryCounterStore } = {}) {
  const clock = createTestClock();
  return { clock, store, limiter: createMemoryLimiter({ counters: store, clock, ...options }) };
}
