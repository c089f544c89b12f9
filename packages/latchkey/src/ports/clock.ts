/**
 * Time, as an argument of everything. Engine code reads no other clock.
 */
export interface Clock {
  /** Epoch milliseconds; may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary instant; never runs backwards, whatever the wall clock does. */
  monotonicMs(): number;
  /** Runs `task` once, `afterMs` from now, without keeping the process alive; returns what cancels it. */
  schedule(afterMs: number, task: () => void): () => void;
}
