import { sql, type Compilable, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../../tools/services/sqlite.js';
import { KEY_STATUSES } from '../../../src/domain/key.js';
import { ownerListQuery, ownersQuery, tiersQuery } from '../../../src/stores/sql/catalog.js';
import { countersQuery, expiredCountersDelete } from '../../../src/stores/sql/counters.js';
import { creditsQuery } from '../../../src/stores/sql/credits.js';
import { eventsQuery } from '../../../src/stores/sql/events.js';
import { startsQuery, sumsQuery, topsQuery } from '../../../src/stores/sql/busiest.js';
import { countedQuery, endOfSlice, takeCensus, type CountedKeys } from '../../../src/stores/sql/census.js';
import { credentialQuery, detailQuery, listQuery, locatorQuery, secretQuery } from '../../../src/stores/sql/keys.js';
import type { Schema } from '../../../src/stores/sql/schema.js';
import { keyUsageQuery, usageQuery } from '../../../src/stores/sql/usage.js';
import { endQuery, hoursOfDay } from '../../../src/stores/sql/usage-day.js';
import { droppedDays } from '../../../src/stores/sql/usage-upkeep.js';
import { migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createMutex } from '../../../src/stores/sqlite/mutex.js';
import { createQueries } from '../../../src/stores/sqlite/queries.js';
import { createWriter } from '../../../src/stores/sqlite/writer.js';

const connection = openSqlite(':memory:');
const db: Kysely<Schema> = createQueries(connection.prepare);

beforeAll(async () => {
  await migrateWith(createWriter(connection, createMutex()));
});

afterAll(() => {
  connection.close();
});

const page = { limit: 20, now: 1, after: { at: 1, id: 'key_1' } };
const range = { from: 0, until: 1 };
const SEGMENTS = [
  { table: 'usage_by_day', from: 0, until: 1 },
  { table: 'usage_by_hour', from: 1, until: 2 },
] as const;

describe('the read of a verification', () => {
  it('searches an index in every table that it reads', () => {
    for (const digests of [1, 3]) {
      const plan = planOf(
        credentialQuery(db).where(
          'secrets.digest',
          'in',
          Array.from({ length: digests }, () => Buffer.alloc(32)),
        ),
      );
      expect(plan).toHaveLength(5);
      for (const step of plan) expect(step).toMatch(/^SEARCH \w+ USING (?:INDEX|PRIMARY KEY)/);
      expect(plan[0]).toContain('digest=?');
    }
  });
});

describe('lists', () => {
  it.each([
    ['all keys', listQuery(db, page), 'keys_by_time'],
    ['keys of an owner', listQuery(db, { ...page, owner: 'a' }), 'keys_by_owner'],
    ['keys of a tier', listQuery(db, { ...page, tier: 'a' }), 'keys_by_tier'],
    ['keys of an environment', listQuery(db, { ...page, environment: 'a' }), 'keys_by_environment'],
    ['keys found by text', listQuery(db, { ...page, search: 'a' }), 'keys_by_time'],
    ['active keys', listQuery(db, { ...page, status: 'active' }), 'keys_by_time'],
    ['disabled keys', listQuery(db, { ...page, status: 'disabled' }), 'keys_disabled'],
    ['revoked keys', listQuery(db, { ...page, status: 'revoked' }), 'keys_revoked'],
    ['expired keys', listQuery(db, { ...page, status: 'expired' }), 'keys_expiring'],
    ['scheduled keys', listQuery(db, { ...page, status: 'scheduled' }), 'keys_scheduled'],
    ['suspended keys', listQuery(db, { ...page, status: 'suspended' }), 'keys_by_owner'],
    ['keys that expire soon', listQuery(db, { ...page, order: 'expiry', expiresBy: 9 }), 'keys_by_expiry'],
    ['those of a tier', listQuery(db, { ...page, order: 'expiry', expiresBy: 9, tier: 'a' }), 'keys_by_expiry'],
    ['keys that nobody uses', listQuery(db, { ...page, order: 'longest_idle', unusedSince: 9 }), 'keys_by_idleness'],
    ['those of an environment', listQuery(db, { ...page, order: 'longest_idle', unusedSince: 9, environment: 'a' }), 'keys_by_idleness'],
    ['keys that were never used', listQuery(db, { ...page, neverUsed: true }), 'keys_never_used'],
    ['the keys of a tier by their use', listQuery(db, { ...page, order: 'least_idle', unusedSince: 9, tier: 'a' }), 'keys_live_by_tier'],
    ['owners', ownerListQuery(db, { limit: 20, now: 1, after: 'a' }), 'owners'],
    ['entries of the log', eventsQuery(db, { limit: 20, after: 1 }), 'INTEGER PRIMARY KEY'],
    ['entries of a span of time', eventsQuery(db, { limit: 20, order: 'newest', from: 1, until: 9 }), 'INTEGER PRIMARY KEY'],
    ['entries of a span by owner', eventsQuery(db, { limit: 20, from: 1, until: 9, owner: 'a' }), 'events_by_owner'],
    ['entries by action', eventsQuery(db, { limit: 20, order: 'newest', action: 'key.created' }), 'events_by_action'],
    ['entries by owner', eventsQuery(db, { limit: 20, order: 'newest', owner: 'a' }), 'events_by_owner'],
    ['entries by actor', eventsQuery(db, { limit: 20, order: 'newest', actorId: 'a' }), 'events_by_actor'],
  ])('%s: begin in the index that has their order', (name, query, index) => {
    const plan = planOf(query);
    expect(plan.find((step) => step.startsWith('SEARCH'))).toContain(index);
    expectNoTableRead(plan);
    // Of lists of keys, the rows of a page are put in order after it was found. What finds it needs no sorting, but for the
    // suspended keys of several owners, which must be brought together.
    const found = plan.slice(0, plan.includes('SCAN page') ? plan.indexOf('SCAN page') : plan.length);
    if (name !== 'suspended keys') expect(found).not.toContain('USE TEMP B-TREE FOR ORDER BY');
  });

  it('a search of names walks an index that holds them, and reads no key but those that it found; one of an id looks up one key', () => {
    const plan = planOf(listQuery(db, { ...page, search: 'a' }));
    expect(plan.find((step) => step.includes('keys_by_time'))).toContain('COVERING INDEX');
    const ofId = planOf(listQuery(db, { ...page, search: 'key_0123456789abcdef' }));
    expect(ofId.find((step) => step.startsWith('SEARCH keys'))).toMatch(/autoindex_keys_1 \(id=\?\)/);
  });

  it('entries about a target: those of its index and those that name it are each found in order, and no others are read', () => {
    const plan = planOf(eventsQuery(db, { limit: 20, order: 'newest', targetId: 'a' }));
    expect(plan.filter((step) => step.startsWith('SEARCH')).map((step) => step.replace(/ \(.*/, ''))).toEqual([
      'SEARCH events USING INTEGER PRIMARY KEY',
      'SEARCH events USING COVERING INDEX events_by_target',
      'SEARCH event_keys USING PRIMARY KEY',
      'SEARCH events USING INTEGER PRIMARY KEY',
    ]);
    expectNoTableRead(plan);
    expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY');
  });

  it('there is one for every status', () => {
    for (const status of KEY_STATUSES) expectNoTableRead(planOf(listQuery(db, { ...page, status })));
  });
});

describe('every other read', () => {
  it.each([
    ['a key', detailQuery(db, 'a')],
    ['credentials by locator', locatorQuery(db, ['a', 'b'], 5)],
    ['an owner', ownersQuery(db, 1).where('owners.id', '=', 'a')],
    ['tiers', tiersQuery(db)],
    ['credits', creditsQuery(db, 'a')],
    ['counters', countersQuery(db).where('subject', '=', 'a')],
    ['expired counters', expiredCountersDelete(db, 1, 10)],
    ['usage of a key', usageQuery(db, { ...range, keyId: 'a', by: 'hour' })],
    ['usage of an owner', usageQuery(db, { ...range, owner: 'a', by: 'day' })],
    ['usage of all', usageQuery(db, { ...range, by: 'day' })],
    ['usage of several keys', keyUsageQuery(db, { ...range, keyIds: ['a', 'b'], by: 'hour' })],
    ['usage of a key by the day', usageQuery(db, { ...range, keyId: 'a', by: 'day' })],
    ['usage of several keys by the day', keyUsageQuery(db, { ...range, keyIds: ['a', 'b'], by: 'day' })],
    ['the sums of several keys', sumsQuery(db, ['a', 'b'], SEGMENTS)],
    ['the days of a span', startsQuery(db, SEGMENTS[0])],
    ['the hours of a span', startsQuery(db, SEGMENTS[1])],
    ['days that are dropped', droppedDays(db, 9, 5)],
    ['a credential by its secret', secretQuery(db, 'a')],
  ] satisfies [string, Compilable][])('%s: reads no table from end to end', (_name, query) => {
    expectNoTableRead(planOf(query));
  });
});

describe('the busiest keys', () => {
  it('busiest keys of a day: the last of an index, and no others are read', () => {
    const plan = planOf(topsQuery(db, { table: 'usage_by_day', starts: [1, 2], taken: 50 }));
    expect(plan.filter((step) => step.includes('usage_by_day'))).toEqual(
      Array.from({ length: 2 }, () => 'SEARCH usage_by_day USING COVERING INDEX usage_by_day_count (day=? AND kind=?)'),
    );
    expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY');
  });

  it('busiest keys of an hour: read among the keys of that hour, which lie together', () => {
    const plan = planOf(topsQuery(db, { table: 'usage_by_hour', starts: [1, 2], taken: 50 }));
    expect(plan.filter((step) => step.includes('usage_by_hour'))).toEqual(
      Array.from({ length: 2 }, () => 'SEARCH usage_by_hour USING PRIMARY KEY (hour=? AND kind=?)'),
    );
  });
});

describe('usage that is summed up or dropped', () => {
  it('usage of a day: read hour by hour, each from where the range of subjects begins', async () => {
    const range = { day: 0, kind: 'key', after: 'a', until: 'b' } as const;
    const plans = [sql`select * from ${hoursOfDay(range)} as hours`.compile(db), endQuery(range, 9).compile(db)].map((query) =>
      planOf({ compile: () => query }),
    );
    expect(plans.map((plan) => new Set(plan.filter((step) => step.includes('usage_by_hour'))))).toEqual([
      new Set(['SEARCH usage_by_hour USING PRIMARY KEY (hour=? AND kind=? AND subject>? AND subject<?)']),
      new Set(['SEARCH usage_by_hour USING PRIMARY KEY (hour=? AND kind=? AND subject>?)']),
    ]);
  });
});

describe('a census', () => {
  it('counts every kind of key in slices of an index that is not that of another kind', async () => {
    const counted: CountedKeys[] = [];
    const countKeys = async (keys: CountedKeys) => counted.push(keys);
    await takeCensus({ countKeys, countAll: async () => 0 }, { now: 5, expiresBy: [7, 9], unusedSince: 1 });
    const indexes = counted.map((keys) => {
      const plans = [planOf(endOfSlice(db, keys, 9)), planOf(countedQuery(db, keys))];
      for (const plan of plans) expectNoTableRead(plan);
      return plans.map((plan) => / (keys_\w+)/.exec(plan.join(' '))?.[1]);
    });
    expect(indexes.map(([end, count]) => [end, end === count])).toEqual(
      ['keys_by_time', 'keys_revoked', 'keys_by_expiry', 'keys_disabled', 'keys_by_owner', 'keys_scheduled']
        .concat(['keys_by_expiry', 'keys_by_expiry', 'keys_never_used', 'keys_by_idleness', 'keys_by_idleness'])
        .map((index) => [index, true]),
    );
  });
});

function planOf(query: Compilable): readonly string[] {
  const { sql: statement, parameters } = query.compile();
  const rows = connection.prepare(`explain query plan ${statement}`).all(...parameters) as { detail: string }[];
  return rows.map((row) => row.detail);
}

/** A co-routine is the page that was cut out already; what it scans is judged by its own steps. */
function expectNoTableRead(plan: readonly string[]): void {
  const pages = plan.filter((step) => step.startsWith('CO-ROUTINE')).map((step) => step.replace('CO-ROUTINE', 'SCAN'));
  const scans = plan.filter((step) => step.startsWith('SCAN') && !step.includes(' USING ') && !pages.includes(step));
  expect(scans).toEqual([]);
  // An index made for the one query reads the table from end to end to be made.
  expect(plan.filter((step) => step.includes('AUTOMATIC'))).toEqual([]);
}
