/** Kysely on the statements of a connection. */
import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Schema } from '../sql/schema.js';

type Statement = BetterSqlite3.Statement;

export function createQueries(prepare: (text: string) => Statement): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new SqliteDialect({
      // Connections are closed by whoever opened them.
      database: { prepare, close: () => undefined },
    }),
  });
}
