/**
 * Migrates the database named by its first argument, when told to, and says which migrations it applied.
 * With a second argument, so many more migrations than there are yet, as a later version would have.
 */
import { sql } from 'kysely';
import { openSqlite } from '../../../../../tools/services/sqlite.js';
import { MIGRATIONS } from '../../../dist/stores/sql/migrate.js';
import { migrateSqlite, migrateWith } from '../../../dist/stores/sqlite/migrate.js';
import { createMutex } from '../../../dist/domain/mutex.js';
import { createWriter } from '../../../dist/stores/sqlite/writer.js';

const [, , file = '', more = '0'] = process.argv;

/** @type {typeof MIGRATIONS} */
const later = Array.from({ length: Number(more) }, (_, index) => ({
  id: `9${index}-later`,
  since: '9.0.0',
  up: async (db) => void (await sql`alter table tiers add column ${sql.id(`later_${index}`)} text`.execute(db)),
}));

process.once('message', () => {
  (later.length === 0 ? migrateSqlite(file) : migrateLater()).then(
    (applied) => process.send?.({ applied }, () => process.disconnect()),
    (/** @type {unknown} */ error) =>
      process.send?.({ error: String(error instanceof Error && error.cause ? error.cause : error) }, () => process.disconnect()),
  );
});
process.send?.('ready');

async function migrateLater() {
  const connection = openSqlite(file);
  try {
    return await migrateWith(createWriter(connection, createMutex()), [...MIGRATIONS, ...later]);
  } finally {
    connection.close();
  }
}
