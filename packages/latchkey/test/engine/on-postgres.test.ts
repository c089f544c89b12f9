/** What the engine promises, shown on PostgreSQL with the tests that show it on SQLite. */
import { afterAll, describe } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import type { Storage } from '../../src/ports/storage.js';
import { openOwnSchema } from '../stores/postgres/opened-postgres.js';
import { useStore } from './harness.js';

const TABLES = ['secrets', 'credits', 'keys', 'owners', 'tiers', 'events', 'idempotency', 'peppers', 'sessions'];
const FIGURES = ['counters', 'usage_hours', 'usage_totals', 'last_uses'];

describe.skipIf(findPostgres() === null)('on PostgreSQL', async () => {
  if (findPostgres() === null) return;
  const postgres = await sharedPostgres();
  const url = await postgres.createDatabase();
  const idle: { readonly storage: Storage; readonly schema: string }[] = [];

  async function take(): Promise<(typeof idle)[number]> {
    const used = idle.pop();
    if (used === undefined) {
      const opened = await openOwnSchema(url);
      return { storage: opened.storage, schema: new URL(opened.url).searchParams.get('schema') ?? '' };
    }
    // The log lets itself be emptied by nothing less.
    const statements = [...TABLES, ...FIGURES].map((table) => `delete from "${used.schema}".${table}`);
    await postgres.query(`set session_replication_role = replica; ${statements.join('; ')}`, url);
    return used;
  }

  useStore({
    slowness: 10,
    // Emptied and used again: to make and to connect to another for each test takes longer than most tests.
    async open() {
      const taken = await take();
      let closed = false;
      return {
        ...taken.storage,
        async close() {
          if (!closed) idle.push(taken);
          closed = true;
        },
      };
    },
  });

  afterAll(async () => {
    await Promise.all(idle.map(({ storage }) => storage.close()));
  });

  await import('./lifecycle.test.js');
  await import('./lifecycle-model.test.js');
  await import('./races.test.js');
  await import('./faults.test.js');
  await import('./instants.test.js');
  await import('./authority.test.js');
  await import('./import-keys.test.js');
  await import('./insight.test.js');
  await import('./sessions.test.js');
});
