/** The reads of keys. Each is one statement, so that each answers from one state of the database. */
import { sql, type Expression, type ExpressionBuilder, type Kysely, type SqlBool } from 'kysely';
import type { Credential, KeyDetail, KeyStatus } from '../../domain/key.js';
import type { ForeignTokens, KeyQuery } from '../../ports/key-store.js';
import type { JsonMemo } from './json-memo.js';
import { creditsFromRow, foldText, KEY_COLUMNS, keyFromRow, limitsFrom, SECRET_COLUMNS, secretFromRow } from './rows.js';
import type { SelectedKey, SelectedSecret } from './rows.js';
import type { Schema } from './schema.js';

/** Secrets shown of a key, beside the current one. */
const SECRETS_SHOWN = 10;

/** All that a verification needs, to be narrowed to the secrets in question. */
export function credentialQuery(db: Kysely<Schema>) {
  return db
    .selectFrom('secrets')
    .innerJoin('keys', 'keys.id', 'secrets.key_id')
    .leftJoin('owners', 'owners.id', 'keys.owner')
    .leftJoin('tiers', 'tiers.name', 'keys.tier')
    .leftJoin('credits', 'credits.key_id', 'keys.id')
    .select([
      ...SECRET_COLUMNS,
      ...KEY_COLUMNS,
      'owners.suspended_at as owner_suspended_at',
      'owners.limits as owner_limits',
      'tiers.limits as tier_limits',
      'credits.key_id as credits_key_id',
    ]);
}

export type CredentialRow = SelectedSecret &
  SelectedKey & {
    readonly owner_suspended_at: number | null;
    readonly owner_limits: string | null;
    readonly tier_limits: string | null;
    readonly credits_key_id: string | null;
  };

export function credentialFromRow(row: CredentialRow, memo: JsonMemo): Credential {
  return {
    secret: secretFromRow(row, memo),
    key: keyFromRow(row, memo),
    ownerSuspendedAt: row.owner_suspended_at,
    ownerLimits: limitsFrom(row.owner_limits, memo),
    tierLimits: limitsFrom(row.tier_limits, memo),
    hasCredits: row.credits_key_id !== null,
  };
}

export function locatorQuery(db: Kysely<Schema>, locators: readonly string[], limit: number) {
  return credentialQuery(db)
    .where('secrets.locator', 'in', [...locators])
    .orderBy('secrets.id')
    .limit(limit);
}

export function detailQuery(db: Kysely<Schema>, id: string) {
  return joinDetail(db, keyPage(db).where('keys.id', '=', id));
}

export function listQuery(db: Kysely<Schema>, query: KeyQuery) {
  return joinDetail(
    db,
    keyPage(db).where(filterOf(query)).orderBy('keys.created_at', 'desc').orderBy('keys.id', 'desc').limit(query.limit),
  );
}

export function countQuery(db: Kysely<Schema>, query: Omit<KeyQuery, 'after' | 'limit'>) {
  return db
    .selectFrom('keys')
    .where(filterOf(query))
    .select((eb) => eb.fn.countAll<number | string>().as('count'));
}

export type DetailRow = Awaited<ReturnType<ReturnType<typeof listQuery>['execute']>>[number];

/** Folds the rows, one for each secret, into one detail for each key; keeps their order. */
export function detailsFromRows(rows: readonly DetailRow[], memo: JsonMemo): readonly KeyDetail[] {
  const details = new Map<string, { -readonly [Field in keyof KeyDetail]: KeyDetail[Field] }>();
  for (const row of rows) {
    const { secret_id, key_id, scheme, foreign_format, hint, secret_created_at, retired } = row;
    const hasSecret =
      secret_id !== null &&
      key_id !== null &&
      scheme !== null &&
      foreign_format !== null &&
      hint !== null &&
      secret_created_at !== null &&
      retired !== null;
    const secrets = hasSecret
      ? [secretFromRow({ ...row, secret_id, key_id, scheme, foreign_format, hint, secret_created_at, retired }, memo)]
      : [];
    const known = details.get(row.id);
    if (known !== undefined) known.secrets = known.secrets.concat(secrets);
    else details.set(row.id, { ...detailOf(row, memo), secrets });
  }
  return [...details.values()];
}

/** Distinct shapes by leaps from one to the next in the index: there are few, however many secrets. */
export async function readForeign(db: Kysely<Schema>): Promise<ForeignTokens> {
  const secrets = sql.table('secrets');
  const { rows } = await sql<{ readonly shape: string | null; readonly any_foreign: number }>`
    with recursive shapes (shape) as (
      select min(locator_shape) from ${secrets} where locator_shape is not null
      union all
      select (select min(locator_shape) from ${secrets} where locator_shape > shapes.shape) from shapes where shapes.shape is not null
    )
    select shape, case when exists (select 1 from ${secrets} where foreign_format = 1) then 1 else 0 end as any_foreign from shapes
  `.execute(db);
  return { any: rows[0]?.any_foreign === 1, locatorShapes: rows.flatMap((row) => row.shape ?? []) };
}

