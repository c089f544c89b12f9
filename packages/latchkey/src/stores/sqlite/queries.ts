/** Kysely on what runs SQLite's statements. */
import { Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { createQueryDriver, type Execute } from '../sql/query-driver.js';
import type { Schema } from '../sql/schema.js';
import type { SqliteConnection } from './driver.js';

export function createQueries(prepare: SqliteConnection['prepare']): Kysely<Schema> {
  return queriesOver(async ({ sql, parameters }) => {
    const statement = prepare(sql);
    if (statement.returnsRows) return { rows: statement.all(...parameters) };
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
  });
}

export function queriesOver(execute: Execute): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => createQueryDriver(execute),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
