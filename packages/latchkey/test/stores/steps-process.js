/**
 * Does long work in steps on the database named by its first argument, `archive` or `usage` by the second, and writes a line for
 * each step that was answered. The test kills it in one of them, or when it waits.
 */
import { writeSync } from 'node:fs';
import { openStorage } from '../../dist/open-storage.js';
import { HOUR_MS } from '../../dist/domain/time.js';
import { sampleEvent, sampleKey, START } from '../../dist/testing/storage-records.js';

const [, , database = '', work = ''] = process.argv;
const storage = await openStorage(database);
const { keys, usage } = storage;

if (work === 'archive') await archive();
else await sumUp();
await new Promise((resolve) => setTimeout(resolve, 60_000));

async function archive() {
  const events = await keys.change(async (change) => {
    const appended = [];
    for (let number = 1; number <= 2_000; number++) appended.push(await change.append(sampleEvent(number)));
    return appended;
  });
  const { seq = 0, hash = '' } = events[1_899] ?? {};
  await keys.change((change) => change.log.archive({ seq, hash, pepperId: null, signature: null }, 1));
  writeSync(1, 'archived\n');
  for (let left = true; left;) {
    left = await keys.change((change) => change.log.drop());
    writeSync(1, 'dropped\n');
  }
}

/** Of 200 keys in each hour of two days: the days are summed up, and the hours of the first are dropped. */
async function sumUp() {
  const hours = Array.from({ length: 48 }, (_, hour) => START + hour * HOUR_MS);
  for (const hour of hours) await count(hour, 200);
  writeSync(1, 'counted\n');
  const dropped = { hoursFrom: START + 24 * HOUR_MS, daysFrom: 0 };
  while (await usage.keepUp({ rollBefore: START + 48 * HOUR_MS, ...dropped })) {
    writeSync(1, 'kept up\n');
    // Late: of a day that may be summed up already, in part or as a whole.
    await count(START + HOUR_MS, 1);
    writeSync(1, 'late\n');
  }
}

/** @param {number} hour @param {number} numbers */
async function count(hour, numbers) {
  const counts = Array.from({ length: numbers }, (_, number) => ({
    keyId: sampleKey(number).id,
    hour,
    code: /** @type {const} */ ('valid'),
    count: 1,
  }));
  await usage.recordUsage({ counts, lastUses: [] });
}
