/** The system's clock and entropy: the one file that reads them. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import type { Entropy } from '../ports/entropy.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(afterMs, task) {
    const timer = setTimeout(task, afterMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** For what somebody waits for: the process stays alive until a scheduled task has run. */
export const waitingClock: Clock = {
  ...systemClock,
  schedule(afterMs, task) {
    const timer = setTimeout(task, afterMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

export const systemEntropy: Entropy = { bytes: (length) => randomBytes(length) };
