import { sql, type Kysely } from 'kysely';
import type { VerdictCode } from '../../domain/verdict.js';
import type { KeyUsagePoint, KeyUsageQuery, UsageCount, UsagePoint, UsageQuery } from '../../ports/usage-store.js';
import type { Fill } from './fill.js';
import type { Schema, UsageTotalRow } from './schema.js';

const DAY_MS = 86_400_000;

export function usageHourUpsert(db: Kysely<Schema>, fill: Fill<'usage_hours'>) {
  return fill(db.insertInto('usage_hours')).onConflict((conflict) =>
    conflict.columns(['key_id', 'hour', 'code']).doUpdateSet({ count: sql<number>`usage_hours.count + excluded.count` }),
  );
}

export function usageTotalUpsert(db: Kysely<Schema>, fill: Fill<'usage_totals'>) {
  return fill(db.insertInto('usage_totals')).onConflict((conflict) =>
    conflict.columns(['hour', 'code']).doUpdateSet({ count: sql<number>`usage_totals.count + excluded.count` }),
  );
}

/** Never to an earlier time. */
export function lastUseUpsert(db: Kysely<Schema>, fill: Fill<'last_uses'>) {
  return fill(db.insertInto('last_uses')).onConflict((conflict) =>
    conflict
      .column('key_id')
      .doUpdateSet((eb) => ({
        at: eb.ref('excluded.at'),
        address: eb.ref('excluded.address'),
        user_agent: eb.ref('excluded.user_agent'),
      }))
      .whereRef('excluded.at', '>=', 'last_uses.at'),
  );
}

/** Never to an earlier time. */
export function secretUseUpdate(db: Kysely<Schema>, row: { secretId: string; at: number }) {
  return db
    .updateTable('secrets')
    .set({ last_used_at: row.at })
    .where('id', '=', row.secretId)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', row.at)]));
}

/**
 * Notes that a key is not idle: at its first use, and then once a day at most. The indexes by idleness are not to be written at
 * each use.
 */
export function keyUseUpdate(db: Kysely<Schema>, row: { keyId: string; at: number; dayBefore: number }) {
  return db
    .updateTable('keys')
    .set((eb) => ({ first_used_at: eb.fn.coalesce('first_used_at', eb.val(row.at)), idle_since: row.at }))
    .where('id', '=', row.keyId)
    .where((eb) => eb.or([eb('first_used_at', 'is', null), eb('idle_since', '<=', row.dayBefore)]));
}

/** Sums by hour or day and outcome; of one key, of an owner's keys, or of all, with tokens that name none. */
export function usageQuery(db: Kysely<Schema>, query: UsageQuery) {
  const start = startOf(query.by);
  return source(db, query)
    .where('hour', '>=', query.from)
    .where('hour', '<', query.until)
    .select([start.as('start'), 'code', (eb) => eb.fn.sum<number | string>('count').as('count')])
    .groupBy([start, 'code'])
    .orderBy(start)
    .orderBy('code');
}

/** The same of each of several keys. */
export function keyUsageQuery(db: Kysely<Schema>, { keyIds, from, until, by }: KeyUsageQuery) {
  const start = startOf(by);
  return db
    .selectFrom('usage_hours')
    .where('key_id', 'in', [...keyIds])
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .select(['key_id', start.as('start'), 'code', (eb) => eb.fn.sum<number | string>('count').as('count')])
    .groupBy(['key_id', start, 'code']);
}

type UsageRow = { readonly start: number | string; readonly code: string; readonly count: number | string };

export function keyUsagePointFromRow(row: UsageRow & { readonly key_id: string }): KeyUsagePoint {
  return { keyId: row.key_id, ...usagePointFromRow(row) };
}

export function usagePointFromRow(row: UsageRow): UsagePoint {
  return { start: Number(row.start), code: row.code as VerdictCode, count: Number(row.count) };
}

/** The sums over the keys, one for each hour and code. */
export function totalsOf(counts: readonly UsageCount[]): readonly UsageTotalRow[] {
  const totals = new Map<string, { hour: number; code: string; count: number }>();
  for (const { hour, code, count } of counts) {
    const id = `${hour} ${code}`;
    const total = totals.get(id);
    if (total === undefined) totals.set(id, { hour, code, count });
    else total.count += count;
  }
  return [...totals.values()];
}

function startOf(by: 'hour' | 'day') {
  return by === 'day' ? sql<number>`hour - hour % ${sql.lit(DAY_MS)}` : sql<number>`hour`;
}

function source(db: Kysely<Schema>, query: UsageQuery) {
  const { keyId, owner } = query;
  if (keyId === undefined && owner === undefined) {
    return db.selectFrom(db.selectFrom('usage_totals').select(['hour', 'code', 'count']).as('figures'));
  }
  let hours = db.selectFrom('usage_hours').select(['hour', 'code', 'count']);
  if (keyId !== undefined) hours = hours.where('key_id', '=', keyId);
  if (owner !== undefined) hours = hours.where('key_id', 'in', db.selectFrom('keys').select('id').where('owner', '=', owner));
  return db.selectFrom(hours.as('figures'));
}
