import { expect, it } from 'vitest';
import { createMutex } from '../../../src/domain/mutex.js';
import { findDriver, openWriter } from '../../../src/stores/sqlite/connections.js';
import type { SqliteConnection } from '../../../src/stores/sqlite/driver.js';
import { makeInMemory } from '../../../src/stores/sqlite/in-memory.js';
import { migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createWriter, type Writer } from '../../../src/stores/sqlite/writer.js';

async function opened(make: (connection: SqliteConnection, writer: Writer) => Promise<unknown>): Promise<SqliteConnection> {
  const connection = openWriter(await findDriver(), ':memory:');
  await make(connection, createWriter(connection, createMutex()));
  return connection;
}

/** Every object of the schema, by name, and every row of every table but those in which FTS5 keeps its own accounts. */
function contentsOf(connection: SqliteConnection): unknown {
  const objects = connection.prepare('select name, type, tbl_name, sql from sqlite_schema order by name').all();
  const stored = "select name from pragma_table_list where type = 'table' and name not like 'sqlite%' order by name";
  const tables = connection.prepare(stored).all() as { name: string }[];
  return [objects, tables.map(({ name }) => [name, connection.prepare(`select * from "${name}" order by 1`).all()])];
}

it('a database in memory: a copy of the first one of the process is what the migrations make, object by object and row by row', async () => {
  const migrated = await opened(async (_connection, writer) => migrateWith(writer));
  const [first, second] = [await opened(makeInMemory), await opened(makeInMemory)];
  expect(contentsOf(migrated)).toMatchObject([expect.arrayContaining([expect.objectContaining({ name: 'keys' })]), expect.anything()]);
  for (const each of [first, second]) expect(contentsOf(each)).toEqual(contentsOf(migrated));
  for (const each of [migrated, first, second]) each.close();
});

it('a database in memory: a copy holds no record of the first one of the process', async () => {
  const first = await opened(makeInMemory);
  first.exec("insert into peppers values ('p1', 'x')");
  const second = await opened(makeInMemory);
  expect(second.prepare('select * from peppers').all()).toEqual([]);
  first.close();
  second.close();
});
