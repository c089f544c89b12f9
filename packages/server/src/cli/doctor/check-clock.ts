import { toIso } from 'latchkey/internal';
import { ok, wrong, type Finding } from './finding.js';

/** The service was not written before this year. */
const EARLIEST_YEAR = 2026;
const LATEST_YEAR = 2100;
const TOLERANCE_MS = 1_000;

/** Expiry is judged by the clock of this machine: one that is wrong makes expired keys valid, or valid ones expired. */
export function checkClock(now: number, newestEventAt: number | null): readonly Finding[] {
  const shown = toIso(now);
  const year = new Date(now).getUTCFullYear();
  if (year < EARLIEST_YEAR || year > LATEST_YEAR)
    return [wrong('clock', `The clock says ${shown}.`, 'Set it, and keep it right with NTP (chrony, systemd-timesyncd).')];
  if (newestEventAt !== null && now < newestEventAt - TOLERANCE_MS) {
    const detail = `The clock says ${shown}, but the newest entry of the log is from ${toIso(newestEventAt)}.`;
    return [wrong('clock', detail, 'Set the clock, and keep it right with NTP (chrony, systemd-timesyncd).')];
  }
  return [ok('clock', `The clock says ${shown}.`)];
}
