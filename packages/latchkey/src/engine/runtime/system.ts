/** What is the system's: clock, entropy, the name of this process, and where it says what nobody asked. The one file that knows them. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import type { Clock } from '../../ports/clock.js';
import type { Entropy } from '../../ports/entropy.js';
import type { Notify } from '../../ports/notice.js';

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

/** What is worth a warning, as a warning of the process: by default a line on stderr. */
export const systemNotify: Notify = ({ level, code, message }) => {
  if (level === 'warn') process.emitWarning(message, { type: 'LatchkeyWarning', code });
};
