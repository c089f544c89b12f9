import type { Expression, Kysely, SqlBool } from 'kysely';
import type { Schema } from './schema.js';
import type { Substrings } from './substrings.js';

/** Where reads go: each query is one statement, which answers from one state of the database. */
export interface SqlReader {
  readonly db: Kysely<Schema>;
  readonly substrings: Substrings;
  /**
   * Returns a condition that always holds, for a statement that may read very many rows: on SQLite, a statement can be ended only where
   * it has one. `row` differs from row to row.
   */
  readonly inTime: InTime;
  /** Runs `work` when it is its turn, where reads have one. */
  read<T>(work: () => Promise<T> | T): Promise<T>;
  /** Returns the same reader for one read, which ends when the signal fires. */
  until(signal: AbortSignal | undefined): SqlReader;
}

export type InTime = (row: Expression<unknown>) => readonly Expression<SqlBool>[];

/** For readers whose statements are ended in another way, or not at all. */
export const NOT_ENDED: InTime = () => [];
