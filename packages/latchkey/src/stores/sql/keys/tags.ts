/** The tags of keys: how they are written, and how the keys that have them are found. */
import { expressionBuilder, sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely';
import type { KeyRecord } from '../../../domain/key.js';
import type { KeyQuery } from '../../../ports/key-store.js';
import type { Schema } from '../schema.js';
import type { Write } from '../write.js';
import type { WithFields } from './metadata.js';

/** Writes the tags of a new key, beside its row. */
export async function insertTags(
  db: Kysely<Schema>,
  write: Write,
  { id, createdAt, tags }: Pick<KeyRecord, 'id' | 'createdAt' | 'tags'>,
): Promise<void> {
  if (tags.length === 0) return;
  await write(db.insertInto('key_tags').values(tags.map((tag) => ({ tag, created_at: createdAt, key_id: id }))));
}

/** Writes the tags of a key before its row has them: the row says which ones it had. */
export async function replaceTags(db: Kysely<Schema>, write: Write, { id, tags }: Pick<KeyRecord, 'id' | 'tags'>): Promise<void> {
  const key = await db.selectFrom('keys').select(['created_at', 'tags']).where('id', '=', id).executeTakeFirst();
  if (key === undefined) return;
  const held = JSON.parse(key.tags) as readonly string[];
  const gone = held.filter((tag) => !tags.includes(tag));
  if (gone.length > 0) {
    await write(db.deleteFrom('key_tags').where('tag', 'in', gone).where('created_at', '=', key.created_at).where('key_id', '=', id));
  }
  await insertTags(db, write, { id, createdAt: key.created_at, tags: tags.filter((tag) => !held.includes(tag)) });
}

/** Looked up for the one key that is asked about, by the whole primary key: of an `exists`, PostgreSQL might read all keys of the tag. */
export function hasTag(tag: string): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, 'keys'>();
  const found = eb
    .selectFrom('key_tags')
    .select(sql<number>`1`.as('found'))
    .where('key_tags.tag', '=', tag)
    .whereRef('key_tags.created_at', '=', 'keys.created_at')
    .whereRef('key_tags.key_id', '=', 'keys.id');
  return eb(eb.fn.coalesce(found, eb.lit(0)), '=', 1);
}

/** Returns whether a list is read along the keys of a tag: they lie in the order of creation, and the keys of an owner are fewer. */
export function isAlongTag({ tags, order = 'newest', owner, search }: Omit<KeyQuery, 'limit'>): boolean {
  return tags !== undefined && order === 'newest' && owner === undefined && search === undefined;
}

interface AlongTag {
  readonly query: Omit<KeyQuery, 'limit'> & WithFields & { readonly limit: number | undefined };
  /** The other conditions, about the key. */
  readonly conditions: readonly Expression<SqlBool>[];
}

/** Returns the page of the keys that have the first of the tags, in the order of creation. SQLite keeps the order of a cross join. */
export function pageAlongTag({ query, conditions }: AlongTag): RawBuilder<{ id: string; place: number }> {
  const { tags = [], after, limit } = query;
  const tagged = sql`${sql.table('key_tags')} as tagged`;
  const behind = after === undefined ? [] : [sql`(tagged.created_at, tagged.key_id) < (${after.at}, ${after.id})`];
  // PostgreSQL may go from the keys to their tags: then the instant narrows each look-up. An equation would make it expect fewer keys.
  const ofKey = sql`keys.id = tagged.key_id and tagged.created_at between keys.created_at and keys.created_at`;
  const [from, others] = isAlone(query) ? [tagged, []] : [sql`${tagged} cross join ${sql.table('keys')}`, [ofKey, ...conditions]];
  const where = sql.join([sql`tagged.tag = ${tags[0]}`, ...behind, ...others], sql` and `);
  const cut = limit === undefined ? sql`` : sql`limit ${limit}`;
  return sql`(select tagged.key_id as id, tagged.created_at as place from ${from} where ${where} order by tagged.created_at desc, tagged.key_id desc ${cut})`;
}

/** Returns whether a tag is the only filter: then no key is read to find the page. */
function isAlone({
  tags = [],
  order: _order,
  after: _after,
  limit: _limit,
  now: _now,
  signal: _signal,
  fieldOf: _fieldOf,
  ...others
}: AlongTag['query']): boolean {
  return tags.length === 1 && Object.values(others).every((filter) => filter === undefined);
}

/** Keys of each tag that are counted to find the tag that fewest have. */
const COUNTED = 1_000;

/** Returns the tags, those that few keys have first: SQLite has no statistics by which it could choose the one to read along. */
export async function rarestFirst(db: Kysely<Schema>, tags: readonly string[] | undefined): Promise<readonly string[] | undefined> {
  if (tags === undefined || tags.length < 2) return tags;
  const counts = tags.map(
    (tag) =>
      sql`select ${tag} as tag, (select count(*) from (select 1 from ${sql.table('key_tags')} where tag = ${tag} limit ${COUNTED}) as few) as keys`,
  );
  const { rows } = await sql<{ readonly tag: string; readonly keys: number | string }>`${sql.join(counts, sql` union all `)}`.execute(db);
  return rows.toSorted((a, b) => Number(a.keys) - Number(b.keys)).map(({ tag }) => tag);
}
