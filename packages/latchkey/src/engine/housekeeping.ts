/** Work that nobody asks for, at the start and each minute: goes on with what was interrupted, drops what expired, sums up usage. */
import { isLatchkeyError } from '../domain/errors.js';
import { DAY_MS } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { Storage } from '../ports/storage.js';
import type { UsageRetention } from '../ports/usage-store.js';
import { repeatPaced } from './runtime/paced.js';
import type { EngineSettings } from './runtime/settings.js';

const INTERVAL_MS = 60_000;
const SESSIONS_KEPT_MS = DAY_MS;
/** After its end, until a day is summed up: what is still written of it later costs a little more. */
const ROLL_UP_AFTER_MS = 10 * 60_000;

export interface HousekeepingParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly settings: Pick<EngineSettings, 'usageHoursKeptDays' | 'usageDaysKept'>;
  /** Goes on with what was begun and is not done. */
  readonly resume: () => Promise<void>;
}

export interface Housekeeping {
  /** Begins a run, unless one is under way: the next then follows it at once. */
  now(): void;
  stop(): void;
}

/** Starts at once. A run that fails is made up for by the next. */
export function startHousekeeping({ storage, clock, settings, resume }: HousekeepingParts): Housekeeping {
  let cancel = (): void => undefined;
  let stopped = false;
  let running = false;
  let wanted = false;

  function repeat(step: () => Promise<boolean>): Promise<void> {
    return repeatPaced(clock, async () => !stopped && (await step()));
  }

  async function run(): Promise<void> {
    const now = clock.now();
    try {
      await resume();
      await repeat(async () => storage.keys.change((change) => change.idempotency.prune(now)));
      await repeat(async () => storage.keys.change((change) => change.log.drop()));
      // Kept for a while, so that who comes late with a link is told that it is over, and not that there is none.
      await storage.sessions.pruneSessions(now - SESSIONS_KEPT_MS);
      await repeat(async () => storage.usage.keepUp(retentionOf(settings, now)));
    } catch (error) {
      if (!isLatchkeyError(error)) throw error;
    }
  }

  async function keepRunning(): Promise<void> {
    wanted = true;
    if (running) return;
    running = true;
    cancel();
    while (wanted && !stopped) {
      wanted = false;
      await run();
    }
    running = false;
    if (!stopped) cancel = clock.schedule(INTERVAL_MS, () => void keepRunning());
  }

  void keepRunning();
  return {
    now: () => void keepRunning(),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function retentionOf({ usageHoursKeptDays, usageDaysKept }: HousekeepingParts['settings'], now: number): UsageRetention {
  const today = dayOf(now);
  return {
    rollBefore: dayOf(now - ROLL_UP_AFTER_MS),
    hoursFrom: Math.max(0, today - usageHoursKeptDays * DAY_MS),
    daysFrom: Math.max(0, today - usageDaysKept * DAY_MS),
  };
}

function dayOf(instant: number): number {
  return instant - (instant % DAY_MS);
}
