/**
 * Measures the memory of a node after very many unknown tokens, idempotency keys, owners and portal sessions: after a fifth of the
 * number, and after all of it, so that growth shows. On SQLite in a file; after a forced collection.
 *
 * npm run bench -- memory-of-strangers --whole   a million idempotency keys and 100 000 owners: an hour
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLatchkey } from 'latchkey';
import { LIBRARY_CONTEXT } from '../packages/latchkey/dist/engine/changes/context.js';
import { mintToken } from '../packages/latchkey/dist/domain/token.js';

const { values } = parseArgs({ options: { whole: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const latchkey = await createLatchkey({ database: `file:${join(folder, 'latchkey.db')}` });
const LIMITS = [{ name: 'daily', limit: 1_000, window: '1d' }];

try {
  await measure('unknown tokens, from as many IP addresses', 1_000_000, async (number) => {
    const ip = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    await latchkey.verify(mintToken('lk', 'live', randomBytes).reveal(), { ip });
  });
  await measure('keys made, each with an idempotency key', values.whole ? 1_000_000 : 10_000, async (number) => {
    await latchkey.keys.create({ name: `key ${number}`, owner: 'ada' }, { ...LIBRARY_CONTEXT, idempotencyKey: `request-${number}` });
  });
  await measure('owners, a key of each verified under its limit', values.whole ? 100_000 : 20_000, async (number) => {
    const { token } = await latchkey.keys.create({ name: 'a key', owner: `owner-${number}`, limits: LIMITS });
    await latchkey.verify(token);
  });
  await measure('portal sessions, each of another owner', 100_000, async (number) => {
    const expiresAt = Date.now() + 3_600_000;
    const { token } = await latchkey.sessions.startPortal({ ownerId: `owner-${number}`, details: {}, expiresAt });
    await latchkey.sessions.find('portal', token.reveal());
  });
} finally {
  await latchkey.close();
  rmSync(folder, { recursive: true });
}

async function measure(what, count, ask) {
  const begun = memory();
  for (let number = 0; number < count / 5; number++) await ask(number);
  const fifth = memory();
  for (let number = count / 5; number < count; number++) await ask(number);
  const whole = memory();
  const grown = (kind) => ({
    subject: (whole[kind] - begun[kind]) / 2 ** 20,
    baseline: Math.max(0.01, (fifth[kind] - begun[kind]) / 2 ** 20),
  });
  const number = count.toLocaleString('en');
  process.stderr.write(`${number} ${what}: heap ${mib(begun.heap)} → ${mib(fifth.heap)} → ${mib(whole.heap)} MiB\n`);
  const more = { 'resident, after a fifth and all': `${mib(fifth.resident)} → ${mib(whole.resident)} MiB` };
  process.send({
    what: `heap after ${number} ${what}, beside a fifth of them`,
    ...grown('heap'),
    unit: 'MiB',
    goal: '≤ 1.2 ×, or bytes each',
    more,
  });
}

function memory() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}
