/**
 * The busiest keys, without adding up what every key did: whoever is among the busiest of a span was among the busiest of
 * one of its hours, but for those that were always just behind. An index has each hour's in order, some of them are taken, and
 * their sums are exact (after the threshold algorithm of Fagin, Lotem and Naor, 2001, stopped after its first round).
 */
import { sql, type Kysely } from 'kysely';
import type { BusiestActivity, KeyActivity } from '../../ports/usage-store.js';
import type { SqlReader } from './reader.js';
import type { Schema } from './schema.js';

/** Of each hour, beyond as many as were asked for. */
const TAKEN_PER_HOUR = 50;
/** Keys that are added up. */
const CANDIDATES_MAX = 500;
const HOURS_PER_QUERY = 24;
const KEYS_PER_QUERY = 100;

export interface BusiestQuery {
  readonly from: number;
  readonly until: number;
  readonly limit: number;
}

export async function readBusiest({ db, read }: SqlReader, query: BusiestQuery): Promise<BusiestActivity> {
  const hours = await read(() => hoursQuery(db, query).execute());
  const taken = TAKEN_PER_HOUR + query.limit;
  const seen = new Map<string, number>();
  /** The most that a key can have had that was taken in no hour. */
  let unseen = 0;
  for (let i = 0; i < hours.length; i += HOURS_PER_QUERY) {
    const some = hours.slice(i, i + HOURS_PER_QUERY);
    const rows = await read(() => topsQuery(db, some, taken).execute());
    for (const { key_id, count } of rows) seen.set(key_id, (seen.get(key_id) ?? 0) + Number(count));
    for (const { hour, codes } of some) unseen += Number(codes) * lastOf(rows, Number(hour), taken);
  }
  const [candidates, dropped] = choose(seen);
  const sums: KeyActivity[] = [];
  for (let i = 0; i < candidates.length; i += KEYS_PER_QUERY) {
    const rows = await read(() => sumsQuery(db, candidates.slice(i, i + KEYS_PER_QUERY), query).execute());
    sums.push(...rows.map((row) => ({ keyId: row.key_id, valid: Number(row.valid), refused: Number(row.total) - Number(row.valid) })));
  }
  const keys = sums.toSorted((a, b) => totalOf(b) - totalOf(a) || (a.keyId < b.keyId ? -1 : 1)).slice(0, query.limit);
  const last = keys.at(-1);
  const least = keys.length < query.limit || last === undefined ? 0 : totalOf(last);
  return { keys, complete: dropped + unseen <= least };
}

function hoursQuery(db: Kysely<Schema>, { from, until }: BusiestQuery) {
  return db
    .selectFrom('usage_totals')
    .select((eb) => ['hour', eb.fn.countAll<number | string>().as('codes')])
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .groupBy('hour');
}

/** The greatest counts of each of the hours; a key has one for each outcome. Exported for the tests of query plans. */
export function topsQuery(db: Kysely<Schema>, hours: readonly { readonly hour: number | string }[], taken: number) {
  const top = (hour: number | string, index: number) =>
    sql`select * from (select hour, key_id, count from ${sql.table('usage_hours')} where hour = ${hour} and key_id <> '' order by count desc limit ${taken}) as ${sql.ref(`top${index}`)}`;
  const tops = sql<TopRow>`(${sql.join(
    hours.map(({ hour }, index) => top(hour, index)),
    sql` union all `,
  )})`;
  return db.selectFrom(tops.as('tops')).select(['hour', 'key_id', 'count']);
}

interface TopRow {
  readonly hour: number | string;
  readonly key_id: string;
  readonly count: number | string;
}

/** What the last that was taken of an hour had; nothing where that was all of them. */
function lastOf(rows: readonly TopRow[], hour: number, taken: number): number {
  const counts = rows.filter((row) => Number(row.hour) === hour).map((row) => Number(row.count));
  return counts.length < taken ? 0 : Math.min(...counts);
}

/** Those of which most was seen, and what was seen of the best of the others. */
function choose(seen: ReadonlyMap<string, number>): readonly [candidates: readonly string[], dropped: number] {
  const byCount = [...seen].toSorted(([, a], [, b]) => b - a);
  return [byCount.slice(0, CANDIDATES_MAX).map(([keyId]) => keyId), byCount[CANDIDATES_MAX]?.[1] ?? 0];
}

export function sumsQuery(db: Kysely<Schema>, keyIds: readonly string[], { from, until }: Omit<BusiestQuery, 'limit'>) {
  return db
    .selectFrom('usage_hours')
    .select((eb) => [
      'key_id',
      eb.fn.sum<number | string>('count').as('total'),
      sql<number | string>`sum(case when code = 'valid' then count else 0 end)`.as('valid'),
    ])
    .where('key_id', 'in', [...keyIds])
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .groupBy('key_id');
}

function totalOf({ valid, refused }: KeyActivity): number {
  return valid + refused;
}
