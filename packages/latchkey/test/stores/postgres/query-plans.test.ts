/** That what is asked often touches few pages, at a hundred thousand keys. */
import type { Compilable } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { fieldOf } from '../../../src/stores/postgres/key-store.js';
import { createQueries } from '../../../src/stores/postgres/queries.js';
import { catalogueOf, censusQueries, countedByCensus, KEYS, NOW } from '../query-catalogue.js';
import { openSchema } from './opened-postgres.js';

/** Key n was made at n, belongs to one of 1 000 owners and one of 4 tiers; each status has its share, and half have a tag. */
const FILL = `
  insert into owners select 'owner-' || n, null, 'owner-' || n, '[]', null, '{}', n, case when n < 3 then 1 end, null from generate_series(0, 999) n;
  insert into tiers select 'tier-' || n, '[]', 0, n, n from generate_series(0, 3) n;
  insert into keys select 'key_' || n, 'Key ' || n, 'key ' || n, 'owner-' || n % 1000, 'tier-' || n % 4, case when n % 10 = 0 then 'test' else 'live' end,
    '[]', n, 'library', case when n % 500 = 0 then ${2 * NOW} end, case when n % 100 = 1 then n when n % 2 = 0 then ${2 * NOW} end, case when n % 200 = 3 then n end,
    case when n % 50 = 7 then n end, null, null, '[]', '[]', case when n % 2 = 0 then '{"team":"a"}' else '{}' end, case when n % 4 = 1 then n end, n, null, null, '[]', 1, n from generate_series(0, ${KEYS - 1}) n;
  insert into key_tags select tag, n, 'key_' || n from generate_series(0, ${KEYS - 1}) n,
    lateral (values ('tag-1', (n % 13 < 7)::int), ('tag-2', n % 3), ('rare', n % 4000)) as tagged (tag, rest) where rest = 1;
  insert into secrets select 'secret_' || n, 'key_' || n, 'sha256', null, sha256(('secret ' || n)::bytea), null, null,
    case when n % 1000 = 0 then 'start:8:' || n end, case when n % 1000 = 0 then 'start:8' end, 0, 'lk_…' || lpad((n % 10000)::text, 4, '0'), lpad((n % 10000)::text, 4, '0'),
    n, null, 0, n from generate_series(0, ${KEYS - 1}) n;
  insert into credits select 'key_' || n, 10, null, null from generate_series(0, ${KEYS - 1}, 10) n;
  insert into last_uses select n % 7, 'key_' || n, n, 'secret_' || n, null, null from generate_series(0, ${KEYS - 1}) n;
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

/** The version whose plans are in the file. */
const FILE_OF_VERSION = 15;

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
    // The server's own statistics are of a sample, drawn by chance and at any time.
    const { rows: tables } = await client.current.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'latchkey'",
    );
    for (const { name } of tables) await client.current.query(`alter table ${name} set (autovacuum_enabled = false)`);
    // An index of substrings is made in a fraction of the time that its rows take one by one.
    const { rows: made } = await client.current.query<{ indexname: string; indexdef: string }>(
      "select indexname, indexdef from pg_indexes where schemaname = 'latchkey' and indexdef like '% USING gin %'",
    );
    const dropped = made.map(({ indexname }) => `drop index ${indexname};`).join('');
    const remade = made.map(({ indexdef }) => `${indexdef};`).join('');
    await client.current.query(
      `set search_path = latchkey, public; set session_replication_role = replica; set synchronous_commit = off; ${dropped} ${FILL} ${remade}`,
    );
    // Vacuum takes no row for visible to all whose commit may not be on disk yet: this one waits for it, and for those before it.
    await client.current.query('set synchronous_commit = on; update usage_progress set id = id');
    // Of so many rows that the sample is all of them, the statistics are the same each time.
    await client.current.query('set default_statistics_target = 1000');
    await client.current.query('vacuum analyze');
  });

  afterAll(() => client.current?.end());

  /** What the database says it did, and the pages that it touched. */
  async function examine(query: Compilable): Promise<{ readonly pages: number; readonly text: string }> {
    const { sql, parameters } = query.compile();
    await run('begin', []);
    const { rows } = await run(`explain (analyze, buffers, costs off, timing off, summary off) ${sql}`, parameters);
    await run('rollback', []);
    const text = (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n');
    const [, hit = 0, read = 0] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(text) ?? [];
    return { pages: Number(hit) + Number(read), text };
  }

  /** The indexes of each table that the planner chooses; "scan" where it reads the table itself. */
  async function stepsOf(query: Compilable): Promise<readonly string[]> {
    const { sql, parameters } = query.compile();
    const { rows } = await run(`explain (costs off, format json) ${sql}`, parameters);
    const [first] = rows as { 'QUERY PLAN': readonly { Plan: PlanNode }[] }[];
    const found = first?.['QUERY PLAN'].flatMap(({ Plan }) => stepsIn(Plan, null)) ?? [];
    return [...new Set(found)].toSorted();
  }

  it.each(catalogueOf(db, { fieldOf }))('%s: touches few pages, of the thousands that there are', async (_name, query) => {
    const { pages, text } = await examine(query);
    expect(pages, text).toBeLessThan(FEW_PAGES);
  });

  it('every query goes by the indexes that the file names', async ({ skip }) => {
    const { rows } = await run("select current_setting('server_version_num')::int / 10000 as major", []);
    const [{ major } = { major: 0 }] = rows as { major: number }[];
    // Another version may choose another plan that is as good.
    if (major !== FILE_OF_VERSION) skip(`the file is of PostgreSQL ${FILE_OF_VERSION}, and the server is ${major}`);
    const lines: string[] = [];
    for (const [name, query] of [...catalogueOf(db, { fieldOf }), ...censusQueries(db, await countedByCensus())]) {
      lines.push(name, ...(await stepsOf(query)).map((step) => `  ${step}`));
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('plans.txt');
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

function stepsIn(node: PlanNode, above: string | null): readonly string[] {
  const table = node['Relation Name'] ?? above;
  const below = (node.Plans ?? []).flatMap((plan) => stepsIn(plan, table));
  if (node['Index Name'] !== undefined) return [`${table}: ${node['Index Name']}`, ...below];
  return node['Node Type'] === 'Seq Scan' ? [`${table}: scan`, ...below] : below;
}
