/** What a census counts, as ranges of an index: so that who counts may do it in slices, and let others have their turn. */
import type { Expression, ExpressionBuilder, Kysely, SelectQueryBuilder, SqlBool } from 'kysely';
import type { CensusCounts, CensusQuery } from '../../ports/census.js';
import { DAY_MS, notExpired, notUsedAfter, statusFilter } from './key-filter.js';
import type { Schema } from './schema.js';

/** Some of the keys: a range of a column whose index holds them and little else. */
export interface CountedKeys {
  readonly column: 'created_at' | 'expires_at' | 'idle_since';
  readonly range: Range;
  /** What else they must be. Nothing about the column: of two upper bounds, a database may search by the wrong one. */
  readonly where: (eb: ExpressionBuilder<Schema, 'keys'>) => Expression<SqlBool>;
}

/** From a value, inclusive, until another, exclusive; null: to the end. */
export interface Range {
  readonly from: number;
  readonly until: number | null;
}

export interface CensusCounting {
  countKeys(keys: CountedKeys): Promise<number>;
  countAll(table: 'owners' | 'tiers'): Promise<number>;
}

const ALL: Range = { from: 0, until: null };

export async function takeCensus({ countKeys, countAll }: CensusCounting, query: CensusQuery): Promise<CensusCounts> {
  const { now, expiresBy, unusedSince } = query;
  const byStatus = async (status: 'revoked' | 'disabled' | 'suspended' | 'scheduled') =>
    countKeys({ column: 'created_at', range: ALL, where: (eb) => statusFilter(eb, status, now) });
  const byExpiry = async (range: Range) => countKeys({ column: 'expires_at', range, where: notRevoked });
  const idle = async (range: Range, where: CountedKeys['where']) =>
    countKeys({ column: 'idle_since', range, where: (eb) => eb.and([live(eb, now), where(eb)]) });
  const keys = {
    total: await countKeys({ column: 'created_at', range: ALL, where: (eb) => eb.and([]) }),
    revoked: await byStatus('revoked'),
    expired: await byExpiry({ from: 0, until: now + 1 }),
    disabled: await byStatus('disabled'),
    suspended: await byStatus('suspended'),
    scheduled: await byStatus('scheduled'),
  };
  const expiring: number[] = [];
  for (const instant of expiresBy) expiring.push(await byExpiry({ from: now + 1, until: instant + 1 }));
  const neverUsed = await countKeys({
    column: 'created_at',
    range: ALL,
    where: (eb) => eb.and([live(eb, now), eb('keys.first_used_at', 'is', null)]),
  });
  // `idle_since` may be behind by a day, of which the exact last use decides.
  const doubtful = { from: Math.max(0, unusedSince - DAY_MS + 1), until: unusedSince + 1 };
  const unused =
    (await idle({ from: 0, until: doubtful.from }, (eb) => eb.and([]))) + (await idle(doubtful, (eb) => notUsedAfter(eb, unusedSince)));
  return { keys, expiring, neverUsed, unused, owners: await countAll('owners'), tiers: await countAll('tiers') };
}

/** The value of the column so many keys after the range begins; none where it does not have so many. */
export function endOfSlice(db: Kysely<Schema>, keys: CountedKeys, size: number) {
  const { column } = keys;
  return within(db.selectFrom('keys').select(`keys.${column} as value`), keys)
    .orderBy(`keys.${column}`)
    .limit(1)
    .offset(size);
}

export function countedQuery(db: Kysely<Schema>, keys: CountedKeys) {
  return within(
    db.selectFrom('keys').select((eb) => eb.fn.countAll<number | string>().as('count')),
    keys,
  );
}

export function allQuery(db: Kysely<Schema>, table: 'owners' | 'tiers') {
  return db.selectFrom(table).select((eb) => eb.fn.countAll<number | string>().as('count'));
}

function within<Output>(select: SelectQueryBuilder<Schema, 'keys', Output>, { column, range, where }: CountedKeys) {
  const from = select.where(where).where(`keys.${column}`, '>=', range.from);
  return range.until === null ? from : from.where(`keys.${column}`, '<', range.until);
}

function notRevoked(eb: ExpressionBuilder<Schema, 'keys'>): Expression<SqlBool> {
  return eb('keys.revoked_at', 'is', null);
}

function live(eb: ExpressionBuilder<Schema, 'keys'>, now: number): Expression<SqlBool> {
  return eb.and([notRevoked(eb), notExpired(eb, now)]);
}
