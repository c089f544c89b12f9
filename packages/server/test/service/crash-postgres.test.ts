import { describe } from 'vitest';
import { findPostgres } from '../../../../tools/services/postgres.js';
import { serverDatabase } from './crash-database.js';
import { crashSuite } from './crash-often.js';

describe.skipIf(findPostgres() === null)('PostgreSQL', () => {
  crashSuite('crash of a service or of PostgreSQL', serverDatabase, ['postmaster', 'service', 'session', 'immediate', 'service']);
});
