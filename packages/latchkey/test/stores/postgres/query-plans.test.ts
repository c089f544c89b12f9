/** That what is asked often touches few pages, at a hundred thousand keys. */
import { sql, type Compilable } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { Digest } from '../../../src/domain/digest.js';
import { KEY_STATUSES } from '../../../src/domain/key.js';
import { createQueries } from '../../../src/stores/postgres/queries.js';
import { startsQuery, sumsQuery, topsQuery } from '../../../src/stores/sql/busiest.js';
import { ownerListQuery, ownersQuery, tiersQuery } from '../../../src/stores/sql/catalog.js';
import { countersQuery, expiredCountersDelete } from '../../../src/stores/sql/counters.js';
import { creditsQuery } from '../../../src/stores/sql/credits.js';
import { eventsQuery } from '../../../src/stores/sql/events.js';
import { credentialQuery, detailQuery, listQuery, locatorQuery, secretQuery } from '../../../src/stores/sql/keys.js';
import { sessionQuery } from '../../../src/stores/sql/sessions.js';
import { endQuery, hoursOfDay } from '../../../src/stores/sql/usage-day.js';
import { droppedDays } from '../../../src/stores/sql/usage-upkeep.js';
import { keyUsageQuery, usageQuery } from '../../../src/stores/sql/usage.js';
import { openSchema } from './opened-postgres.js';

const KEYS = 100_000;
const NOW = 1_000_000;
const DAY_MS = 86_400_000;

/** Key n was made at n, belongs to one of 1 000 owners and one of 4 tiers; each status has its share. */
const FILL = `
  insert into owners select 'owner-' || n, null, 'owner-' || n, '[]', null, '{}', n, case when n < 3 then 1 end, null from generate_series(0, 999) n;
  insert into tiers select 'tier-' || n, '[]', 0, n, n from generate_series(0, 3) n;
  insert into keys select 'key_' || n, 'Key ' || n, 'key ' || n, 'owner-' || n % 1000, 'tier-' || n % 4, case when n % 10 = 0 then 'test' else 'live' end,
    '[]', n, 'library', case when n % 500 = 0 then ${2 * NOW} end, case when n % 100 = 1 then n when n % 2 = 0 then ${2 * NOW} end, case when n % 200 = 3 then n end,
    case when n % 50 = 7 then n end, null, null, '[]', '[]', '{}', case when n % 4 = 1 then n end, n from generate_series(0, ${KEYS - 1}) n;
  insert into secrets select 'secret_' || n, 'key_' || n, 'sha256', null, sha256(('secret ' || n)::bytea), null, null,
    case when n % 1000 = 0 then 'start:8:' || n end, case when n % 1000 = 0 then 'start:8' end, 0, 'lk_…' || lpad((n % 10000)::text, 4, '0'), lpad((n % 10000)::text, 4, '0'),
    n, null, 0, n from generate_series(0, ${KEYS - 1}) n;
  insert into credits select 'key_' || n, 10, null, null from generate_series(0, ${KEYS - 1}, 10) n;
  insert into last_uses select 'key_' || n, n, null, null from generate_series(0, ${KEYS - 1}) n;
  insert into counters select 'key_' || n, 'requests', '1', n from generate_series(0, ${KEYS - 1}, 2) n;
  insert into usage_by_hour select (240 + h) * 3600000::bigint, 'key', 'key_' || n, 'valid', n % 100 from generate_series(0, ${KEYS - 1}, 50) n, generate_series(0, 23) h;
  insert into usage_by_hour select (240 + h) * 3600000::bigint, 'owner', 'owner-' || n, 'valid', 9 from generate_series(0, 999) n, generate_series(0, 23) h;
  insert into usage_by_hour select (240 + h) * 3600000::bigint, 'all', '*', 'valid', 9 from generate_series(0, 23) h;
  insert into usage_by_day select 'key', 'key_' || n, d * 86400000::bigint, 'valid', n % 1000 from generate_series(0, ${KEYS - 1}, 20) n, generate_series(0, 9) d;
  insert into usage_by_day select 'owner', 'owner-' || n, d * 86400000::bigint, 'valid', 9 from generate_series(0, 999) n, generate_series(0, 9) d;
  insert into usage_by_day select 'all', '*', d * 86400000::bigint, 'valid', 9 from generate_series(0, 9) d;
  update usage_progress set rolled_day = 10 * 86400000::bigint;
  insert into events select n, n, case when n % 2 = 0 then 'key.created' else 'key.updated' end, 'library', 'actor-' || n % 100, 'key', 'key_' || n, 'owner-' || n % 1000,
    null, null, null, null, null, '', '' from generate_series(1, ${KEYS}) n;`;

