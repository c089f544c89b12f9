/**
 * The busiest keys, without adding up what every key did: whoever is among the busiest of a span was among the busiest of
 * one of its days or hours, but for those that were always just behind. Some are taken of each, and their sums are exact
 * (after the threshold algorithm of Fagin, Lotem and Naor, 2001, stopped after its first round). Of whole days that are
 * summed up the days are read, by an index that has each in order; of the rest the hours, through their keys.
 */
import { DAY_MS } from '../../../domain/time.js';
import { sql, type Kysely } from 'kysely';
import type { BusiestActivity, KeyActivity } from '../../../ports/usage-store.js';
import type { SqlReader } from '../reader.js';
import type { Schema } from '../schema.js';
import { ALL, progressQuery } from './writes.js';

/** Keys taken of each day or hour, beyond as many as were asked for. */
const TAKEN_OF_EACH = 50;
/** Keys that are added up. */
const CANDIDATES_MAX = 500;
const STARTS_PER_QUERY = 24;
const KEYS_PER_QUERY = 100;

export interface BusiestQuery {
  readonly from: number;
  readonly until: number;
  readonly limit: number;
}

/** A part of the span, and the table that it is read from. */
export interface Segment {
  readonly table: 'usage_by_day' | 'usage_by_hour';
  readonly from: number;
  readonly until: number;
}

export async function readBusiest({ db, read }: Pick<SqlReader, 'db' | 'read'>, query: BusiestQuery): Promise<BusiestActivity> {
  const { rolled_day } = await read(() => progressQuery(db).executeTakeFirstOrThrow());
  const segments = segmentsOf(query, rolled_day);
  const taken = TAKEN_OF_EACH + query.limit;
  const seen = new Map<string, number>();
  /** The most that a key can have had that was taken nowhere. */
  let unseen = 0;
  for (const segment of segments) {
    const starts = await read(() => startsQuery(db, segment).execute());
    for (let i = 0; i < starts.length; i += STARTS_PER_QUERY) {
      const some = starts.slice(i, i + STARTS_PER_QUERY);
      const rows = await read(() =>
        topsQuery(db, { table: segment.table, starts: some.map(({ start }) => Number(start)), taken }).execute(),
      );
      for (const { subject, count } of rows) seen.set(subject, (seen.get(subject) ?? 0) + Number(count));
      for (const { start, codes } of some) unseen += Number(codes) * lastOf(rows, Number(start), taken);
    }
  }
  const [candidates, dropped] = choose(seen);
  const sums: KeyActivity[] = [];
  for (let i = 0; i < candidates.length; i += KEYS_PER_QUERY) {
    const rows = await read(() => sumsQuery(db, candidates.slice(i, i + KEYS_PER_QUERY), segments).execute());
    sums.push(...rows.map((row) => ({ keyId: row.subject, valid: Number(row.valid), refused: Number(row.total) - Number(row.valid) })));
  }
  const keys = sums.toSorted((a, b) => totalOf(b) - totalOf(a) || (a.keyId < b.keyId ? -1 : 1)).slice(0, query.limit);
  const last = keys.at(-1);
  const least = keys.length < query.limit || last === undefined ? 0 : totalOf(last);
  return { keys, complete: dropped + unseen <= least };
}

function segmentsOf({ from, until }: BusiestQuery, rolledDay: number): readonly Segment[] {
  const first = Math.ceil(from / DAY_MS) * DAY_MS;
  const last = Math.min(rolledDay, until - (until % DAY_MS));
  if (first >= last) return [{ table: 'usage_by_hour', from, until }];
  const segments: readonly Segment[] = [
    { table: 'usage_by_hour', from, until: first },
    { table: 'usage_by_day', from: first, until: last },
    { table: 'usage_by_hour', from: last, until },
  ];
  return segments.filter((segment) => segment.from < segment.until);
}

function startOf(table: Segment['table']) {
  return sql<number>`${sql.ref(table === 'usage_by_day' ? 'day' : 'hour')}`;
}

/** The days or hours that have figures, and how many outcomes each has. */
export function startsQuery(db: Kysely<Schema>, { table, from, until }: Segment) {
  const start = startOf(table);
  return db
    .selectFrom(table)
    .select((eb) => [start.as('start'), eb.fn.countAll<number | string>().as('codes')])
    .where('kind', '=', 'all')
    .where('subject', '=', ALL)
    .where(start, '>=', from)
    .where(start, '<', until)
    .groupBy(start);
}

interface Tops {
  readonly table: Segment['table'];
  readonly starts: readonly number[];
  readonly taken: number;
}

/** The greatest counts of each of the days or hours; a key has one for each outcome. Exported for the tests of query plans. */
export function topsQuery(db: Kysely<Schema>, { table, starts, taken }: Tops) {
  const top = (at: number, index: number) =>
    sql`select * from (select ${startOf(table)} as start, subject, count from ${sql.table(table)} where ${startOf(table)} = ${at} and kind = 'key' order by count desc limit ${taken}) as ${sql.ref(`top${index}`)}`;
  const tops = sql<TopRow>`(${sql.join(starts.map(top), sql` union all `)})`;
  return db.selectFrom(tops.as('tops')).select(['start', 'subject', 'count']);
}

interface TopRow {
  readonly start: number | string;
  readonly subject: string;
  readonly count: number | string;
}

/** The count of the last key that was taken of a day or hour; 0 where that was all of them. */
function lastOf(rows: readonly TopRow[], start: number, taken: number): number {
  const counts = rows.filter((row) => Number(row.start) === start).map((row) => Number(row.count));
  return counts.length < taken ? 0 : Math.min(...counts);
}

/** Those of which most was seen, and what was seen of the best of the others. */
function choose(seen: ReadonlyMap<string, number>): readonly [candidates: readonly string[], dropped: number] {
  const byCount = [...seen].toSorted(([, a], [, b]) => b - a);
  return [byCount.slice(0, CANDIDATES_MAX).map(([keyId]) => keyId), byCount[CANDIDATES_MAX]?.[1] ?? 0];
}

export function sumsQuery(db: Kysely<Schema>, keyIds: readonly string[], segments: readonly Segment[]) {
  const parts = segments.map(
    ({ table, from, until }) =>
      sql`select subject, code, count from ${sql.table(table)} where kind = 'key' and subject in (${sql.join([...keyIds])})
        and ${startOf(table)} >= ${from} and ${startOf(table)} < ${until}`,
  );
  const counts = sql<{ subject: string; code: string; count: number }>`(${sql.join(parts, sql` union all `)})`;
  return db
    .selectFrom(counts.as('counts'))
    .select((eb) => [
      'subject',
      eb.fn.sum<number | string>('count').as('total'),
      sql<number | string>`sum(case when code = 'valid' then count else 0 end)`.as('valid'),
    ])
    .groupBy('subject');
}

function totalOf({ valid, refused }: KeyActivity): number {
  return valid + refused;
}
