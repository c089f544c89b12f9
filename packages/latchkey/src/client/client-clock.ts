/**
 * The time for verdicts that are remembered: the edge of the process, as the client runs where there is nothing of Node's, and so
 * without the engine's own clock.
 */
import type { Clock } from '../ports/clock.js';

export const clientClock: Pick<Clock, 'now' | 'monotonicMs'> = {
  // oxlint-disable-next-line no-restricted-properties -- this file is that edge
  now: () => Date.now(),
  // oxlint-disable-next-line no-restricted-globals -- this file is that edge
  monotonicMs: () => performance.now(),
};
