/**
 * Begins a change on the database of its first argument, says that it holds the lock, and goes on when told to; then says
 * what came of it. The second argument is its timeout.
 */
import { openPostgresStorage } from '../../../dist/postgres.js';
import { sampleEvent, sampleKey } from '../../../dist/testing/storage-records.js';

const [, , url = '', timeoutMs = ''] = process.argv;
const storage = await open();
const told = new Promise((resolve) => process.once('message', resolve));

try {
  await storage.keys.change(async (change) => {
    await change.keys.insert(sampleKey(1, { name: 'of the paused process' }));
    process.send?.('inside');
    await told;
    await change.append(sampleEvent(1));
  });
  process.send?.('made');
} catch (error) {
  process.send?.(error instanceof Error ? error.name : 'unknown');
} finally {
  await storage.close();
  process.disconnect();
}

/** As often as it takes on a busy machine. */
async function open() {
  for (;;) {
    const opened = await openPostgresStorage({ url, timeoutMs: Number(timeoutMs) }).catch(() => null);
    if (opened !== null) return opened;
  }
}
