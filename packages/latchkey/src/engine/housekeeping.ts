/** Does what nobody asks for, at the start and each minute: goes on with what was interrupted, and drops what expired. */
import { isLatchkeyError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Storage } from '../ports/storage.js';

const INTERVAL_MS = 60_000;
const SESSIONS_KEPT_MS = 86_400_000;

export interface HousekeepingParts {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Goes on with what was begun and is not done. */
  readonly resume: () => Promise<void>;
}

/** Starts at once; returns what stops it. A run that fails is made up for by the next. */
export function startHousekeeping({ storage, clock, resume }: HousekeepingParts): () => void {
  let cancel: (() => void) | null = null;
  let stopped = false;

  async function run(): Promise<void> {
    const now = clock.now();
    try {
      await resume();
      while (!stopped && (await storage.keys.change((change) => change.idempotency.prune(now))));
      // Kept for a while, so that who comes late with a link is told that it is over, and not that there is none.
      await storage.sessions.pruneSessions(now - SESSIONS_KEPT_MS);
    } catch (error) {
      if (!isLatchkeyError(error)) throw error;
    }
    if (!stopped) cancel = clock.schedule(INTERVAL_MS, () => void run());
  }

  void run();
  return () => {
    stopped = true;
    cancel?.();
  };
}
