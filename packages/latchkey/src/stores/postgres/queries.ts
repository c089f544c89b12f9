/** Kysely on whatever runs statements, with every table named in its schema. */
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
  type QueryResult,
  type ReferenceNode,
  type TableNode,
} from 'kysely';
import { createQueryDriver } from '../sql/query-driver.js';
import type { Schema } from '../sql/schema.js';
import type { StatementResult, Run } from './connections.js';

export function createQueries(run: Run, schema: string): Kysely<Schema> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createQueryDriver(async ({ sql, parameters }) => resultOf(await run({ text: sql, values: parameters }))),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new SchemaCompiler(schema),
  };
  return new Kysely<Schema>({ dialect });
}

function resultOf({ rows, rowCount, command }: StatementResult): QueryResult<unknown> {
  return { rows: [...rows], ...(command !== 'SELECT' && { numAffectedRows: BigInt(rowCount) }) };
}

/**
 * A pooler may drop a `search_path` between two statements, so no statement relies on one. Kysely's own `withSchema`
 * loses the schema of a table that a subquery names, too.
 */
class SchemaCompiler extends PostgresQueryCompiler {
  readonly #schema: string;

  constructor(schema: string) {
    super();
    this.#schema = schema;
  }

  protected override visitTable(node: TableNode): void {
    this.append(`"${this.#schema}".`);
    super.visitTable(node);
  }

  /** A column's table is known in its statement by its name alone. */
  protected override visitReference(node: ReferenceNode): void {
    if (node.table !== undefined) {
      this.visitNode(node.table.table.identifier);
      this.append('.');
    }
    this.visitNode(node.column);
  }
}
