/** Time limits for work that another machine does. */

/** The part of a clock that a deadline needs: see `Clock.schedule` in ports/clock.ts. */
export interface Timer {
  schedule(afterMs: number, task: () => void): () => void;
}

/**
 * Settles as `work` does, or rejects when `afterMs` have passed. The work goes on, and its late result is dropped. Where this
 * process itself was busy, the answer may be here and not read yet: so the event loop goes round once more before that.
 */
export function withDeadline<T>(timer: Timer, afterMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let cancel = timer.schedule(afterMs, () => {
      cancel = timer.schedule(0, () => reject(lateness(afterMs)));
    });
    work.then(resolve, reject).finally(() => cancel());
  });
}

/** Returns the error of work that took longer than `afterMs`. */
export function lateness(afterMs: number): Error {
  return new Error(`It did not answer within ${afterMs} ms.`);
}
