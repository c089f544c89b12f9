/** Which keys are on a page of a list: their ids alone, so that an index that has what is filtered by answers without the rows. */
import { sql, type Expression, type RawBuilder, type SqlBool } from 'kysely';
import { SHORT_TEXT_KEYS, type KeyQuery, type KeySearch } from '../../../ports/key-store.js';
import { containsFolded, filterOf, isBehind, KEY_ORDERS, placeIn } from './filter.js';
import { asBuffer, foldText } from '../rows.js';
import { NOT_ENDED, type InTime } from '../reader.js';
import type { Candidates } from '../substrings.js';
import type { WithFields } from './metadata.js';
import { isAlongTag, pageAlongTag } from './tags.js';

export interface PageRow {
  readonly id: string;
  /** What the order goes by. */
  readonly place: number | string;
}

/** `limit`: undefined for a list that is counted to its end. */
export type PageOf = Omit<KeyQuery, 'limit'> & WithFields & { readonly limit: number | undefined };

/** How the database finds a page. */
export interface Way {
  /** The keys whose name may contain the text that is searched for; with null, the list is read in its order until the page is full. */
  readonly candidates?: Candidates | null;
  readonly inTime?: InTime;
}

/** Returns a subquery. */
export function pageOf(query: PageOf, { candidates = null, inTime = NOT_ENDED }: Way): RawBuilder<PageRow> {
  const { search } = query;
  const walked = inTime(sql`keys.rowid`);
  if (isAlongTag(query)) {
    const { tags = [] } = query;
    return pageAlongTag({ query, conditions: [...walked, filterOf({ ...query, tags: tags.slice(1) })] });
  }
  if (search === undefined) return cut(query, KEYS, [...walked, filterOf(query), isBehind(query)]);
  if (!('text' in search)) return exactly(query, search);
  const length = lengthOf(search.text);
  const isNamed = containsFolded(sql.ref('keys.name_folded'), search.text);
  // The shortlist ends where it does from whatever page it is looked at.
  if (length < TRIGRAM) return cut(query, shortlist(query, walked), [isNamed, isBehind(query)]);
  const from = candidates === null ? KEYS : sql`${candidates} as sought cross join ${KEYS}`;
  const isFound = candidates === null ? walked : [sql<SqlBool>`keys.rowid = sought.number`];
  const byName = cut(query, from, [...isFound, isNamed, filterOf(query), isBehind(query)]);
  if (length !== HINT_END) return byName;
  const byHint = exactly(query, { hint: `…${search.text}` });
  const pages = sql`select id, place from ${byHint} as by_hint union select id, place from ${byName} as by_name`;
  return sql`(${pages} order by place ${directionOf(query)}, id ${directionOf(query)} ${limitOf(query)})`;
}

/** Returns the text that an index of substrings is asked for; null where the search needs none. */
export function soughtText(search: KeySearch | undefined): string | null {
  return search === undefined || !('text' in search) || lengthOf(search.text) < TRIGRAM ? null : foldText(search.text);
}

/** A text of so many characters may be the end of a hint. */
const HINT_END = 4;
/** No index of substrings serves a shorter text. */
const TRIGRAM = 3;

const KEYS = sql.table('keys');
const SECRETS = sql.table('secrets');

function lengthOf(text: string): number {
  return Array.from(foldText(text)).length;
}

/** From the few that were found to their keys, never the other way round: SQLite keeps the order of a cross join. */
function exactly(query: PageOf, search: Exclude<KeySearch, { readonly text: string }>): RawBuilder<PageRow> {
  const others = [filterOf(query), isBehind(query)];
  if ('id' in search) return cut(query, KEYS, [sql`keys.id = ${search.id}`, ...others]);
  const found = sql`(select distinct key_id from ${SECRETS} where ${secretFilter(search)})`;
  return cut(query, sql`${found} as sought cross join ${KEYS}`, [sql`keys.id = sought.key_id`, ...others]);
}

function secretFilter(search: Exclude<KeySearch, { readonly text: string } | { readonly id: string }>): Expression<SqlBool> {
  if ('digests' in search) return sql`digest in (${sql.join(search.digests.map((digest) => asBuffer(digest.bytes())))})`;
  const [start = '', end = ''] = search.hint.split('…');
  const isHint = start === '' ? sql`` : sql` and hint = ${search.hint}`;
  return sql`hint_end = ${end}${isHint}`;
}

/** The first keys of the list, for texts that no index serves. */
function shortlist(query: PageOf, walked: ReturnType<InTime>): Expression<unknown> {
  const { column } = KEY_ORDERS[query.order ?? 'newest'];
  const columns = [...new Set([column, 'name_folded'])].map((each) => sql.ref(`keys.${each}`));
  const first = sql`select keys.id, ${sql.join(columns)} from ${KEYS} where ${sql.join([...walked, filterOf(query)], sql` and `)}`;
  return sql`(${first} ${orderOf(query)} limit ${SHORT_TEXT_KEYS}) as keys`;
}

function cut(query: PageOf, from: Expression<unknown>, conditions: readonly Expression<SqlBool>[]): RawBuilder<PageRow> {
  const where = sql.join(conditions, sql` and `);
  return sql`(select keys.id, ${placeIn(query.order)} as place from ${from} where ${where} ${orderOf(query)} ${limitOf(query)})`;
}

function orderOf(query: PageOf): Expression<unknown> {
  const place = placeIn(query.order);
  // No index has suspended keys in order: PostgreSQL would go through all keys for a page of them.
  const by = query.status === 'suspended' ? unindexed(query, place) : place;
  return sql`order by ${by} ${directionOf(query)}, keys.id ${directionOf(query)}`;
}

function unindexed({ order = 'newest' }: PageOf, place: Expression<unknown>): Expression<unknown> {
  return KEY_ORDERS[order].column === 'name_folded' ? sql`${place} || ''` : sql`${place} + 0`;
}

function directionOf({ order = 'newest' }: PageOf): Expression<unknown> {
  return sql.raw(KEY_ORDERS[order].direction);
}

function limitOf({ limit }: PageOf): Expression<unknown> {
  return limit === undefined ? sql`` : sql`limit ${limit}`;
}
