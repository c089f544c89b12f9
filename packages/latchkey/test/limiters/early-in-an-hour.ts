import { setTimeout as wait } from 'node:timers/promises';

const HOUR_MS = 3_600_000;
const LONGEST_TEST_MS = 20_000;

/** The time of this machine, once windows of an hour, or of a day, last for longer than a test takes. */
export async function earlyInAnHour(): Promise<number> {
  for (;;) {
    const now = Date.now();
    const leftMs = HOUR_MS - (now % HOUR_MS);
    if (leftMs >= LONGEST_TEST_MS) return now;
    // A timer may fire a little early.
    await wait(leftMs + 10);
  }
}
