import { expect, it } from 'vitest';
import type { Clock } from '../../src/ports/clock.js';
import { repeatPaced } from '../../src/engine/runtime/paced.js';

it('paced work: after each step others have four times as long as it took, and none after the last', async () => {
  let now = 0;
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now,
    schedule(afterMs, task) {
      pauses.push(afterMs);
      now += afterMs;
      task();
      return () => undefined;
    },
  };
  const took = [10, 3, 0, 7];
  await repeatPaced(clock, async () => {
    now += took.shift() ?? 0;
    return took.length > 0;
  });
  expect([took, pauses]).toEqual([[], [40, 12]]);
});
