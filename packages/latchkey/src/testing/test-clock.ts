import type { Clock } from '../ports/clock.js';

/** A clock that moves only when a test says so. It starts at 2026-01-01T00:00:00Z unless told otherwise. */
export interface TestClock extends Clock {
  /**
   * Lets `ms` milliseconds pass. Tasks that fall due run in order, each at its own instant, and what they began
   * gets some turns of the event loop before time goes on.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock, forwards or backwards, as an operator or NTP would. Monotonic time and tasks stay as they are. */
  set(epochMs: number): void;
  /** How many tasks are scheduled. */
  pending(): number;
}

export const TEST_CLOCK_START = 1_767_225_600_000;

export function createTestClock(start: number = TEST_CLOCK_START): TestClock {
  let wallOffset = start;
  let monotonic = 0;
  let order = 0;
  const tasks = new Map<number, { readonly dueAt: number; readonly run: () => void }>();

  function nextDue(until: number): number | null {
    let next: number | null = null;
    let dueAt = until;
    for (const [id, task] of tasks) {
      if (task.dueAt > dueAt || (task.dueAt === dueAt && next !== null)) continue;
      next = id;
      dueAt = task.dueAt;
    }
    return next;
  }

  return {
    now: () => wallOffset + monotonic,
    monotonicMs: () => monotonic,
    schedule(afterMs, run) {
      const id = order++;
      tasks.set(id, { dueAt: monotonic + Math.max(afterMs, 0), run });
      return () => void tasks.delete(id);
    },
    async advance(ms) {
      const until = monotonic + ms;
      await settle();
      for (let id = nextDue(until); id !== null; id = nextDue(until)) {
        const task = tasks.get(id);
        tasks.delete(id);
        if (task === undefined) continue;
        monotonic = Math.max(monotonic, task.dueAt);
        task.run();
        await settle();
      }
      monotonic = until;
    },
    set(epochMs) {
      wallOffset = epochMs - monotonic;
    },
    pending: () => tasks.size,
  };
}

/** Enough for what awaits a few answers, each of which comes in a later turn of the event loop. */
const TURNS = 4;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
