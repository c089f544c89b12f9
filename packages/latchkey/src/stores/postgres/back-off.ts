import type { Clock } from '../../ports/clock.js';

const FIRST_MS = 10;
const LONGEST_MS = 500;

/** Before the same is tried again: longer each time, so that a server that comes up is not trampled. */
export function backOff(clock: Clock, attempt: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS), resolve, 'hold');
  });
}
