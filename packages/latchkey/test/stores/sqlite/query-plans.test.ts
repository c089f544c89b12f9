/**
 * The plan of each query, in a file beside this one. SQLite has no statistics here, as in life: its planner goes by the indexes alone,
 * and chooses the same plan however many rows there are.
 */
import type { Compilable, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../../tools/services/sqlite.js';
import { endOfSlice, countedQuery } from '../../../src/stores/sql/census.js';
import type { Schema } from '../../../src/stores/sql/schema.js';
import { fieldOf } from '../../../src/stores/sqlite/key-store.js';
import { migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createMutex } from '../../../src/domain/mutex.js';
import { createQueries } from '../../../src/stores/sqlite/queries.js';
import { createReader } from '../../../src/stores/sqlite/reader.js';
import { createWriter } from '../../../src/stores/sqlite/writer.js';
import { catalogueOf, censusQueries, countedByCensus, type Catalogue } from '../query-catalogue.js';

const connection = openSqlite(':memory:');
const db: Kysely<Schema> = createQueries(connection.prepare);

beforeAll(async () => {
  await migrateWith(createWriter(connection, createMutex()));
});

afterAll(() => {
  connection.close();
});

async function catalogue(): Promise<Catalogue> {
  const { substrings } = createReader(connection, null);
  const [named, owned] = [await substrings.find('keys', 'nowhere'), await substrings.find('owners', 'nowhere')];
  const queries = catalogueOf(db, { named: { candidates: named }, owned: { candidates: owned }, fieldOf });
  return [...queries, ...censusQueries(db, await countedByCensus())];
}

describe('query plans of SQLite', () => {
  it('every query goes by the indexes that the file names', async () => {
    const lines = (await catalogue()).map(([name, query]) => [name, ...stepsOf(planOf(query)).map((step) => `  ${step}`)].join('\n'));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('plans.txt');
  });

  it('no query reads a table from end to end, and none makes an index of its own', async () => {
    for (const [name, query] of await catalogue()) {
      const plan = planOf(query);
      const scans = stepsOf(plan).filter((step) => step.endsWith(': rows (all)') && !SMALL.test(step));
      // The first keys of the list, which an index has found.
      expect(scans, name).toEqual(name.endsWith(': a search of two characters') ? ['keys: rows (all)'] : []);
      expect(
        plan.filter((step) => step.includes('AUTOMATIC')),
        name,
      ).toEqual([]);
    }
  });

  it('a verification searches an index in every table that it reads', () => {
    for (const [, query] of catalogueOf(db, { fieldOf }).filter(([name]) => name.startsWith('a verification'))) {
      const plan = planOf(query);
      expect(plan).toHaveLength(5);
      for (const step of plan) expect(step).toMatch(/^SEARCH \w+ USING (?:INDEX|PRIMARY KEY)/);
      expect(plan[0]).toContain('digest=?');
    }
  });

  it('a census counts every kind of key in slices of the index that it counts by', async () => {
    for (const [keys] of await countedByCensus()) {
      const [end, count] = [endOfSlice(db, keys, 9), countedQuery(db, keys)].map(
        (query) => / (keys_\w+)/.exec(planOf(query).join(' '))?.[1],
      );
      expect(end).toBe(count);
    }
  });
});

/** Tables of few rows, whatever the number of keys, and pages that an index has found. */
const SMALL = /^(?:tiers|tier_counts|kept_counts|targeted|naming|counts|end\d+)[: ]/;

function planOf(query: Compilable): readonly string[] {
  const { sql: text, parameters } = query.compile();
  const rows = connection.prepare(`explain query plan ${text}`).all(...parameters) as { detail: string }[];
  return rows.map((row) => row.detail);
}

/** By table and index, without what differs between the versions of SQLite. "(all)" is read from its beginning until the page is full. */
function stepsOf(plan: readonly string[]): readonly string[] {
  const steps = plan.flatMap((step) => {
    const found = /^(SEARCH|SCAN) (\w+)(?: (?:USING )?(?:COVERING )?(?:INDEX (\w+)|((?:INTEGER )?PRIMARY KEY)|(VIRTUAL TABLE)))?/.exec(
      step,
    );
    if (found === null) return [];
    const [, way, table = '', index, primary, virtual] = found;
    // Subqueries are judged by their own steps.
    if (/^(?:page|sought|counted|figures|tops|top\d+|found|by_\w+)$/.test(table) || step.startsWith('SCAN (')) return [];
    const by = index ?? primary?.toLowerCase() ?? (virtual === undefined ? 'rows' : 'index of substrings');
    return [`${table}: ${by}${way === 'SCAN' && virtual === undefined ? ' (all)' : ''}`];
  });
  return [...new Set(steps)];
}
