/** Which keys a list holds, and in what order. */
import { expressionBuilder, sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { KeyStatus } from '../../../domain/key.js';
import { DAY_MS } from '../../../domain/time.js';
import { NEVER_EXPIRES, type KeyOrder, type KeyQuery } from '../../../ports/key-store.js';
import { escapedLike } from '../like.js';
import { foldText } from '../rows.js';
import type { KeyRow, Schema } from '../schema.js';
import { metadataFilters, type WithFields } from './metadata.js';
import { hasTag } from './tags.js';

const NEVER_LAST = sql<number>`coalesce(keys.expires_at, ${sql.lit(NEVER_EXPIRES)})`;

/** What an order goes by, each served by an index, and its direction. */
export const KEY_ORDERS: Readonly<Record<KeyOrder, KeyOrdering>> = {
  newest: { column: 'created_at', direction: 'desc' },
  oldest: { column: 'created_at', direction: 'asc' },
  first_name: { column: 'name_folded', direction: 'asc' },
  last_name: { column: 'name_folded', direction: 'desc' },
  expiry: { column: 'expires_at', direction: 'asc' },
  soonest_expiry: { column: 'expires_at', place: NEVER_LAST, direction: 'asc' },
  latest_expiry: { column: 'expires_at', place: NEVER_LAST, direction: 'desc' },
  longest_idle: { column: 'idle_since', direction: 'asc' },
  least_idle: { column: 'idle_since', direction: 'desc' },
  most_used: { column: 'uses', direction: 'desc' },
  least_used: { column: 'uses', direction: 'asc' },
};

interface KeyOrdering {
  readonly column: keyof KeyRow;
  /** By default the column. */
  readonly place?: Expression<number>;
  readonly direction: 'asc' | 'desc';
}

/** Returns what the order goes by, as an expression on a row of `keys`. */
export function placeIn(order: KeyOrder = 'newest'): Expression<number | string> {
  const { column, place } = KEY_ORDERS[order];
  return place ?? sql.ref(`keys.${column}`);
}

type ListedKeys = Omit<KeyQuery, 'limit'> & WithFields;

/** All that narrows the list but what is searched for, and but where the page before ended. */
export function filterOf(query: ListedKeys): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, 'keys'>();
  const parts: Expression<SqlBool>[] = [];
  // Few keys are scheduled, or of a suspended owner, and an index has them: half of all keys might have the tier. Likewise,
  // the index of their order has tier and environment too: found by theirs, half of all keys might have to be sorted.
  const inOrder = query.owner === undefined && (isUrgent(query) ? query.order !== 'least_idle' : isSorted(query));
  const byStatus = query.status === 'scheduled' || query.status === 'suspended';
  const byOther = inOrder || byStatus;
  if (query.owner !== undefined) parts.push(eb(query.status === 'scheduled' ? sql`keys.owner || ''` : 'keys.owner', '=', query.owner));
  if (query.tier !== undefined) parts.push(eb(byOther ? sql`keys.tier || ''` : 'keys.tier', '=', query.tier));
  if (query.environment !== undefined) {
    parts.push(eb(byOther ? sql`keys.environment || ''` : 'keys.environment', '=', query.environment));
  }
  parts.push(...attentionFilters(eb, query));
  if (query.exceptEnvironment !== undefined) parts.push(eb('keys.environment', '!=', query.exceptEnvironment));
  parts.push(...withinFilters(query.within));
  parts.push(...(query.tags ?? []).map(hasTag));
  parts.push(...openFilters(eb, query));
  if (query.status !== undefined) parts.push(statusFilter(eb, query.status, query.now));
  parts.push(...metadataFilters(query));
  return eb.and(parts);
}

/** Whether a key comes after the page before. */
export function isBehind({ order = 'newest', after }: ListedKeys): Expression<SqlBool> {
  const { place, direction } = KEY_ORDERS[order];
  if (after === undefined) return expressionBuilder<Schema, 'keys'>().and([]);
  const at = typeof after.at === 'string' ? foldText(after.at) : after.at;
  const isAfter = sql.raw(direction === 'desc' ? '<' : '>');
  const behind = sql<SqlBool>`(${placeIn(order)}, keys.id) ${isAfter} (${at}, ${after.id})`;
  // An index of an expression serves SQLite for the first term alone.
  return place === undefined ? behind : sql<SqlBool>`(${place} ${isAfter}= ${at} and ${behind})`;
}

function withinFilters({ environments, owners, tiers }: KeyQuery['within'] = {}): Expression<SqlBool>[] {
  const parts: Expression<SqlBool>[] = [];
  if (environments !== undefined) parts.push(isAmong('keys.environment', environments));
  if (owners !== undefined) parts.push(isAmong('keys.owner', owners));
  if (tiers !== undefined) parts.push(isAmong('keys.tier', tiers));
  return parts;
}

/** An empty list, which not every database can spell, holds nothing. */
export function isAmong(column: string, values: readonly string[]): Expression<SqlBool> {
  return values.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`${sql.ref(column)} in (${sql.join([...values])})`;
}

