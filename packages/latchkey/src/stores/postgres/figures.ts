/**
 * Counters and usage: many small rows, written many in a statement. Every statement takes its rows in the order of their
 * keys, so that nodes that write the same rows wait for each other instead of locking each other out.
 */
import { DAY_MS } from '../../domain/time.js';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { CounterRow, CounterStore } from '../../ports/counter-store.js';
import type { UsageBatch, UsageStore } from '../../ports/usage-store.js';
import { counterUpsert, countersQuery, expiredCountersDelete } from '../sql/counters.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { lastUseUpsert } from '../sql/usage/last-uses.js';
import type { HourRow, Schema } from '../sql/schema.js';
import { createUsageReads } from '../sql/usage/reads.js';
import { keepUp } from '../sql/usage/upkeep.js';
import { addUsage, dayUpsert, hourUpsert, usageReads, type UsageTables } from '../sql/usage/writes.js';
import { createQueries } from './queries.js';
import type { Transact } from './transaction.js';

export interface FiguresParts {
  readonly db: Kysely<Schema>;
  readonly transact: Transact;
  readonly schema: string;
}

export interface UsageParts {
  readonly db: Kysely<Schema>;
  readonly schema: string;
  /** Nobody keeps up while somebody adds, and the other way round: see `usageLockStatement`. */
  readonly adding: Transact;
  readonly keepingUp: Transact;
}

const CHUNK_ROWS = 1_000;

export function createPostgresCounterStore({ db, transact, schema }: FiguresParts): CounterStore {
  return failingAsUnavailable<CounterStore>({
    async loadCounters(subjects) {
      const rows = await countersQuery(db)
        .where(sql<boolean>`subject = any(${[...subjects]})`)
        .execute();
      return rows.map((row) => ({ subject: row.subject, name: row.name, state: row.state, expiresAt: row.expires_at }));
    },
    saveCounters: (rows) =>
      transact(async ({ query }) => {
        const inside = createQueries(query, schema);
        for (const chunk of chunksOf(lastOfEach(rows))) await saveChunk(inside, chunk);
      }),
    async pruneCounters(now) {
      let dropped: bigint;
      do {
        dropped = await transact(async ({ query }) => {
          const result = await expiredCountersDelete(createQueries(query, schema), now, CHUNK_ROWS).executeTakeFirst();
          return result.numDeletedRows;
        });
      } while (dropped === BigInt(CHUNK_ROWS));
    },
  });
}

export function createPostgresUsageStore({ db, adding, keepingUp, schema }: UsageParts): UsageStore {
  return failingAsUnavailable<UsageStore>({
    recordUsage: ({ counts, lastUses }) =>
      adding(async ({ query }) => {
        const inside = createQueries(query, schema);
        const summed = summedUses(lastUses);
        const latest = latestOfEach(summed, 'keyId');
        const isLatest = new Set(latest);
        const others = latestOfEach(summed, 'secretId').filter((use) => !isLatest.has(use));
        for (const chunk of chunksOf(others)) await noteSecretUses(inside, chunk);
        for (const chunk of chunksOf(latest)) {
          await noteReplaced(inside, chunk);
          await noteUses(inside, chunk);
          await noteKeyUses(inside, chunk);
        }
        // Every node writes the sums over all keys: they are held as briefly as can be.
        await addUsage(usageTables(inside), counts);
      }),
    ...createUsageReads({ db, read: async (work) => work() }),
    keepUp: (retention) => keepingUp(async ({ query }) => keepUp(createQueries(query, schema), retention)),
  });
}

async function saveChunk(db: Kysely<Schema>, rows: readonly CounterRow[]): Promise<void> {
  const [subjects, names, states, ends] = [
    rows.map((row) => row.subject),
    rows.map((row) => row.name),
    rows.map((row) => row.state),
    rows.map((row) => row.expiresAt),
  ];
  await counterUpsert(db, (insert) =>
    insert
      .columns(['subject', 'name', 'state', 'expires_at'])
      .expression(sql`select * from unnest(${subjects}::text[], ${names}::text[], ${states}::text[], ${ends}::bigint[]) order by 1, 2`),
  ).execute();
}

function usageTables(db: Kysely<Schema>): UsageTables {
  return {
    ...usageReads(db),
    async addHours(rows) {
      for (const chunk of chunksOf(rows)) {
        const hours = chunk.map(({ hour }) => hour);
        const columns = ['hour', 'kind', 'subject', 'code', 'count'] as const;
        await hourUpsert(db, (insert) => insert.columns(columns).expression(sql`select * from ${unnested(hours, chunk)}`)).execute();
      }
    },
    async addDays(rows) {
      for (const chunk of chunksOf(rows)) {
        const days = chunk.map(({ day }) => day);
        const columns = ['day', 'kind', 'subject', 'code', 'count'] as const;
        await dayUpsert(db, (insert) => insert.columns(columns).expression(sql`select * from ${unnested(days, chunk)}`)).execute();
      }
    },
  };
}

