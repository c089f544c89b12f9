/**
 * Makes changes and spends credits without end on the database named by its argument, several at once, and
 * writes one line for each when, and only when, it was answered.
 */
import { writeSync } from 'node:fs';
import { Digest } from '../../../dist/domain/digest.js';
import { openSqliteStorage } from '../../../dist/stores/sqlite/open.js';
import { sampleEvent, sampleKey, sampleSecret } from '../../../dist/testing/storage-records.js';
import { createHash } from 'node:crypto';

const [, , file = '', start = '0'] = process.argv;
const storage = await openSqliteStorage({ file });
let number = Number(start);

async function makeKeys() {
  for (;;) {
    const own = ++number;
    const id = `key_${own}`;
    const seq = await storage.keys.change(async (change) => {
      await change.keys.insert(sampleKey(own, { id }));
      const digest = Digest.of(createHash('sha256').update(id).digest());
      await change.secrets.insert(sampleSecret(own, { id: `secret_${own}`, keyId: id, digest }));
      await change.credits.put(id, { remaining: 5, refill: null, nextRefillAt: null });
      const event = await change.append(sampleEvent(own, { target: { type: 'key', id } }));
      return event.seq;
    });
    writeSync(1, `made ${own} ${seq}\n`);
    const outcome = await storage.credits.spend(id, 2, 0);
    writeSync(1, `spent ${own} ${outcome?.remaining}\n`);
  }
}

await Promise.all([makeKeys(), makeKeys(), makeKeys()]);
