import type { CreateTableBuilder, Expression, Kysely } from 'kysely';
import type { Schema } from '../schema.js';

/** What differs between the databases in the definition of tables. */
export interface Flavour {
  /** A column type for whole numbers up to 2^53. */
  readonly integer: 'integer' | 'bigint';
  readonly bytes: 'blob' | 'bytea';
  /** A column type for text that compares and sorts by its UTF-8 bytes, whatever the language of the database. */
  readonly text: 'text' | Expression<string>;
  /** Finishes the definition of a table; `clustered` tables are small rows found by their primary key alone. */
  endTable<Table extends string, Column extends string>(
    table: CreateTableBuilder<Table, Column>,
    options: { readonly clustered: boolean },
  ): CreateTableBuilder<Table, Column>;
  /** Makes the database refuse to update or delete rows of the table, or to insert any but the next `seq`. */
  protectLog(db: Kysely<Schema>, table: string): Promise<void>;
  /**
   * Makes the database admit the deletion of log entries up to the newest checkpoint. A checkpoint must be an entry of the log after the
   * last checkpoint and before the end of the log; none can be changed or taken away.
   */
  protectCheckpoints(db: Kysely<Schema>): Promise<void>;
  /** Makes the database keep `tier_counts` true with every change of `keys`. */
  countByTier(db: Kysely<Schema>): Promise<void>;
  /** Makes the database keep `kept_counts` true with every change of `keys` and `owners`. */
  keepCounts(db: Kysely<Schema>): Promise<void>;
  /** Makes indexes that serve substrings of `keys.name_folded` and `owners.search_folded`, where the database can have them. */
  indexSubstrings(db: Kysely<Schema>): Promise<void>;
}

/** One step from a schema to the next. Released migrations are never edited; there is no way back. */
export interface Migration {
  /** Sorts after the ids of those before it. */
  readonly id: string;
  /** The version of Latchkey that brought it. */
  readonly since: string;
  up(db: Kysely<Schema>, flavour: Flavour): Promise<void>;
}
