/**
 * Counters and usage: many small rows, written many in a statement. Every statement takes its rows in the order of their
 * keys, so that nodes that write the same rows wait for each other instead of locking each other out.
 */
import { sql, type Kysely } from 'kysely';
import type { CounterRow, CounterStore } from '../../ports/counter-store.js';
import type { UsageBatch, UsageCount, UsageStore } from '../../ports/usage-store.js';
import { readBusiest } from '../sql/busiest.js';
import { counterUpsert, countersQuery, expiredCountersDelete } from '../sql/counters.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { Schema } from '../sql/schema.js';
import {
  keyUsagePointFromRow,
  keyUsageQuery,
  lastUseUpsert,
  totalsOf,
  usageHourUpsert,
  usagePointFromRow,
  usageQuery,
  usageTotalUpsert,
} from '../sql/usage.js';
import { createQueries } from './queries.js';
import type { Transact } from './transaction.js';

export interface FiguresParts {
  readonly db: Kysely<Schema>;
  readonly transact: Transact;
  readonly schema: string;
}

const CHUNK_ROWS = 1_000;
const DAY_MS = 86_400_000;

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

export function createPostgresUsageStore({ db, transact, schema }: FiguresParts): UsageStore {
  return failingAsUnavailable<UsageStore>({
    recordUsage: ({ counts, lastUses }) =>
      transact(async ({ query }) => {
        const inside = createQueries(query, schema);
        for (const chunk of chunksOf(sumOfEach(counts))) await addHours(inside, chunk);
        for (const chunk of chunksOf(latestOfEach(lastUses, 'keyId'))) await noteUses(inside, chunk);
        for (const chunk of chunksOf(latestOfEach(lastUses, 'secretId'))) await noteSecretUses(inside, chunk);
        for (const chunk of chunksOf(latestOfEach(lastUses, 'keyId'))) await noteKeyUses(inside, chunk);
        // Every node writes these few rows: they are held as briefly as can be.
        if (counts.length > 0) await addTotals(inside, counts);
      }),
    async readUsage(query) {
      const rows = await usageQuery(db, query).execute();
      return rows.map(usagePointFromRow);
    },
    async readKeyUsage(query) {
      if (query.keyIds.length === 0) return [];
      const rows = await keyUsageQuery(db, query).execute();
      return rows.map(keyUsagePointFromRow);
    },
    readBusiest: (span, limit) => readBusiest({ db, read: async (work) => work() }, { ...span, limit }),
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

async function addHours(db: Kysely<Schema>, counts: readonly UsageCount[]): Promise<void> {
  const [ids, hours, codes, figures] = [
    counts.map((count) => count.keyId ?? ''),
    counts.map((count) => count.hour),
    counts.map((count) => count.code),
    counts.map((count) => count.count),
  ];
  await usageHourUpsert(db, (insert) =>
    insert
      .columns(['key_id', 'hour', 'code', 'count'])
      .expression(sql`select * from unnest(${ids}::text[], ${hours}::bigint[], ${codes}::text[], ${figures}::bigint[]) order by 1, 2, 3`),
  ).execute();
}

async function addTotals(db: Kysely<Schema>, counts: readonly UsageCount[]): Promise<void> {
  const totals = totalsOf(counts);
  const [hours, codes, figures] = [
    totals.map((total) => total.hour),
    totals.map((total) => total.code),
    totals.map((total) => total.count),
  ];
  await usageTotalUpsert(db, (insert) =>
    insert
      .columns(['hour', 'code', 'count'])
      .expression(sql`select * from unnest(${hours}::bigint[], ${codes}::text[], ${figures}::bigint[]) order by 1, 2`),
  ).execute();
}

async function noteUses(db: Kysely<Schema>, uses: UsageBatch['lastUses']): Promise<void> {
  const [keys, times] = [uses.map((use) => use.keyId), uses.map((use) => use.at)];
  const [addresses, agents] = [uses.map((use) => use.address), uses.map((use) => use.userAgent)];
  await lastUseUpsert(db, (insert) =>
    insert
      .columns(['key_id', 'at', 'address', 'user_agent'])
      .expression(sql`select * from unnest(${keys}::text[], ${times}::bigint[], ${addresses}::text[], ${agents}::text[]) order by 1`),
  ).execute();
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
  const table = sql.table('keys');
  await sql`
    with used as materialized (
      select key.id, use.at from unnest(${keys}::text[], ${times}::bigint[]) as use (id, at)
      join ${table} as key on key.id = use.id and (key.first_used_at is null or key.idle_since <= use.at - ${sql.lit(DAY_MS)})
      order by key.id for no key update of key
    )
    update ${table} as key set first_used_at = coalesce(key.first_used_at, used.at), idle_since = used.at from used where key.id = used.id
  `.execute(db);
}

/** No statement may write a row twice. */
function lastOfEach(rows: readonly CounterRow[]): readonly CounterRow[] {
  return [...new Map(rows.map((row) => [JSON.stringify([row.subject, row.name]), row])).values()];
}

function sumOfEach(counts: readonly UsageCount[]): readonly UsageCount[] {
  const sums = new Map<string, UsageCount>();
  for (const count of counts) {
    const id = JSON.stringify([count.keyId ?? '', count.hour, count.code]);
    sums.set(id, { ...count, count: count.count + (sums.get(id)?.count ?? 0) });
  }
  return [...sums.values()];
}

function latestOfEach(uses: UsageBatch['lastUses'], by: 'keyId' | 'secretId'): UsageBatch['lastUses'] {
  return [...new Map(uses.toSorted((a, b) => a.at - b.at).map((use) => [use[by], use])).values()];
}

function chunksOf<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
}