/** Pages of 8 KiB that a query may touch: those of a page of a list with all that belongs to its keys, with room. */
const FEW_PAGES = 1_000;

describe.skipIf(findPostgres() === null)('queries of PostgreSQL at a hundred thousand keys', () => {
  const client = { current: null as pg.Client | null };
  const db = createQueries(async ({ text, values }) => run(text, values ?? []), 'latchkey');

  async function run(text: string, values: readonly unknown[]) {
    if (client.current === null) throw new Error('There is no connection.');
    const { rows, rowCount, command } = await client.current.query(text, [...values]);
    return { rows, rowCount: rowCount ?? 0, command };
  }

  beforeAll(async () => {
    const url = await (await sharedPostgres()).createDatabase();
    await (await openSchema(url)).dispose();
    client.current = new pg.Client({ connectionString: url });
    await client.current.connect();
    await client.current.query(`set search_path = latchkey; set session_replication_role = replica; ${FILL}`);
    await client.current.query('vacuum analyze');
  });

  afterAll(() => client.current?.end());

  /** What the database says it did, and the pages that it touched. */
  async function examine(query: Compilable): Promise<{ readonly pages: number; readonly text: string }> {
    const { sql: statement, parameters } = query.compile();
    await run('begin', []);
    const { rows } = await run(`explain (analyze, buffers, costs off, timing off, summary off) ${statement}`, parameters);
    await run('rollback', []);
    const text = (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n');
    const [, hit = 0, read = 0] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(text) ?? [];
    return { pages: Number(hit) + Number(read), text };
  }

  const page = { limit: 20, now: NOW };
  const deep = { ...page, after: { at: KEYS / 2, id: `key_${KEYS / 2}` } };
  const range = { from: 0, until: 11 * DAY_MS };
  const segments = [
    { table: 'usage_by_day', from: 0, until: 10 * DAY_MS },
    { table: 'usage_by_hour', from: 10 * DAY_MS, until: 11 * DAY_MS },
  ] as const;
  const subjects = { day: 10 * DAY_MS, kind: 'key', after: 'key_5', until: 'key_51' } as const;
  const tops = (table: 'usage_by_day' | 'usage_by_hour', starts: readonly number[]) => topsQuery(db, { table, starts, taken: 50 });
  const digest = Buffer.alloc(32);
  const digests = (count: number) =>
    credentialQuery(db).where(
      'secrets.digest',
      'in',
      Array.from({ length: count }, () => digest),
    );

  it.each<[string, () => Compilable]>([
    ['a verification', () => digests(1)],
    ['a verification under three peppers', () => digests(3)],
    ['credentials by locator', () => locatorQuery(db, ['start:8:1000', 'start:8:2000'], 5)],
    ['a key', () => detailQuery(db, 'key_777')],
    ['a search that finds nothing', () => listQuery(db, { ...page, search: 'nowhere' })],
    ['a search of an id', () => listQuery(db, { ...page, search: 'key_0123456789abcdef' })],
    ['the first page of all keys', () => listQuery(db, page)],
    ['a deep page of all keys', () => listQuery(db, deep)],
    ['a deep page of an owner', () => listQuery(db, { ...deep, owner: 'owner-5' })],
    ['a deep page of a tier', () => listQuery(db, { ...deep, tier: 'tier-1' })],
    ['a deep page of an environment', () => listQuery(db, { ...deep, environment: 'test' })],
    ...KEY_STATUSES.map((status): [string, () => Compilable] => [
      `a deep page of ${status} keys`,
      () => listQuery(db, { ...deep, status }),
    ]),
    ['keys that expire soon', () => listQuery(db, { ...page, order: 'expiry', expiresBy: 2 * NOW })],
    ['those of a tier', () => listQuery(db, { ...page, order: 'expiry', expiresBy: 2 * NOW, tier: 'tier-2' })],
    ['keys that nobody uses', () => listQuery(db, { ...page, order: 'longest_idle', unusedSince: KEYS / 2 })],
    ['those of an environment', () => listQuery(db, { ...page, order: 'longest_idle', unusedSince: KEYS / 2, environment: 'test' })],
    ['keys that were never used', () => listQuery(db, { ...page, neverUsed: true })],
    ['the keys of a tier by their use', () => listQuery(db, { ...page, order: 'least_idle', unusedSince: NOW, tier: 'tier-1' })],
    ['tiers, with how many keys each has', () => tiersQuery(db)],
    ['an owner', () => ownersQuery(db, NOW).where('owners.id', '=', 'owner-5')],
    ['a page of owners', () => ownerListQuery(db, { limit: 20, now: NOW, after: 'owner-5' })],
    ['a credential by its secret', () => secretQuery(db, 'secret_9')],
    ['a session', () => sessionQuery(db, Digest.of(digest))],
    ['entries of a span of time', () => eventsQuery(db, { limit: 20, order: 'newest', from: KEYS / 2, until: KEYS / 2 + 100 })],
    ['entries of a span by owner', () => eventsQuery(db, { limit: 20, from: 1, until: KEYS, owner: 'owner-9' })],
    ['a deep page of the log', () => eventsQuery(db, { limit: 20, after: KEYS / 2 })],
    ['the newest of an action', () => eventsQuery(db, { limit: 20, order: 'newest', action: 'key.created' })],
    ['the newest of a target', () => eventsQuery(db, { limit: 20, order: 'newest', targetId: 'key_9' })],
    ['the newest of an owner', () => eventsQuery(db, { limit: 20, order: 'newest', owner: 'owner-9' })],
    ['the newest of an actor', () => eventsQuery(db, { limit: 20, order: 'newest', actorId: 'actor-9' })],
    ['credits', () => creditsQuery(db, 'key_10')],
    ['counters', () => countersQuery(db).where('subject', '=', 'key_10')],
    ['expired counters', () => expiredCountersDelete(db, NOW, 10)],
    ['usage of a key', () => usageQuery(db, { ...range, keyId: 'key_9', by: 'hour' })],
    ['usage of an owner', () => usageQuery(db, { ...range, owner: 'owner-9', by: 'day' })],
    ['usage of several keys', () => keyUsageQuery(db, { ...range, keyIds: ['key_9', 'key_10'], by: 'hour' })],
    ['usage of several keys by the day', () => keyUsageQuery(db, { ...range, keyIds: ['key_100', 'key_200'], by: 'day' })],
    ['the busiest of two days', () => tops('usage_by_day', [0, DAY_MS])],
    ['the busiest of two hours', () => tops('usage_by_hour', [10 * DAY_MS, 10 * DAY_MS + 3_600_000])],
    ['the days of a span', () => startsQuery(db, segments[0])],
    ['the sums of several keys', () => sumsQuery(db, ['key_100', 'key_200'], segments)],
    ['usage of all', () => usageQuery(db, { ...range, by: 'day' })],
    ['the hours of a range of subjects', () => ({ compile: () => sql`select * from ${hoursOfDay(subjects)} as hours`.compile(db) })],
    ['where a range of subjects ends', () => ({ compile: () => endQuery(subjects, 50).compile(db) })],
    ['days that are dropped', () => droppedDays(db, DAY_MS, 100)],
  ])('%s: touches few pages, of the thousands that there are', async (_name, query) => {
    const { pages, text } = await examine(query());
    expect(pages, text).toBeLessThan(FEW_PAGES);
  });
});
