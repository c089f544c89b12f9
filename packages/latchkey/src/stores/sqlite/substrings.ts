/**
 * Substrings on SQLite: indexes of trigrams (FTS5), kept by triggers (docs/adr/0040-substrings.md). They take the text as it is folded
 * already, so that they fold nothing by themselves. They hold row numbers, which stay as they are: no key and no owner is ever
 * deleted, so the numbers have no gaps that a `vacuum` could close.
 */
import { sql, type Kysely } from 'kysely';
import type { SqlReader } from '../sql/reader.js';
import type { Schema } from '../sql/schema.js';
import type { SearchedTable, Substrings } from '../sql/substrings.js';

const INDEXES = {
  keys: { index: 'key_names', column: 'name_folded' },
  owners: { index: 'owner_texts', column: 'search_folded' },
} as const satisfies Record<SearchedTable, { readonly index: string; readonly column: string }>;

const TRIGRAM = 3;
/** Candidates are looked at one by one, some 3 µs each. Of a text that more rows contain, a walk soon finds a page. */
const CANDIDATES_MAX = 10_000;
/** A part of a long text narrows enough; the text itself is compared with each candidate. */
const TRIGRAMS_MAX = 16;

export async function indexSubstrings(db: Kysely<Schema>): Promise<void> {
  for (const table of ['keys', 'owners'] as const) {
    const { index, column } = INDEXES[table];
    const [named, on, text] = [sql.id(index), sql.id(table), sql.id(column)];
    await sql`create virtual table ${named} using fts5(${text}, content=${sql.lit(table)}, content_rowid='rowid',
      tokenize='trigram case_sensitive 1', detail='none', columnsize=0)`.execute(db);
    const add = sql`insert into ${named} (rowid, ${text}) values (new.rowid, new.${text})`;
    await sql`create trigger ${sql.id(`${index}_added`)} after insert on ${on} begin ${add}; end`.execute(db);
    await sql`create trigger ${sql.id(`${index}_changed`)} after update of ${text} on ${on} when new.${text} <> old.${text} begin
      insert into ${named} (${named}, rowid, ${text}) values ('delete', old.rowid, old.${text}); ${add}; end`.execute(db);
    await sql`insert into ${named} (${named}) values ('rebuild')`.execute(db);
  }
}

export function createSubstrings({ db, read }: Pick<SqlReader, 'db' | 'read'>): Substrings {
  return {
    async find(table, folded) {
      const pattern = patternOf(folded);
      if (pattern === null) return null;
      const index = sql.id(INDEXES[table].index);
      const matching = sql`from ${index} where ${index} match ${pattern}`;
      const counted = sql<{ count: number }>`select count(*) as count from (select 1 ${matching} limit ${CANDIDATES_MAX + 1})`;
      const { rows } = await read(() => counted.execute(db));
      return (rows[0]?.count ?? 0) > CANDIDATES_MAX ? null : sql`(select rowid as number ${matching})`;
    },
  };
}

/** Trigrams side by side, and the last one: each character of the text is in one of them. Null for a text that has none. */
function patternOf(folded: string): string | null {
  const characters = Array.from(folded);
  const last = characters.length - TRIGRAM;
  if (last < 0) return null;
  const starts = Array.from({ length: Math.min(TRIGRAMS_MAX, Math.ceil(last / TRIGRAM)) }, (_, index) => index * TRIGRAM);
  const trigrams = [...starts, last].map((start) => characters.slice(start, start + TRIGRAM).join(''));
  return [...new Set(trigrams)].map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(' AND ');
}
