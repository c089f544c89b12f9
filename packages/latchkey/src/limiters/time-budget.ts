import type { Clock } from '../ports/clock.js';

/** A call that waits for its answer. */
interface Waiting {
  readonly deadline: number;
  readonly expire: () => void;
  over: boolean;
  next: Waiting | null;
}

export interface TimeBudget {
  /**
   * Runs `expire` once the time is over, unless the function that is returned was called before; that says whether it
   * was in time.
   */
  begin(expire: () => void): () => boolean;
}

/**
 * The same time budget for any number of calls, with one timer for all of them: one for each would cost as much as the
 * rest of a call.
 */
export function createTimeBudget({ clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number }): TimeBudget {
  let head: Waiting | null = null;
  let tail: Waiting | null = null;
  let timed = false;

  /** In the order of their deadlines, as all have the same time. */
  function dropThoseThatAreOver(): void {
    while (head?.over === true) head = head.next;
    if (head === null) tail = null;
  }

  function arm(afterMs: number): void {
    timed = true;
    // Where this process itself was busy, answers may be here but not read yet: the event loop goes round once more.
    clock.schedule(afterMs, () => void clock.schedule(0, sweep));
  }

  function sweep(): void {
    timed = false;
    const now = clock.monotonicMs();
    for (dropThoseThatAreOver(); head !== null && head.deadline <= now; dropThoseThatAreOver()) {
      head.over = true;
      head.expire();
    }
    if (head !== null) arm(Math.ceil(head.deadline - now));
  }

  return {
    begin(expire) {
      const waiting: Waiting = { deadline: clock.monotonicMs() + timeoutMs, expire, over: false, next: null };
      dropThoseThatAreOver();
      if (tail === null) head = waiting;
      else tail.next = waiting;
      tail = waiting;
      if (!timed) arm(timeoutMs);
      return () => {
        const inTime = !waiting.over;
        waiting.over = true;
        return inTime;
      };
    },
  };
}

/** What came of the call, or a rejection once its time is over; the call itself goes on. */
export function withinBudget<Result>(
  call: () => Promise<Result>,
  options: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = createTimeBudget(options).begin(() => reject(lateness(options.timeoutMs)));
    call().then(
      (result) => void (end() && resolve(result)),
      (error: Error) => void (end() && reject(error)),
    );
  });
}

export function lateness(timeoutMs: number): Error {
  return new Error(`It did not answer within ${timeoutMs} ms.`);
}
