import type { InsertQueryBuilder, InsertResult } from 'kysely';
import type { Schema } from './schema.js';

/** Gives an insertion its rows: one, or many at once, as the database likes best. */
export type Fill<Table extends keyof Schema> = (
  insert: InsertQueryBuilder<Schema, Table, InsertResult>,
) => InsertQueryBuilder<Schema, Table, InsertResult>;
