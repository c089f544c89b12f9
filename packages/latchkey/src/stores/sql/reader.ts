import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** Where reads go: each query is one statement, which answers from one state of the database. */
export interface SqlReader {
  readonly db: Kysely<Schema>;
  /** Runs `work` when it is its turn, where reads have one. */
  read<T>(work: () => Promise<T> | T): Promise<T>;
}
