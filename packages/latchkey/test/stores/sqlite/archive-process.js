/** Archives most of a log on the database named by its argument, and writes a line for each step that was answered. */
import { writeSync } from 'node:fs';
import { openSqliteStorage } from '../../../dist/stores/sqlite/open.js';
import { sampleEvent } from '../../../dist/testing/storage-records.js';

const [, , file = ''] = process.argv;
const storage = await openSqliteStorage({ file });
const { keys } = storage;

const events = await keys.change(async (change) => {
  const appended = [];
  for (let number = 1; number <= 2_000; number++) appended.push(await change.append(sampleEvent(number)));
  return appended;
});
const { seq = 0, hash = '' } = events[1_899] ?? {};
await keys.change((change) => change.log.archive({ seq, hash, pepperId: null, signature: null }, 1));
writeSync(1, 'archived\n');
for (let time = 0; time < 3; time++) {
  await keys.change((change) => change.log.drop());
  writeSync(1, 'dropped\n');
}
// The test kills it in here, or when it waits.
await keys.change((change) => change.log.drop());
await new Promise((resolve) => setTimeout(resolve, 60_000));
