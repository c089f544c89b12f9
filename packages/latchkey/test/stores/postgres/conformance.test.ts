import { afterAll, describe, it } from 'vitest';
import { findPgBouncer, startPgBouncer } from '../../../../../tools/services/pgbouncer.js';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { storageSuite } from '../../../src/testing/storage-suite.js';
import { openPooled } from './opened-postgres.js';

const postgres = findPostgres() === null ? null : await sharedPostgres();
const url = (await postgres?.createDatabase()) ?? '';
const pooler = postgres !== null && findPgBouncer() !== null ? await startPgBouncer({ before: url }) : null;
afterAll(() => pooler?.dispose());

describe.skipIf(postgres === null)('PostgreSQL', () => {
  if (postgres !== null) storageSuite({ describe, it }, { open: openPooled(postgres, url) });
});

describe.skipIf(postgres === null || pooler === null)('PostgreSQL behind PgBouncer in transaction mode', () => {
  if (postgres !== null && pooler !== null) storageSuite({ describe, it }, { open: openPooled(postgres, pooler.through(url)) });
});
