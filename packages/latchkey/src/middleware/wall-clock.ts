/**
 * The time for the seconds in `RateLimit` and `Retry-After`, where the host gives no clock: the edge of the process. The
 * engine's own clock is not reached for, because it would bring Node's builtins into workers.
 */
// oxlint-disable-next-line no-restricted-properties -- this file is that edge
export const wallClock = (): number => Date.now();
