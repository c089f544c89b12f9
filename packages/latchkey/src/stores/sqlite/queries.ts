/** Kysely on a connection, with each text prepared once. */
import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Schema } from '../sql/schema.js';
import type { Connection } from './driver.js';

type Statement = BetterSqlite3.Statement;

/** Prepares each text once. Bounded: the texts are those of the queries, but lists vary in length. */
export function createStatementCache(connection: Connection): (text: string) => Statement {
  const limit = 500;
  const statements = new Map<string, Statement>();
  return (text) => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    if (statements.size >= limit) statements.clear();
    const statement = connection.prepare(text);
    statements.set(text, statement);
    return statement;
  };
}

export function createQueries(prepare: (text: string) => Statement): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: new SqliteDialect({
      // Connections are closed by whoever opened them.
      database: { prepare, close: () => undefined },
    }),
  });
}
