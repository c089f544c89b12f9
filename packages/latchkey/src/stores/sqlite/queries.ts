/** Kysely on a connection, and the way around its per-query work for the few statements that run most. */
import type BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect, type Compilable } from 'kysely';
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

/** A query that Kysely compiled once, for values that come later. */
export interface Template<Name extends string> {
  readonly text: string;
  bind(values: Readonly<Record<Name, unknown>>): unknown[];
}

/** Compiles what `build` makes of placeholders; which value goes where is read off the compiled query. */
export function compileTemplate<const Name extends string>(
  names: readonly Name[],
  build: (values: Record<Name, never>) => Compilable<unknown>,
): Template<Name> {
  const placeholders = Object.fromEntries(names.map((name) => [name, new Placeholder(name)]));
  const { sql: text, parameters } = build(placeholders as Record<Name, never>).compile();
  return {
    text,
    bind: (values) => parameters.map((value) => (value instanceof Placeholder ? values[value.name as Name] : value)),
  };
}

class Placeholder {
  constructor(readonly name: string) {}
}
