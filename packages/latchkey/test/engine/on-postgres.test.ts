/** Shows on PostgreSQL what the engine promises, with the tests that show it on SQLite. */
import { describe } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { openPooled } from '../stores/postgres/opened-postgres.js';
import { useStore } from './harness.js';

describe.skipIf(findPostgres() === null)('on PostgreSQL', async () => {
  if (findPostgres() === null) return;
  const postgres = await sharedPostgres();
  const take = openPooled(postgres, await postgres.createDatabase());

  useStore({
    slowness: 10,
    async open() {
      const { storage, dispose } = await take();
      let closed = false;
      return {
        ...storage,
        async close() {
          if (!closed) await dispose();
          closed = true;
        },
      };
    },
  });

  await import('./lifecycle.test.js');
  await import('./lifecycle-model.test.js');
  await import('./races.test.js');
  await import('./revoke-all.test.js');
  await import('./faults.test.js');
  await import('./instants.test.js');
  await import('./authority.test.js');
  await import('./import-keys.test.js');
  await import('./ending.test.js');
  await import('./insight.test.js');
  await import('./usage.test.js');
  await import('./sessions.test.js');
});
