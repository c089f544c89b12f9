/** Indexes of substrings on PostgreSQL: GIN over trigrams (pg_trgm), where the extension can be had (docs/adr/0040-substrings.md). */
import { sql, type Kysely } from 'kysely';
import type { Schema } from '../sql/schema.js';

/**
 * Makes the extension and the indexes. Without the extension, or the right to make it, there are no indexes: a search then reads an
 * index that has every name. The planner chooses between the two by its statistics.
 */
export async function indexSubstrings(db: Kysely<Schema>): Promise<void> {
  await makeExtension(db);
  const found = await sql<{ readonly schema: string }>`select nspname as schema from pg_extension
    join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pg_trgm'`.execute(db);
  const schema = found.rows[0]?.schema;
  if (schema === undefined) return;
  const trigrams = sql.id(schema, 'gin_trgm_ops');
  await sql`create index keys_by_substring on keys using gin (name_folded ${trigrams})`.execute(db);
  await sql`create index owners_by_substring on owners using gin (search_folded ${trigrams})`.execute(db);
}

/**
 * Any user that may make things in the database may make it: it is trusted (PostgreSQL 13). It goes where it stays when one schema of
 * several is dropped. Whatever fails, another process that makes it at the same time included, the next query sees what is there.
 */
async function makeExtension(db: Kysely<Schema>): Promise<void> {
  await sql`do $$
    begin
      if exists (select from pg_namespace where nspname = 'public') then
        create extension if not exists pg_trgm with schema public;
      else
        create extension if not exists pg_trgm;
      end if;
    exception when others then null;
    end $$`.execute(db);
}
