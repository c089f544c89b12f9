/** What is the system's: clock, entropy, and the name of this process. The one file that reads them. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import type { Clock } from '../ports/clock.js';
import type { Entropy } from '../ports/entropy.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(afterMs, task, hold) {
    const timer = setTimeout(task, afterMs);
    if (hold === undefined) timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

export const systemEntropy: Entropy = { bytes: (length) => randomBytes(length) };

/** What people know this process by: its host and its number there. */
export const systemLabel = (): string => `${hostname()}:${pid}`;
