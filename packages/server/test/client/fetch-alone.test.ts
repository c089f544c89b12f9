import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLatchkey } from 'latchkey';
import { expect, it } from 'vitest';
import { createApp, serveApp } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

it('the client works where there is fetch and little else, and repeats verdicts where there is WebCrypto too', async () => {
  const latchkey = await createLatchkey({ database: ':memory:' });
  const service = await serveApp(createApp(latchkey, { adminKey: ADMIN_KEY }), { host: '127.0.0.1', port: 0 });
  const worker = fileURLToPath(new URL('bare-worker.js', import.meta.url));
  const entry = new URL('../../../latchkey/dist/client/index.js', import.meta.url).href;
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, worker, entry, service.url, ADMIN_KEY]);
  const expected = { code: 'valid', repeated: false, found: 1, batch: 1, missing: true, own: 'unavailable' };
  expect(JSON.parse(stdout)).toEqual({ plain: expected, cached: { ...expected, repeated: true } });
  await service.close(0);
  await latchkey.close();
});
