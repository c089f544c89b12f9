import type { Clock } from '../ports/clock.js';

/** A call that waits for its answer. */
export interface BudgetedCall {
  /** Whether it was answered, or its time is over. */
  readonly over: boolean;
  /** It is answered: whether that was in time. */
  end(): boolean;
}

export interface TimeBudget {
  /** From now on; runs `expire` once the time is over, unless it was answered before. */
  begin(expire: () => void): BudgetedCall;
}

/**
 * The same time budget for any number of calls, with one timer for all of them: one for each would cost as much as the
 * rest of a call.
 */
export function createTimeBudget({ clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number }): TimeBudget {
  let head: QueuedCall | null = null;
  let tail: QueuedCall | null = null;
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
      const call = new QueuedCall(clock.monotonicMs() + timeoutMs, expire);
      dropThoseThatAreOver();
      if (tail === null) head = call;
      else tail.next = call;
      tail = call;
      if (!timed) arm(timeoutMs);
      return call;
    },
  };
}

class QueuedCall implements BudgetedCall {
  over = false;
  next: QueuedCall | null = null;

  constructor(
    readonly deadline: number,
    readonly expire: () => void,
  ) {}

  end(): boolean {
    const inTime = !this.over;
    this.over = true;
    return inTime;
  }
}
