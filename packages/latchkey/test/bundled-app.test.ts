/** Applications that are bundled with the library find the optional packages that they use; an error names a missing one. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres } from '../../../tools/services/postgres.js';
import { hasRedis, startRedis } from '../../../tools/services/redis.js';
import { sharedPostgres } from '../../../tools/services/shared-postgres.js';
import {
  BUNDLERS,
  createAppFolder,
  NEEDS_NO_THREAD,
  OPTIONAL_PEERS,
  READS_IN_THREAD,
  READS_ON_EVENT_LOOP,
  run,
  type AppFolder,
} from './bundled-app.js';

const SQLITE = '@photostructure/sqlite';
const hasBuiltIn = process.getBuiltinModule('node:sqlite' as 'node:fs') !== undefined;
const hasServers = findPostgres() !== null && hasRedis();

/** One shows what the library does; the nightly command shows it with all of them. */
const TRIED = Object.entries(BUNDLERS).filter(([name]) => name.startsWith('esbuild') || process.env['LATCHKEY_BUNDLERS'] === 'all');

describe.each(TRIED)('an application bundled by %s', (bundler, bundle) => {
  let app: AppFolder;
  let bare: AppFolder;
  beforeAll(async () => {
    // The others bring binaries, which a bundler refuses to take along.
    app = await createAppFolder([SQLITE, 'ioredis', 'pg']);
    bare = await createAppFolder([SQLITE]);
  });
  afterAll(async () => {
    await app.remove();
    await bare.remove();
  });

  describe('optional packages outside of the bundle', () => {
    let file: string;
    beforeAll(async () => (file = await bundle(app.path, OPTIONAL_PEERS)));

    it('SQLite: lists are read in the reading thread, or a notice says that they are not', async () => {
      // A bundle in CommonJS does not know its own place, and so not that of the package.
      const expected = file.endsWith('.cjs') && !hasBuiltIn ? READS_ON_EVENT_LOOP : READS_IN_THREAD;
      expect(await run(file, { DATABASE: 'file:./latchkey.db' })).toEqual(expected);
    });

    it.runIf(hasServers)('PostgreSQL and Redis: keys are verified and counted', async () => {
      expect(await run(file, await servers())).toEqual(NEEDS_NO_THREAD);
    });
  });

  describe('optional packages inside the bundle', () => {
    let file: string;
    beforeAll(async () => (file = await bundle(app.path, [])));

    it.runIf(hasServers)('PostgreSQL and Redis: keys are verified and counted', async () => {
      expect(await run(file, await servers())).toEqual(NEEDS_NO_THREAD);
    });

    it('SQLite: the module of Node serves, else the error says that the package belongs outside', async () => {
      const outcome = await run(file, { DATABASE: 'file:./latchkey.db' });
      // In a bundle of webpack, a module still believes that it is where its source is.
      if (hasBuiltIn || bundler === 'webpack') expect(outcome).toEqual(READS_IN_THREAD);
      else expect(outcome.error).toMatch(/cannot be loaded \(.+\): npm install @photostructure\/sqlite@1 .* out of the bundle/);
    });
  });

  describe('optional packages that are not installed', () => {
    let file: string;
    beforeAll(async () => (file = await bundle(bare.path, [SQLITE])));

    it.each([
      ['pg', { DATABASE: 'postgres://127.0.0.1:1/nowhere' }],
      ['ioredis', { DATABASE: ':memory:', REDIS: 'redis://127.0.0.1:1' }],
    ])('%s: the bundle is built, and the error says to install it', async (name, variables) => {
      expect((await run(file, variables)).error).toContain(`npm install ${name} (in a bundled application`);
    });

    it('SQLite: the module of Node serves, else the error says to install the package', async () => {
      await rm(join(bare.path, 'node_modules', SQLITE));
      const outcome = await run(file, { DATABASE: 'file:./latchkey.db' });
      if (hasBuiltIn) expect(outcome).toEqual(READS_IN_THREAD);
      else expect(outcome.error).toContain('npm install @photostructure/sqlite@1');
    });
  });
});

async function servers(): Promise<{ readonly DATABASE: string; readonly REDIS: string }> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const postgres = await sharedPostgres();
  return { DATABASE: await postgres.createDatabase(), REDIS: redis.url };
}
