import { expect, it } from 'vitest';
import { openLimiter } from '../../src/open-limiter.js';
import { readSettings } from '../../src/read-settings.js';
import { createTestClock } from '../../src/testing/index.js';
import { createMemoryCounterStore } from '../../src/testing/memory-counter-store.js';

const LIMIT = { name: 'daily', limit: 10, windowMs: 86_400_000, algorithm: 'fixed-window' } as const;

it('limiter in memory: the setting limitedKeys bounds the keys in memory, and no limit admits more for it', async () => {
  const clock = createTestClock();
  const counters = createMemoryCounterStore();
  const settings = { ...readSettings({}), limitedKeys: 5 };
  const parts = {
    counters,
    sharedCounters: null,
    databaseTimeoutMs: 5_000,
    writeBehindMs: 1_000,
    nodes: () => 1,
    clock,
    notify: () => undefined,
  };
  const limiter = await openLimiter(settings, parts);
  const admitted: boolean[] = [];
  for (let round = 0; round < 12; round++) {
    for (let key = 0; key < 10; key++) {
      const charges = [{ subject: `key_${key}`, owner: 'ada', limits: [LIMIT] }];
      admitted.push((await limiter.consume(charges, 1, clock.now())).allowed);
    }
  }
  expect(admitted.filter(Boolean).length).toBe(100);
  expect(counters.calls().loads).toBeGreaterThan(50);
  await limiter.close();
});
