import { expect, it } from 'vitest';
import { createTestClock } from '../../src/testing/test-clock.js';
import { databaseFile } from '../stores/temporary-database.js';
import { openHarness } from './harness.js';

const DAY_MS = 86_400_000;

it.each([2, 30])('a service that ran with a clock %i days ahead, and was set right, admits no more than the limit', async (days) => {
  const file = await databaseFile();
  let token = '';
  const runAt = async (aheadMs: number, calls: number, ms: number): Promise<number> => {
    const clock = createTestClock();
    clock.set(clock.now() + aheadMs);
    const { latchkey, issue } = await openHarness({ file, clock });
    if (token === '') ({ token } = await issue({ limits: [{ name: 'requests', limit: 3, window: '1d' }] }));
    let admitted = 0;
    for (let call = 0; call < calls; call++) if ((await latchkey.verify(token)).valid) admitted += 1;
    await clock.advance(ms);
    await latchkey.close();
    return admitted;
  };
  expect(await runAt(0, 5, 1_000)).toBe(3);
  await runAt(days * DAY_MS, 0, 130_000);
  expect(await runAt(2_000, 5, 1_000)).toBe(0);
  await runAt(days * DAY_MS, 1, 730_000);
  expect(await runAt(4_000, 5, 1_000)).toBe(0);
  expect(await runAt(DAY_MS, 5, 1_000)).toBe(3);
});

it('usage: days that are over are summed up, and hours and days are dropped, each when its time has passed', async () => {
  const file = await databaseFile();
  const clock = createTestClock();
  const today = clock.now() - (clock.now() % DAY_MS);
  const { latchkey, storage } = await openHarness({ file, clock, usageHoursKeptDays: 2, usageDaysKept: 92 });
  const kept = async () => {
    const { hoursFrom, daysFrom } = await storage.usage.readKept();
    return [(hoursFrom - today) / DAY_MS, (daysFrom - today) / DAY_MS];
  };
  const counts = [-93, -91, -3, -1, 0].map((day) => ({ keyId: 'key_a', hour: today + day * DAY_MS, code: 'valid', count: 1 }) as const);
  await storage.usage.recordUsage({ counts, lastUses: [] });
  // The run of the start is over, and the next one waits for its minute.
  await expect.poll(() => clock.pending()).toBe(1);
  clock.set(today + 3 * DAY_MS - 60_001);
  await clock.advance(60_000);
  await expect.poll(kept).toEqual([0, -90]);
  const read = async (by: 'hour' | 'day') => {
    const points = await storage.usage.readUsage({ keyId: 'key_a', from: 0, until: clock.now(), by });
    return points.map(({ start }) => (start - today) / DAY_MS);
  };
  expect([await read('hour'), await read('day')]).toEqual([[0], [-3, -1, 0]]);
  await latchkey.close();
});