/** Also a key that a revocation of all keys of its owner covers is revoked, whatever its row says. */
function openFilters(eb: ExpressionBuilder<Schema, 'keys'>, { mayBecome, now }: ListedKeys): Expression<SqlBool>[] {
  if (mayBecome === undefined) return [];
  const until = eb.selectFrom('owners').select('owners.revoking_until').whereRef('owners.id', '=', 'keys.owner');
  const unrevoked = [eb('keys.revoked_at', 'is', null), eb(eb.fn.coalesce(until, eb.lit(-1)), '<', eb.ref('keys.created_at'))];
  if (mayBecome === 'revoked') return unrevoked;
  const live = [...unrevoked, notExpired(eb, now)];
  return mayBecome === 'extended' ? live : [...live, eb('keys.disabled_at', 'is', null)];
}

function isSorted({ order = 'newest' }: ListedKeys): boolean {
  return KEY_ORDERS[order].column !== 'created_at';
}

function isUrgent({ expiresBy, unusedSince }: ListedKeys): boolean {
  return expiresBy !== undefined || unusedSince !== undefined;
}

/** Keys that somebody should look at, all of them neither revoked nor expired. */
function attentionFilters(eb: ExpressionBuilder<Schema, 'keys'>, query: ListedKeys): Expression<SqlBool>[] {
  const { now, expiresBy, unusedSince, neverUsed } = query;
  if (!isUrgent(query) && neverUsed === undefined) return [];
  // The two exclude each other. The database would look at every key to find that out.
  if (query.status === 'revoked' || query.status === 'expired') return [sql<SqlBool>`1 = 0`];
  const parts = [eb('keys.revoked_at', 'is', null), notExpired(eb, now)];
  if (expiresBy !== undefined) parts.push(eb('keys.expires_at', '>', now), eb('keys.expires_at', '<=', expiresBy));
  if (unusedSince !== undefined) parts.push(unusedFilter(eb, unusedSince));
  if (neverUsed !== undefined) parts.push(eb('keys.first_used_at', 'is', null));
  return parts;
}

/** Of a day that `idle_since` may be behind by, the exact last use decides. */
function unusedFilter(eb: ExpressionBuilder<Schema, 'keys'>, since: number): Expression<SqlBool> {
  return eb.and([eb('keys.idle_since', '<=', since), eb.or([eb('keys.idle_since', '<=', since - DAY_MS), notUsedAfter(eb, since)])]);
}

/** Looked up for the one key that is asked about: of a `not exists`, PostgreSQL would read every last use that there is. */
export function notUsedAfter(eb: ExpressionBuilder<Schema, 'keys'>, instant: number): Expression<SqlBool> {
  const lastUse = eb.selectFrom('last_uses').select('last_uses.at').whereRef('last_uses.key_id', '=', 'keys.id');
  return eb(eb.fn.coalesce(lastUse, eb.lit(0)), '<=', instant);
}

export function notExpired(eb: ExpressionBuilder<Schema, 'keys'>, now: number): Expression<SqlBool> {
  return eb.or([eb('keys.expires_at', 'is', null), eb('keys.expires_at', '>', now)]);
}

/** The rules of domain/key.ts `keyStatus`, said in SQL; the conformance suite compares the two. */
export function statusFilter(eb: ExpressionBuilder<Schema, 'keys'>, status: KeyStatus, now: number): Expression<SqlBool> {
  const notRevoked = eb('keys.revoked_at', 'is', null);
  const expired = eb('keys.expires_at', '<=', now);
  const unexpired = notExpired(eb, now);
  const notDisabled = eb('keys.disabled_at', 'is', null);
  const suspendedOwners = eb.selectFrom('owners').select('owners.id').where('owners.suspended_at', 'is not', null);
  const notSuspended = eb('keys.owner', 'not in', suspendedOwners);
  const scheduled = eb('keys.not_before', '>', now);
  const started = eb.or([eb('keys.not_before', 'is', null), eb('keys.not_before', '<=', now)]);
  switch (status) {
    case 'revoked':
      return eb('keys.revoked_at', 'is not', null);
    case 'expired':
      return eb.and([notRevoked, expired]);
    case 'disabled':
      return eb.and([notRevoked, unexpired, eb('keys.disabled_at', 'is not', null)]);
    case 'suspended':
      return eb.and([notRevoked, unexpired, notDisabled, eb('keys.owner', 'in', suspendedOwners)]);
    case 'scheduled':
      return eb.and([notRevoked, unexpired, notDisabled, notSuspended, scheduled]);
    case 'active':
      return eb.and([notRevoked, unexpired, notDisabled, notSuspended, started]);
  }
}

/** Whether a folded column contains the text, in which `%` and `_` stand for themselves. */
export function containsFolded(column: Expression<unknown>, text: string): Expression<SqlBool> {
  const pattern = `%${escapedLike(foldText(text))}%`;
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`;
}
