/** What a census counts, as ranges of an index: so that who counts may do it in slices, and let others have their turn. */
import { DAY_MS } from '../../domain/time.js';
import type { Expression, ExpressionBuilder, Kysely, SelectQueryBuilder, SqlBool } from 'kysely';
import type { CensusCounts, CensusQuery } from '../../ports/census.js';
import { notExpired, notUsedAfter, statusFilter } from './keys/filter.js';
import type { KeptCountRow, Schema } from './schema.js';

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
  /** `atMost`: counts no further. */
  countKeys(keys: CountedKeys, atMost?: number): Promise<number>;
  countTiers(): Promise<number>;
  readKept(): Promise<readonly KeptCountRow[]>;
}

const ALL: Range = { from: 0, until: null };

export async function takeCensus(counting: CensusCounting, query: CensusQuery): Promise<CensusCounts> {
  const { countKeys } = counting;
  const { now } = query;
  const kept = await counting.readKept();
  const keptOf = (name: KeptCountRow['name']): number => Number(kept.find((row) => row.name === name)?.count ?? 0);
  const byStatus = async (status: 'disabled' | 'suspended' | 'scheduled') =>
    countKeys({ column: 'created_at', range: ALL, where: (eb) => statusFilter(eb, status, now) });
  const keys = {
    total: keptOf('keys'),
    revoked: keptOf('revoked_keys'),
    expired: await countKeys({ column: 'expires_at', range: { from: 0, until: now + 1 }, where: notRevoked }),
    disabled: await byStatus('disabled'),
    suspended: await byStatus('suspended'),
    scheduled: await byStatus('scheduled'),
  };
  return { keys, ...(await countAttention(counting, query)), owners: keptOf('owners'), tiers: await counting.countTiers() };
}

type Attention = Pick<CensusCounts, 'expiring' | 'neverUsed' | 'unused'>;

async function countAttention({ countKeys }: CensusCounting, query: CensusQuery): Promise<Attention> {
  const { now, expiresBy, unusedSince, countedUpTo } = query;
  const expiring: number[] = [];
  for (const instant of expiresBy) {
    const range = { from: now + 1, until: instant + 1 };
    expiring.push(await countKeys({ column: 'expires_at', range, where: notRevoked }, countedUpTo));
  }
  const neverUsed = await countKeys(
    { column: 'created_at', range: ALL, where: (eb) => eb.and([live(eb, now), eb('keys.first_used_at', 'is', null)]) },
    countedUpTo,
  );
  const idle = async (range: Range, where: CountedKeys['where']) =>
    countKeys({ column: 'idle_since', range, where: (eb) => eb.and([live(eb, now), where(eb)]) }, countedUpTo);
  // `idle_since` may be behind by a day, of which the exact last use decides.
  const doubtful = { from: Math.max(0, unusedSince - DAY_MS + 1), until: unusedSince + 1 };
  const certain = await idle({ from: 0, until: doubtful.from }, (eb) => eb.and([]));
  const others = certain < countedUpTo ? await idle(doubtful, (eb) => notUsedAfter(eb, unusedSince)) : 0;
  return { expiring, neverUsed, unused: Math.min(countedUpTo, certain + others) };
}

/** The value of the column so many keys after the range begins; none where it does not have so many. */
export function endOfSlice(db: Kysely<Schema>, keys: CountedKeys, size: number) {
  const { column } = keys;
  return within(db.selectFrom('keys').select(`keys.${column} as value`), keys)
    .orderBy(`keys.${column}`)
    .limit(1)
    .offset(size);
}

export function countedQuery(db: Kysely<Schema>, keys: CountedKeys, atMost: number | null = null) {
  const counted = within(db.selectFrom('keys').select('keys.id'), keys);
  return db
    .selectFrom((atMost === null ? counted : counted.limit(atMost)).as('counted'))
    .select((eb) => eb.fn.countAll<number | string>().as('count'));
}

export function tiersCounted(db: Kysely<Schema>) {
  return db.selectFrom('tiers').select((eb) => eb.fn.countAll<number | string>().as('count'));
}

export function keptCountsQuery(db: Kysely<Schema>) {
  return db.selectFrom('kept_counts').select(['name', 'count']);
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
