/** The reads of owners and tiers, each with the counts of its keys, in one statement. */
import { sql, type ExpressionBuilder, type Kysely, type SqlBool } from 'kysely';
import type { Catalog, OwnerDetail, OwnerQuery, TierDetail } from '../../ports/catalog.js';
import { failingAsUnavailable } from './failure.js';
import type { JsonMemo } from './json-memo.js';
import { containsFolded, isAmong } from './keys/filter.js';
import type { Way } from './keys/page.js';
import { NOT_ENDED, type SqlReader } from './reader.js';
import { foldText, ownerFromRow, tierFromRow } from './rows.js';
import type { OwnerRow, Schema, TierRow } from './schema.js';

export function createCatalog(reader: SqlReader, memo: JsonMemo): Catalog {
  const { db, read } = reader;
  return failingAsUnavailable<Catalog>({
    async readOwner(id, now) {
      const row = await read(() => ownerRowsQuery(db, now).where('owners.id', '=', id).executeTakeFirst());
      return row === undefined ? null : ownerDetailFromRow(row, memo);
    },
    async listOwners(query) {
      const { db: own, read: inTurn, substrings, inTime } = reader.until(query.signal);
      const candidates = query.search === undefined ? null : await substrings.find('owners', foldText(query.search));
      const rows = await inTurn(() => ownerListQuery(own, query, { candidates, inTime }).execute());
      return rows.map((row) => ownerDetailFromRow(row, memo));
    },
    async readTier(name) {
      const row = await read(() => tierRowsQuery(db).where('tiers.name', '=', name).executeTakeFirst());
      return row === undefined ? null : tierDetailFromRow(row, memo);
    },
    async listTiers() {
      const rows = await read(() => tierRowsQuery(db).execute());
      return rows.map((row) => tierDetailFromRow(row, memo));
    },
  });
}

export function ownerRowsQuery(db: Kysely<Schema>, now: number) {
  return db
    .selectFrom('owners')
    .selectAll('owners')
    .select((eb) => [
      eb
        .selectFrom('keys')
        .select(sql<number>`count(*)`.as('count'))
        .whereRef('keys.owner', '=', 'owners.id')
        .as('total_keys'),
      // Nearly always the first of the two, which an index answers alone.
      eb
        .case()
        .when('owners.revoking_until', 'is', null)
        .then(liveKeys(eb, now))
        .else(liveKeys(eb, now).whereRef('keys.created_at', '>', 'owners.revoking_until'))
        .end()
        .as('live_keys'),
    ]);
}

function liveKeys(eb: ExpressionBuilder<Schema, 'owners'>, now: number) {
  return eb
    .selectFrom('keys')
    .select(sql<number>`count(*)`.as('count'))
    .whereRef('keys.owner', '=', 'owners.id')
    .where('keys.revoked_at', 'is', null)
    .where((live) => live.or([live('keys.expires_at', 'is', null), live('keys.expires_at', '>', now)]));
}

export function ownerListQuery(db: Kysely<Schema>, query: OwnerQuery, { candidates = null, inTime = NOT_ENDED }: Way = {}) {
  let select = ownerRowsQuery(db, query.now).orderBy('owners.id').limit(query.limit);
  if (query.ids !== undefined) select = select.where(isAmong('owners.id', query.ids));
  if (query.revoking === true) select = select.where('owners.revoking_until', 'is not', null);
  if (query.after !== undefined) select = select.where('owners.id', '>', query.after);
  if (query.search !== undefined) select = select.where(containsFolded(sql.ref('owners.search_folded'), query.search));
  for (const condition of candidates === null ? inTime(sql`owners.rowid`) : []) select = select.where(condition);
  if (candidates !== null) select = select.where(sql<SqlBool>`owners.rowid in ${candidates}`);
  return select;
}

function ownerDetailFromRow(
  row: OwnerRow & { readonly total_keys: number | null; readonly live_keys: number | null },
  memo: JsonMemo,
): OwnerDetail {
  return { owner: ownerFromRow(row, memo), keys: { total: Number(row.total_keys), live: Number(row.live_keys) } };
}

export function tierRowsQuery(db: Kysely<Schema>) {
  return db
    .selectFrom('tiers')
    .leftJoin('tier_counts', 'tier_counts.tier', 'tiers.name')
    .selectAll('tiers')
    .select('tier_counts.keys as unrevoked_keys')
    .orderBy('tiers.name');
}

function tierDetailFromRow(row: TierRow & { readonly unrevoked_keys: number | null }, memo: JsonMemo): TierDetail {
  return { tier: tierFromRow(row, memo), keys: Number(row.unrevoked_keys) };
}
