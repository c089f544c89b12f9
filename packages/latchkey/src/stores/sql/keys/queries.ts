/**
 * The reads of keys. Each is one statement, so that each answers from one state of the database.
 *
 * stores/sql/keys/ owns how a key, a credential and a page of keys are found.
 */
import { sql, type Expression, type Kysely } from 'kysely';
import type { Credential, KeyDetail } from '../../../domain/key.js';
import type { ForeignTokens, KeyCountQuery, KeyOrder, KeyQuery } from '../../../ports/key-store.js';
import type { JsonMemo } from '../json-memo.js';
import { KEY_ORDERS, placeIn } from './filter.js';
import type { WithFields } from './metadata.js';
import { pageOf, type PageRow, type Way } from './page.js';
import {
  creditsFromRow,
  KEY_COLUMNS,
  keyFromRow,
  limitsFrom,
  SECRET_COLUMNS,
  SECRET_ORDER,
  secretFromRow,
  STORED_SECRET_COLUMNS,
} from '../rows.js';
import type { SelectedKey, SelectedSecret } from '../rows.js';
import type { Schema } from '../schema.js';

/** Secrets shown of a key, beside the current one: more than can be live at once. */
const SECRETS_SHOWN = 9;

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

export function secretQuery(db: Kysely<Schema>, secretId: string) {
  return credentialQuery(db).where('secrets.id', '=', secretId);
}

export function locatorQuery(db: Kysely<Schema>, locators: readonly string[], limit: number) {
  return credentialQuery(db)
    .where('secrets.locator', 'in', [...locators])
    .orderBy('secrets.id')
    .limit(limit);
}

export function detailQuery(db: Kysely<Schema>, id: string) {
  return joinDetail(db, db.selectFrom('keys').select('keys.id').where('keys.id', '=', id), 'newest');
}

export function listQuery(db: Kysely<Schema>, query: KeyQuery & WithFields, way: Way = {}) {
  return joinDetail(db, pageOf(query, way), query.order ?? 'newest');
}

export function idsQuery(db: Kysely<Schema>, query: KeyQuery & WithFields, way: Way = {}) {
  return db.selectFrom(pageOf(query, way).as('page')).select('page.id');
}

export function countQuery(db: Kysely<Schema>, { atMost, ...query }: KeyCountQuery & WithFields, way: Way = {}) {
  return db
    .selectFrom(pageOf({ ...query, limit: atMost }, way).as('counted'))
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

function joinDetail(db: Kysely<Schema>, page: Expression<Pick<PageRow, 'id'>>, order: KeyOrder) {
  const { direction } = KEY_ORDERS[order];
  return (
    db
      .selectFrom(sql<Pick<PageRow, 'id'>>`${page}`.as('page'))
      // SQLite keeps the order of a cross join: from the few ids to their keys, and never the other way round.
      .crossJoin('keys')
      .leftJoin('owners', 'owners.id', 'keys.owner')
      .leftJoin('credits', 'credits.key_id', 'keys.id')
      .leftJoin('last_uses', 'last_uses.key_id', 'keys.id')
      .leftJoin('secrets', (join) =>
        join.onRef('secrets.key_id', '=', 'keys.id').on((eb) =>
          // A key that is rotated each hour has thousands. Those that end last are the live ones, and the latest that ended.
          eb.or([
            eb('secrets.valid_until', 'is', null),
            eb(
              'secrets.id',
              'in',
              eb
                .selectFrom('secrets as last')
                .select('last.id')
                .whereRef('last.key_id', '=', 'keys.id')
                .where('last.valid_until', 'is not', null)
                .orderBy('last.valid_until', 'desc')
                .orderBy('last.created_at', 'desc')
                .orderBy('last.id', 'desc')
                .limit(SECRETS_SHOWN),
            ),
          ]),
        ),
      )
      .whereRef('keys.id', '=', 'page.id')
      .select([
        ...KEY_COLUMNS,
        ...STORED_SECRET_COLUMNS,
        // In the place of the column of its secret: the last use of a key names one of them.
        (eb) =>
          eb
            .case()
            .when('last_uses.secret_id', '=', eb.ref('secrets.id'))
            .then(eb.ref('last_uses.at'))
            .else(eb.ref('secrets.last_used_at'))
            .end()
            .as('last_used_at'),
        'keys.idle_since',
        'keys.uses as uses_noted',
        'owners.suspended_at as owner_suspended_at',
        'credits.remaining',
        'credits.refill',
        'credits.next_refill_at',
        'last_uses.at as used_at',
        'last_uses.address',
        'last_uses.user_agent',
        'last_uses.uses',
      ])
      .orderBy(placeIn(order), direction)
      .orderBy('keys.id', direction)
      .orderBy(SECRET_ORDER)
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
    uses: row.uses ?? 0,
    usesNoted: row.uses_noted,
    idleSince: row.idle_since,
  };
}
