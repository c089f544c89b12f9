export interface JwtClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds since an arbitrary instant; never runs backwards. */
  monotonicMs(): number;
}

/** The clock where the host gives none: the edge of the process, as in middleware/wall-clock.ts. */
export const machineClock: JwtClock = {
  // oxlint-disable-next-line no-restricted-properties -- this file is that edge
  now: () => Date.now(),
  // oxlint-disable-next-line no-restricted-globals -- likewise
  monotonicMs: () => performance.now(),
};
