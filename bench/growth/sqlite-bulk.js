/** Writes very many rows into a new SQLite file: one transaction, and a journal in memory only. */
import { writeFileSync } from 'node:fs';
import { openConnection, loadDriver } from '../../packages/latchkey/dist/stores/sqlite/driver.js';
import { createSqliteUsageStore } from '../../packages/latchkey/dist/stores/sqlite/figures.js';
import { migrateWith } from '../../packages/latchkey/dist/stores/sqlite/migrate.js';
import { createQueries } from '../../packages/latchkey/dist/stores/sqlite/queries.js';
import { createReader } from '../../packages/latchkey/dist/stores/sqlite/reader.js';

/** Pages that are changed stay in memory until the end: 2 GB, in KiB. */
const CACHE = 'cache_size = -2000000';

/** @param {string} file */
export async function openSqliteBulk(file) {
  writeFileSync(file, '');
  const connection = openConnection(await loadDriver(), file);
  for (const pragma of ['journal_mode = memory', 'synchronous = off', CACHE]) connection.pragma(pragma);
  connection.exec('begin');
  const { prepare } = connection;
  const writer = { prepare, transaction: async (_durability, work) => work(createQueries(prepare)) };
  await migrateWith(writer);
  return {
    usage: createSqliteUsageStore(createReader(connection, null), writer),
    async insert(table, rows) {
      const columns = Object.keys(rows[0]);
      const statement = prepare(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`);
      for (const row of rows) statement.run(...columns.map((column) => row[column]));
    },
    async finish() {
      connection.exec('commit');
    },
    close: async () => connection.close(),
  };
}
