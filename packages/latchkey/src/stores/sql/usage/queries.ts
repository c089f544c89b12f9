/**
 * The reads of usage: by the hour from the hours; by the day from the days that are summed up, and from the hours after them.
 *
 * stores/sql/usage/ owns the sums of verifications: how they are added, summed up by the day, dropped and read, and last uses.
 */
import { sql, type Expression, type Kysely, type SqlBool } from 'kysely';
import type { VerdictCode } from '../../../domain/verdict.js';
import { DAY_MS } from '../../../domain/time.js';
import type { KeyUsagePoint, KeyUsageQuery, UsagePoint, UsageQuery } from '../../../ports/usage-store.js';
import type { Schema, UsageKind } from '../schema.js';
import { ALL } from './writes.js';

/** By hour or day and outcome; of one key, of an owner's keys, of the keys in a tier, or of all, with tokens that name none. */
export function usageRowsQuery(db: Kysely<Schema>, query: UsageQuery) {
  return figures(db, query, filterOf(query))
    .select(['start', 'code', (eb) => eb.fn.sum<number | string>('count').as('count')])
    .groupBy(['start', 'code'])
    .orderBy('start')
    .orderBy('code');
}

/** The same of each of several keys. */
export function keyUsageQuery(db: Kysely<Schema>, query: KeyUsageQuery) {
  const ofKeys = sql<SqlBool>`kind = ${kindOf('key')} and subject in (${sql.join([...query.keyIds])})`;
  return figures(db, query, ofKeys)
    .select(['subject', 'start', 'code', (eb) => eb.fn.sum<number | string>('count').as('count')])
    .groupBy(['subject', 'start', 'code']);
}

export function keptUsageQuery(db: Kysely<Schema>) {
  return db.selectFrom('usage_progress').select(['hours_from', 'days_from']).where('id', '=', 1);
}

type UsageRow = { readonly start: number | string; readonly code: string; readonly count: number | string };

export function keyUsagePointFromRow(row: UsageRow & { readonly subject: string }): KeyUsagePoint {
  return { keyId: row.subject, ...usagePointFromRow(row) };
}

export function usagePointFromRow(row: UsageRow): UsagePoint {
  return { start: Number(row.start), code: row.code as VerdictCode, count: Number(row.count) };
}

function kindOf(kind: UsageKind): Expression<string> {
  return sql.lit(kind);
}

function filterOf({ keyId, owner, tier }: UsageQuery): Expression<SqlBool> {
  if (tier !== undefined) return sql`kind = ${kindOf('tier')} and subject = ${tier}`;
  if (keyId === undefined && owner === undefined) return sql`kind = ${kindOf('all')} and subject = ${ALL}`;
  if (keyId === undefined) return sql`kind = ${kindOf('owner')} and subject = ${owner}`;
  const ofKey = sql<SqlBool>`kind = ${kindOf('key')} and subject = ${keyId}`;
  if (owner === undefined) return ofKey;
  return sql`${ofKey} and exists (select 1 from ${sql.table('keys')} where id = ${keyId} and owner = ${owner})`;
}

/** Figures to be summed, read by one statement: a day that is rolled up meanwhile is read once. */
function figures(db: Kysely<Schema>, { from, until, by }: Pick<UsageQuery, 'from' | 'until' | 'by'>, of: Expression<SqlBool>) {
  const hours = (start: Expression<number>, first: number | Expression<number>) =>
    db
      .selectFrom('usage_by_hour')
      .select(['subject', 'code', 'count', sql<number>`${start}`.as('start')])
      .where(of)
      .where('hour', '>=', first)
      .where('hour', '<', until);
  if (by === 'hour') return db.selectFrom(hours(sql`hour`, from).as('figures'));
  // The last day may be asked for in part, which only hours can tell.
  const split = firstOfHours({ from, until: until - (until % DAY_MS) });
  const days = db
    .selectFrom('usage_by_day')
    .select(['subject', 'code', 'count', sql<number>`day`.as('start')])
    .where(of)
    .where('day', '>=', from)
    .where('day', '<', split);
  return db.selectFrom(days.unionAll(hours(sql`hour - hour % ${sql.lit(DAY_MS)}`, split)).as('figures'));
}

/** The first day whose hours are not in the days, or the end of the span that lies nearest. */
function firstOfHours({ from, until }: { readonly from: number; readonly until: number }): Expression<number> {
  return sql`(select case when rolled_day < ${from} then ${from} when rolled_day > ${until} then ${until} else rolled_day end
    from ${sql.table('usage_progress')} where id = 1)`;
}
