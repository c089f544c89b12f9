import { afterAll, describe, it } from 'vitest';
import { findPgBouncer, startPgBouncer } from '../../../../../tools/services/pgbouncer.js';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { storageSuite } from '../../../src/testing/storage-suite.js';
import { openOwnSchema } from './opened-postgres.js';

const postgres = findPostgres() !== null;
const url = postgres ? await (await sharedPostgres()).createDatabase() : '';

describe.skipIf(!postgres)('PostgreSQL', () => {
  storageSuite({ describe, it }, { open: () => openOwnSchema(url) });
});

const pooler = postgres && findPgBouncer() !== null ? await startPgBouncer({ before: url }) : null;
afterAll(() => pooler?.dispose());

describe.skipIf(pooler === null)('PostgreSQL behind PgBouncer in transaction mode', () => {
  storageSuite({ describe, it }, { open: () => openOwnSchema(pooler?.through(url) ?? '') });
});
