import type { Clock } from '../../ports/clock.js';

/** Longer than machines are ever corrected by in the ordinary run of things. */
const HOLD_MS = 10 * 60_000;

/**
 * A wall clock that stands still where the machine's is set back by a little, so that what has ended does not
 * begin again. One that is set back by more was wrong before: it is believed. `since` is the latest time
 * that is known from before the start.
 */
export function createSteadyClock(clock: Clock, since: number): Clock {
  let latest = since;
  return {
    monotonicMs: () => clock.monotonicMs(),
    schedule: (afterMs, task, hold) => clock.schedule(afterMs, task, hold),
    now() {
      const now = clock.now();
      if (now >= latest || latest - now > HOLD_MS) latest = now;
      return latest;
    },
  };
}