/** Rows in the order in which they are given, which is the order in which they are locked. */
function unnested(starts: readonly number[], rows: readonly Pick<HourRow, 'kind' | 'subject' | 'code' | 'count'>[]): RawBuilder<unknown> {
  const [kinds, subjects] = [rows.map(({ kind }) => kind), rows.map(({ subject }) => subject)];
  const [codes, counts] = [rows.map(({ code }) => code), rows.map(({ count }) => count)];
  return sql`unnest(${starts}::bigint[], ${kinds}::text[], ${subjects}::text[], ${codes}::text[], ${counts}::bigint[])`;
}

async function noteUses(db: Kysely<Schema>, uses: UsageBatch['lastUses']): Promise<void> {
  const [keys, secrets, times] = [uses.map((use) => use.keyId), uses.map((use) => use.secretId), uses.map((use) => use.at)];
  const [addresses, agents, counts] = [uses.map((use) => use.address), uses.map((use) => use.userAgent), uses.map((use) => use.uses)];
  await lastUseUpsert(db, (insert) =>
    insert.columns(['day', 'key_id', 'at', 'secret_id', 'address', 'user_agent', 'uses']).expression(
      sql`select at - at % ${sql.lit(DAY_MS)}, key_id, at, secret_id, address, user_agent, uses
          from unnest(${keys}::text[], ${secrets}::text[], ${times}::bigint[], ${addresses}::text[], ${agents}::text[], ${counts}::bigint[])
          as use (key_id, secret_id, at, address, user_agent, uses) order by key_id`,
    ),
  ).execute();
}

/** Keeps with its secret the use that is not the last of the key: the one that is on record, or the one that comes late. */
async function noteReplaced(db: Kysely<Schema>, uses: UsageBatch['lastUses']): Promise<void> {
  const [keys, secrets, times] = [uses.map((use) => use.keyId), uses.map((use) => use.secretId), uses.map((use) => use.at)];
  const table = sql.table('secrets');
  await sql`
    with both_uses as materialized (
      select held.secret_id as held_id, held.at as held_at, use.secret_id, use.at
      from unnest(${keys}::text[], ${secrets}::text[], ${times}::bigint[]) as use (key_id, secret_id, at)
      join ${sql.table('last_uses')} as held on held.key_id = use.key_id and held.secret_id is distinct from use.secret_id
      order by held.key_id for no key update of held
    )
    update ${table} as secret set last_used_at = other.at
    from (select case when held_at > at then secret_id else held_id end as id, least(held_at, at) as at from both_uses) as other
    where secret.id = other.id and (secret.last_used_at is null or secret.last_used_at < other.at)
  `.execute(db);
}

async function noteSecretUses(db: Kysely<Schema>, uses: UsageBatch['lastUses']): Promise<void> {
  const [secrets, times] = [uses.map((use) => use.secretId), uses.map((use) => use.at)];
  const table = sql.table('secrets');
  await sql`
    with used as materialized (
      select secret.id, use.at from unnest(${secrets}::text[], ${times}::bigint[]) as use (id, at)
      join ${table} as secret on secret.id = use.id and (secret.last_used_at is null or secret.last_used_at < use.at)
      order by secret.id for no key update of secret
    )
    update ${table} as secret set last_used_at = used.at from used where secret.id = used.id
  `.execute(db);
}

/** As `keyUseUpdate`, for many keys. */
async function noteKeyUses(db: Kysely<Schema>, uses: UsageBatch['lastUses']): Promise<void> {
  const [keys, times] = [uses.map((use) => use.keyId), uses.map((use) => use.at)];
  const [table, lastUses] = [sql.table('keys'), sql.table('last_uses')];
  await sql`
    with used as materialized (
      select key.id, use.at, held.uses from unnest(${keys}::text[], ${times}::bigint[]) as use (id, at)
      join ${lastUses} as held on held.key_id = use.id
      join ${table} as key on key.id = use.id
        and (key.first_used_at is null or key.idle_since <= use.at - ${sql.lit(DAY_MS)} or key.uses * 2 <= held.uses)
      order by key.id for no key update of key
    )
    update ${table} as key set first_used_at = coalesce(key.first_used_at, used.at), idle_since = used.at, uses = used.uses
    from used where key.id = used.id
  `.execute(db);
}

/** No statement may write a row twice. */
function lastOfEach(rows: readonly CounterRow[]): readonly CounterRow[] {
  return [...new Map(rows.map((row) => [JSON.stringify([row.subject, row.name]), row])).values()];
}

/** Each with the uses of all secrets of its key. */
function summedUses(uses: UsageBatch['lastUses']): UsageBatch['lastUses'] {
  const sums = new Map<string, number>();
  for (const use of uses) sums.set(use.keyId, (sums.get(use.keyId) ?? 0) + use.uses);
  return uses.map((use) => ({ ...use, uses: sums.get(use.keyId) ?? 0 }));
}

function latestOfEach(uses: UsageBatch['lastUses'], by: 'keyId' | 'secretId'): UsageBatch['lastUses'] {
  return [...new Map(uses.toSorted((a, b) => a.at - b.at).map((use) => [use[by], use])).values()];
}

function chunksOf<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
}
