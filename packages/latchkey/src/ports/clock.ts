/**
 * Time, as an argument of everything. Engine code reads no other clock.
 */
export interface Clock {
  /** Epoch milliseconds; may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary instant; never runs backwards, whatever the wall clock does. */
  monotonicMs(): number;
  /**
   * Runs `task` once, `afterMs` from now; returns what cancels it. Keeps the process alive only with `hold`: where somebody
   * waits for what the task does.
   */
  schedule(afterMs: number, task: () => void, hold?: 'hold'): () => void;
}
