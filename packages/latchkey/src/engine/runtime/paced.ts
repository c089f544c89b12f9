import type { Clock } from '../../ports/clock.js';

/** A step may take a fifth of the time: SQLite works on the event loop, and PostgreSQL holds a lock that others want. */
const PAUSE_PER_STEP = 4;

/**
 * Repeats a small step of work that nobody waits for, until it returns false. Others have four times as long after each. With
 * `hold` the process stays alive until then.
 */
export async function repeatPaced(clock: Clock, step: () => Promise<boolean>, hold?: 'hold'): Promise<void> {
  for (;;) {
    const startedAt = clock.monotonicMs();
    if (!(await step())) return;
    const pauseMs = PAUSE_PER_STEP * (clock.monotonicMs() - startedAt);
    if (pauseMs > 0) await new Promise<void>((resolve) => void clock.schedule(pauseMs, resolve, hold));
  }
}
