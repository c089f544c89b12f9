/** The reading thread of a bundled application. Also run on the Nodes that have SQLite built in. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUNDLERS, createAppFolder, OPTIONAL_PEERS, READS_IN_THREAD, READS_ON_EVENT_LOOP, run, type AppFolder } from '../../bundled-app.js';

let app: AppFolder;
let file: string;
beforeAll(async () => {
  app = await createAppFolder(['@photostructure/sqlite']);
  file = (await BUNDLERS['esbuild']?.(app.path, OPTIONAL_PEERS)) ?? '';
});
afterAll(async () => app.remove());

it('reading thread: it inherits no option of the process, so that nothing is preloaded in it', async () => {
  const preload = join(app.path, 'preload.cjs');
  await writeFile(preload, "if (!require('node:worker_threads').isMainThread) process.exit(9);");
  expect(await run(file, { DATABASE: 'file:./a.db' }, ['--require', preload])).toEqual(READS_IN_THREAD);
  expect(await run(file, { DATABASE: 'file:./b.db', NODE_OPTIONS: `--require=${preload}` })).toEqual(READS_IN_THREAD);
});

it('reading thread: where threads are not permitted, lists are read on the event loop, and a notice says so', async () => {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const options = [permission, '--allow-fs-read=*', '--allow-fs-write=*', '--allow-addons', '--no-warnings'];
  expect(await run(file, { DATABASE: 'file:./c.db' }, options)).toEqual(READS_ON_EVENT_LOOP);
});
