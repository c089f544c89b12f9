/** Kysely on whatever runs statements, with every table named in its schema. */
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type ReferenceNode,
  type TableNode,
} from 'kysely';
import type { Schema } from '../sql/schema.js';
import type { Run } from './connections.js';

export function createQueries(run: Run, schema: string): Kysely<Schema> {
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createDriver(run),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new SchemaCompiler(schema),
  };
  return new Kysely<Schema>({ dialect });
}

/** Connections are taken and given back, and transactions begun and ended, by whoever gave `run`. */
function createDriver(run: Run): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: { readonly sql: string; readonly parameters: readonly unknown[] }) {
      const { rows, rowCount, command } = await run({ text: sql, values: parameters });
      const result: QueryResult<Row> = { rows: rows as Row[] };
      return command === 'SELECT' ? result : { ...result, numAffectedRows: BigInt(rowCount) };
    },
    streamQuery: elsewhere,
  };
  const nothing = async (): Promise<void> => undefined;
  return {
    init: nothing,
    acquireConnection: async () => connection,
    releaseConnection: nothing,
    beginTransaction: elsewhere,
    commitTransaction: elsewhere,
    rollbackTransaction: elsewhere,
    destroy: nothing,
  };
}

function elsewhere(): never {
  throw new Error('Transactions are run by transaction.ts, and rows are not streamed.');
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
