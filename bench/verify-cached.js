/** A verification in process, with the key in memory and one limit, against one SHA-256 of its token. */
import { hash } from 'node:crypto';
import { createLatchkey } from 'latchkey';
import { compare } from './cpu.js';

const latchkey = await createLatchkey({ database: ':memory:' });
const limits = [{ name: 'daily', limit: 1_000_000_000, window: '1d' }];
const issued = await Promise.all(Array.from({ length: 100 }, (_, i) => latchkey.keys.create({ name: `key ${i}`, owner: 'bench', limits })));
const tokens = issued.map(({ token }) => token.reveal());

for (const [what, used] of [
  ['verify, cached, one limit, one hot key', tokens.slice(0, 1)],
  ['verify, cached, one limit, 100 keys', tokens],
]) {
  const heapBefore = heap();
  const [baseline, subject] = await compare(
    [
      (operations) => {
        for (let i = 0; i < operations; i++) hash('sha256', used[i % used.length], 'hex');
      },
      async (operations) => {
        for (let i = 0; i < operations; i++) await latchkey.verify(used[i % used.length]);
      },
    ],
    { operations: 200_000 },
  );
  process.send({ what, subject, baseline, unit: 'ns', goal: '≤ 2.5 × one crypto.hash' });
  process.send({ what: `${what}: heap growth over 1.8 million`, subject: (heap() - heapBefore) / 1024, unit: 'KiB', goal: 'none' });
}
await latchkey.close();

function heap() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
