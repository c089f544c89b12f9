import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sampleKey, START } from '../../src/testing/storage-records.js';
import { databaseFile } from '../stores/temporary-database.js';
import { openHarness } from './harness.js';

const KEYS = 3_000;

it('revocation of all keys of an owner: holds for every key after kill -9 of the node that answered it, and the next node finishes it', async () => {
  const file = await databaseFile();
  const first = await openHarness({ file });
  await first.storage.keys.change(async (change) => {
    await change.owners.ensure('ada', START);
    for (let number = 1; number <= KEYS; number++) await change.keys.insert(sampleKey(number, { owner: 'ada', createdAt: START }));
  });
  const { id, token } = await first.issue();
  await first.latchkey.close();

  const script = fileURLToPath(new URL('revoke-all-process.js', import.meta.url));
  const [, signal] = await once(spawn(process.execPath, [script, file], { stdio: 'inherit' }), 'exit');
  expect(signal).toBe('SIGKILL');

  const { latchkey } = await openHarness({ file });
  expect((await latchkey.verify(token)).code).toBe('revoked');
  expect((await latchkey.keys.get(id)).status).toBe('revoked');
  await expect.poll(async () => (await latchkey.owners.get('ada')).revoking).toBeNull();
  expect((await latchkey.keys.list({ owner: 'ada', status: 'active' })).data).toEqual([]);
  const { data } = await latchkey.events.list({ action: 'owner.keys_revoked', limit: 100 });
  const named = data.flatMap(({ after }) => after?.['keys'] as readonly string[]);
  expect([named.length, new Set(named).size]).toEqual([KEYS + 1, KEYS + 1]);
  expect((await latchkey.events.verify()).intact).toBe(true);
  await latchkey.close();
});
