/** What a change reads and writes, on a connection that is inside the change's transaction. */
import { expressionBuilder, sql, type ExpressionBuilder, type Kysely } from 'kysely';
import { OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import type { LogEvent, LogHead } from '../../domain/event.js';
import type { OwnerRecord } from '../../domain/key.js';
import type { Change } from '../../ports/key-store.js';
import { appenderOf } from './log/append.js';
import { failingAsUnavailable } from './failure.js';
import type { JsonMemo } from './json-memo.js';
import { filterOf, notExpired } from './keys/filter.js';
import type { FieldOf } from './keys/metadata.js';
import { insertTags, replaceTags } from './keys/tags.js';
import {
  asBuffer,
  creditsFromRow,
  creditsToRow,
  KEY_COLUMNS,
  keyFromRow,
  keyInsert,
  keyToRow,
  ownerFromRow,
  ownerInsert,
  ownerToRow,
  SECRET_COLUMNS,
  SECRET_ORDER,
  secretFormToRow,
  secretFromRow,
  secretInsert,
  tierFromRow,
  tierInsert,
} from './rows.js';
import { logOf } from './log/archive.js';
import type { Schema } from './schema.js';
import { sessionsOf } from './sessions.js';
import type { Write } from './write.js';

export interface SqlChangeOptions {
  /**
   * Whether rows that others write beside changes (the budgets, which are spent) are locked when they are read: needed
   * where a change does not keep all other writers out.
   */
  readonly rowLocks: boolean;
  readonly write: Write;
  readonly fieldOf: FieldOf;
  /** The last entry of the log, where it is known already. */
  readonly head?: LogHead | null | undefined;
}

export function createChange(db: Kysely<Schema>, memo: JsonMemo, options: SqlChangeOptions): Change {
  const { rowLocks, write, fieldOf } = options;
  const appendAll = appenderOf(db, write, options.head);

  return {
    keys: failingAsUnavailable(keysOf(db, memo, { write, fieldOf })),
    secrets: failingAsUnavailable(secretsOf(db, memo, write)),
    owners: failingAsUnavailable(ownersOf(db, memo, write)),
    tiers: failingAsUnavailable(tiersOf(db, memo, write)),
    credits: failingAsUnavailable(creditsOf(db, memo, { rowLocks, write })),
    idempotency: failingAsUnavailable(idempotencyOf(db, write)),
    log: failingAsUnavailable(logOf(db, write)),
    sessions: failingAsUnavailable(sessionsOf(db, write)),
    peppers: failingAsUnavailable(peppersOf(db, write)),
    ...failingAsUnavailable({
      async append(draft) {
        const [event] = await appendAll([draft]);
        return event as LogEvent;
      },
      appendAll,
    } satisfies Pick<Change, 'append' | 'appendAll'>),
  };
}

const NEXT_VERSION = sql<number>`version + 1`;

/** The keys that no revocation of all keys of their owner covers. */
function uncovered(eb: ExpressionBuilder<Schema, 'keys' | 'owners'>) {
  return eb.or([eb('owners.revoking_until', 'is', null), eb('keys.created_at', '>', eb.ref('owners.revoking_until'))]);
}

function keysOf(db: Kysely<Schema>, memo: JsonMemo, { write, fieldOf }: Pick<SqlChangeOptions, 'write' | 'fieldOf'>): Change['keys'] {
  const withOwners = db.selectFrom('keys').leftJoin('owners', 'owners.id', 'keys.owner');
  const live = (now: number) =>
    withOwners.where('keys.revoked_at', 'is', null).where(notExpired(expressionBuilder<Schema, 'keys'>(), now)).where(uncovered);
  const unrevoked = (owner: string) => db.selectFrom('keys').where('owner', '=', owner).where('revoked_at', 'is', null);
  return {
    async find(id) {
      const row = await withOwners.select(KEY_COLUMNS).where('keys.id', '=', id).executeTakeFirst();
      return row === undefined ? null : keyFromRow(row, memo);
    },
    async insert(key) {
      await write(db.insertInto('keys').values(keyInsert(key)));
      await insertTags(db, write, key);
    },
    async update(id, fields) {
      if (fields.tags !== undefined) await replaceTags(db, write, { id, tags: fields.tags });
      await write(
        db
          .updateTable('keys')
          .set({ ...keyToRow(fields), version: NEXT_VERSION })
          .where('id', '=', id),
      );
    },
    async findMatching(ids, filters) {
      const rows = await withOwners
        .select(KEY_COLUMNS)
        .where('keys.id', 'in', ids)
        .where(filterOf({ ...filters, fieldOf }))
        .execute();
      return rows.map((row) => keyFromRow(row, memo));
    },
    async updateAll(ids, fields) {
      await write(
        db
          .updateTable('keys')
          .set({ ...keyToRow(fields), version: NEXT_VERSION })
          .where('id', 'in', ids),
      );
    },
    async countLive(owner, now) {
      const row = await live(now)
        .where('keys.owner', '=', owner)
        .select((eb) => eb.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async listKinds({ owner, tier, operators }, now) {
      let kinds = live(now)
        .select((eb) => eb.fn.min('keys.id').as('id'))
        .groupBy(['keys.environment', 'keys.tier', 'keys.scopes', 'keys.limits'])
        .groupBy(sql`case when keys.environment = ${sql.lit(OPERATOR_ENVIRONMENT)} then keys.id end`);
      if (owner !== undefined) kinds = kinds.where('keys.owner', '=', owner);
      if (tier !== undefined) kinds = kinds.where('keys.tier', '=', tier);
      if (operators) kinds = kinds.where('keys.environment', '=', OPERATOR_ENVIRONMENT);
      const rows = await withOwners.select(KEY_COLUMNS).where('keys.id', 'in', kinds).orderBy('keys.id').execute();
      return rows.map((row) => keyFromRow(row, memo));
    },
    async countUnrevoked(owner) {
      const row = await unrevoked(owner)
        .select((eb) => [eb.fn.countAll().as('count'), eb.fn.max('created_at').as('newest')])
        .executeTakeFirstOrThrow();
      return { count: Number(row.count), newestAt: Number(row.newest ?? 0) };
    },
    async revokeOldest(owner, { after = -1, until, at, by, reason }, limit) {
      const oldest = unrevoked(owner)
        .where('created_at', '>', after)
        .where('created_at', '<=', until)
        .orderBy('created_at')
        .orderBy('id')
        .limit(limit)
        .select('id');
      const ids = (await oldest.execute()).map(({ id }) => id);
      if (ids.length === 0) return [];
      const row = { revoked_at: at, revoked_by: by, revoked_reason: reason, version: NEXT_VERSION };
      await write(db.updateTable('keys').set(row).where('id', 'in', ids));
      return ids;
    },
  };
}

function secretsOf(db: Kysely<Schema>, memo: JsonMemo, write: Write): Change['secrets'] {
  return {
    async inUse(keyId, now) {
      const rows = await db
        .selectFrom('secrets')
        .select(SECRET_COLUMNS)
        .where('key_id', '=', keyId)
        .where('retired', '=', 0)
        .where((eb) => eb.or([eb('valid_until', 'is', null), eb('valid_until', '>', now)]))
        .orderBy(SECRET_ORDER)
        .execute();
      return rows.map((row) => secretFromRow(row, memo));
    },
    async insert(secret) {
      await write(db.insertInto('secrets').values(secretInsert(secret)));
    },
    async retire(id, validUntil, atOnce) {
      await write(
        db
          .updateTable('secrets')
          .set({ valid_until: validUntil, retired: atOnce ? 1 : 0 })
          .where('id', '=', id),
      );
    },
    async rewrite(id, from, to) {
      const guard = secretFormToRow(from);
      const result = await db
        .updateTable('secrets')
        .set(secretFormToRow(to))
        .where('id', '=', id)
        .where('scheme', '=', guard.scheme)
        .where('pepper_id', 'is not distinct from', guard.pepper_id)
        .where('digest', 'is not distinct from', guard.digest)
        .where('encoded', 'is not distinct from', guard.encoded)
        .where('locator', 'is not distinct from', guard.locator)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async exists(digest) {
      const bytes = asBuffer(digest.bytes());
      const row = await db
        .selectFrom('secrets')
        .select('id')
        .where((eb) => eb.or([eb('digest', '=', bytes), eb('imported_digest', '=', bytes)]))
        .executeTakeFirst();
      return row !== undefined;
    },
    async countByLocator(locator) {
      const row = await db
        .selectFrom('secrets')
        .select((eb) => eb.fn.countAll().as('count'))
        .where('locator', '=', locator)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
  };
}

function ownersOf(db: Kysely<Schema>, memo: JsonMemo, write: Write): Change['owners'] {
  async function find(id: string): Promise<OwnerRecord | null> {
    const row = await db.selectFrom('owners').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : ownerFromRow(row, memo);
  }
  return {
    find,
    async ensure(id, now) {
      const known = await find(id);
      if (known !== null) return known;
      const owner: OwnerRecord = {
        id,
        version: 1,
        name: null,
        description: null,
        limits: [],
        maxKeys: null,
        metadata: {},
        createdAt: now,
        suspendedAt: null,
        suspendedReason: null,
        revocation: null,
      };
      await write(db.insertInto('owners').values(ownerInsert(owner)));
      return owner;
    },
    async update(id, fields) {
      const row = ownerToRow(id, fields);
      if (Object.keys(row).length > 0) await write(db.updateTable('owners').set(row).where('id', '=', id));
    },
  };
}

function tiersOf(db: Kysely<Schema>, memo: JsonMemo, write: Write): Change['tiers'] {
  return {
    async find(name) {
      const row = await db.selectFrom('tiers').selectAll().where('name', '=', name).executeTakeFirst();
      return row === undefined ? null : tierFromRow(row, memo);
    },
    async put(tier) {
      const row = tierInsert(tier);
      await write(
        db
          .insertInto('tiers')
          .values(row)
          .onConflict((conflict) => conflict.column('name').doUpdateSet(row)),
      );
    },
    async remove(name) {
      await write(db.deleteFrom('tiers').where('name', '=', name));
    },
    async countKeys(name) {
      const row = await db.selectFrom('tier_counts').select('keys').where('tier', '=', name).executeTakeFirst();
      return Number(row?.keys ?? 0);
    },
  };
}

function creditsOf(
  db: Kysely<Schema>,
  memo: JsonMemo,
  { rowLocks, write }: Pick<SqlChangeOptions, 'rowLocks' | 'write'>,
): Change['credits'] {
  return {
    async find(keyId) {
      const select = db.selectFrom('credits').selectAll().where('key_id', '=', keyId);
      const row = await (rowLocks ? select.forUpdate() : select).executeTakeFirst();
      return row === undefined ? null : creditsFromRow(row, memo);
    },
    async has(keyId) {
      return (await db.selectFrom('credits').select('key_id').where('key_id', '=', keyId).executeTakeFirst()) !== undefined;
    },
    async put(keyId, state) {
      if (state === null) {
        await write(db.deleteFrom('credits').where('key_id', '=', keyId));
        return;
      }
      const row = creditsToRow(state);
      await write(
        db
          .insertInto('credits')
          .values({ key_id: keyId, ...row })
          .onConflict((conflict) => conflict.column('key_id').doUpdateSet(row)),
      );
    },
  };
}

/** After a long stop there may be millions: no change may take that long. */
const PRUNED_AT_ONCE = 1_000;

function idempotencyOf(db: Kysely<Schema>, write: Write): Change['idempotency'] {
  return {
    async find(id, now) {
      const row = await db.selectFrom('idempotency').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return null;
      if (row.expires_at <= now) {
        await write(db.deleteFrom('idempotency').where('id', '=', id));
        return null;
      }
      return {
        id: row.id,
        fingerprint: row.fingerprint,
        keyId: row.key_id,
        sealedToken: row.sealed_until <= now ? null : row.sealed_token,
        sealedUntil: row.sealed_until,
        expiresAt: row.expires_at,
      };
    },
    async insert(record) {
      await write(
        db.insertInto('idempotency').values({
          id: record.id,
          fingerprint: record.fingerprint,
          key_id: record.keyId,
          sealed_token: record.sealedToken === null ? null : asBuffer(record.sealedToken),
          sealed_until: record.sealedUntil,
          expires_at: record.expiresAt,
        }),
      );
    },
    async prune(now) {
      const expired = db.selectFrom('idempotency').select('id').where('expires_at', '<=', now).limit(PRUNED_AT_ONCE);
      const dropped = await db.deleteFrom('idempotency').where('id', 'in', expired).executeTakeFirst();
      const ended = db
        .selectFrom('idempotency')
        .select('id')
        .where('sealed_token', 'is not', null)
        .where('sealed_until', '<=', now)
        .limit(PRUNED_AT_ONCE);
      const wiped = await db.updateTable('idempotency').set({ sealed_token: null }).where('id', 'in', ended).executeTakeFirst();
      return dropped.numDeletedRows >= PRUNED_AT_ONCE || wiped.numUpdatedRows >= PRUNED_AT_ONCE;
    },
  };
}

/** Every start of a node counts them, under the lock of changes; how many there are beyond, nobody needs to know. */
export const COUNTED_SECRETS = 1_000;

function peppersOf(db: Kysely<Schema>, write: Write): Change['peppers'] {
  return {
    async list(now) {
      const rows = await db
        .selectFrom('peppers')
        .select(['id', 'check_value'])
        .select((eb) => {
          const opening = eb
            .selectFrom('secrets')
            .innerJoin('keys', 'keys.id', 'secrets.key_id')
            .select('secrets.id')
            .whereRef('secrets.pepper_id', '=', 'peppers.id')
            .where('secrets.retired', '=', 0)
            .where((one) => one.or([one('secrets.valid_until', 'is', null), one('secrets.valid_until', '>', now)]))
            .where('keys.revoked_at', 'is', null)
            .where((one) => one.or([one('keys.expires_at', 'is', null), one('keys.expires_at', '>', now)]))
            .limit(COUNTED_SECRETS);
          return eb
            .selectFrom(opening.as('opening'))
            .select(sql<number>`count(*)`.as('count'))
            .as('secrets');
        })
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ id: row.id, check: row.check_value, secrets: Number(row.secrets) }));
    },
    async insert(pepper) {
      await write(db.insertInto('peppers').values({ id: pepper.id, check_value: pepper.check }));
    },
  };
}