function keyPage(db: Kysely<Schema>) {
  return db.selectFrom('keys').select(KEY_COLUMNS);
}

function joinDetail(db: Kysely<Schema>, page: ReturnType<typeof keyPage>) {
  return (
    db
      .selectFrom(page.as('keys'))
      .leftJoin('owners', 'owners.id', 'keys.owner')
      .leftJoin('credits', 'credits.key_id', 'keys.id')
      .leftJoin('last_uses', 'last_uses.key_id', 'keys.id')
      .leftJoin('secrets', (join) =>
        join.onRef('secrets.key_id', '=', 'keys.id').on((eb) =>
          // A key that is rotated each hour has thousands: the current one and the newest tell what there is to tell.
          eb.or([
            eb('secrets.valid_until', 'is', null),
            eb(
              'secrets.id',
              'in',
              eb
                .selectFrom('secrets as newest')
                .select('newest.id')
                .whereRef('newest.key_id', '=', 'keys.id')
                .orderBy('newest.created_at', 'desc')
                .orderBy('newest.id', 'desc')
                .limit(SECRETS_SHOWN),
            ),
          ]),
        ),
      )
      .select([
        ...KEY_COLUMNS,
        ...SECRET_COLUMNS,
        'owners.suspended_at as owner_suspended_at',
        'credits.remaining',
        'credits.refill',
        'credits.next_refill_at',
        'last_uses.at as used_at',
        'last_uses.address',
        'last_uses.user_agent',
      ])
      .orderBy('keys.created_at', 'desc')
      .orderBy('keys.id', 'desc')
      // As in change.ts: the current secret first.
      .orderBy((eb) => eb('secrets.valid_until', 'is', null), 'desc')
      .orderBy('secrets.created_at', 'desc')
      .orderBy('secrets.valid_until', 'desc')
      .orderBy('secrets.id', 'desc')
  );
}

function detailOf(row: DetailRow, memo: JsonMemo): Omit<KeyDetail, 'secrets'> {
  return {
    key: keyFromRow(row, memo),
    ownerSuspendedAt: row.owner_suspended_at,
    credits:
      row.remaining === null
        ? null
        : creditsFromRow({ remaining: row.remaining, refill: row.refill, next_refill_at: row.next_refill_at }, memo),
    lastUse: row.used_at === null ? null : { at: row.used_at, address: row.address, userAgent: row.user_agent },
  };
}

type KeyFilter = (eb: ExpressionBuilder<Schema, 'keys'>) => Expression<SqlBool>;

function filterOf(query: Omit<KeyQuery, 'limit'>): KeyFilter {
  return (eb) => {
    const parts: Expression<SqlBool>[] = [];
    if (query.owner !== undefined) parts.push(eb('keys.owner', '=', query.owner));
    if (query.tier !== undefined) parts.push(eb('keys.tier', '=', query.tier));
    if (query.environment !== undefined) parts.push(eb('keys.environment', '=', query.environment));
    if (query.exceptEnvironment !== undefined) parts.push(eb('keys.environment', '!=', query.exceptEnvironment));
    if (query.status !== undefined) parts.push(statusFilter(eb, query.status, query.now));
    if (query.search !== undefined) parts.push(searchFilter(eb, query.search));
    if (query.after !== undefined) {
      const { createdAt, id } = query.after;
      parts.push(eb(eb.refTuple('keys.created_at', 'keys.id'), '<', eb.tuple(createdAt, id)));
    }
    return eb.and(parts);
  };
}

/** The rules of domain/key.ts `keyStatus`, said in SQL; the conformance suite compares the two. */
function statusFilter(eb: ExpressionBuilder<Schema, 'keys'>, status: KeyStatus, now: number): Expression<SqlBool> {
  const notRevoked = eb('keys.revoked_at', 'is', null);
  const expired = eb('keys.expires_at', '<=', now);
  const notExpired = eb.or([eb('keys.expires_at', 'is', null), eb('keys.expires_at', '>', now)]);
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
      return eb.and([notRevoked, notExpired, eb('keys.disabled_at', 'is not', null)]);
    case 'suspended':
      return eb.and([notRevoked, notExpired, notDisabled, eb('keys.owner', 'in', suspendedOwners)]);
    case 'scheduled':
      return eb.and([notRevoked, notExpired, notDisabled, notSuspended, scheduled]);
    case 'active':
      return eb.and([notRevoked, notExpired, notDisabled, notSuspended, started]);
  }
}

function searchFilter(eb: ExpressionBuilder<Schema, 'keys'>, search: string): Expression<SqlBool> {
  const ofHint = eb.selectFrom('secrets').select('secrets.key_id').where('secrets.hint_end', '=', search);
  return eb.or([containsFolded(sql.ref('keys.name_folded'), search), eb('keys.id', '=', search), eb('keys.id', 'in', ofHint)]);
}

/** Whether a folded column contains the text, in which `%` and `_` stand for themselves. */
export function containsFolded(column: Expression<unknown>, text: string): Expression<SqlBool> {
  const pattern = `%${foldText(text).replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`;
}
