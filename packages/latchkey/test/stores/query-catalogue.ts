/** The queries that may meet very many rows, by name: for the tests that hold their plans. */
import { sql, type Compilable, type Kysely } from 'kysely';
import { Digest } from '../../src/domain/digest.js';
import { KEY_STATUSES } from '../../src/domain/key.js';
import { startsQuery, sumsQuery, topsQuery } from '../../src/stores/sql/usage/busiest.js';
import { ownerListQuery, ownerRowsQuery, tierRowsQuery } from '../../src/stores/sql/catalog.js';
import { countedQuery, keptCountsQuery, takeCensus, tiersCounted, type CountedKeys } from '../../src/stores/sql/census.js';
import { countersQuery, expiredCountersDelete } from '../../src/stores/sql/counters.js';
import { creditsQuery } from '../../src/stores/sql/credits.js';
import { eventRowsQuery } from '../../src/stores/sql/log/events.js';
import type { FieldOf } from '../../src/stores/sql/keys/metadata.js';
import type { Way } from '../../src/stores/sql/keys/page.js';
import { countQuery, credentialQuery, detailQuery, listQuery, locatorQuery, secretQuery } from '../../src/stores/sql/keys/queries.js';
import type { Schema } from '../../src/stores/sql/schema.js';
import type { KeyOrder } from '../../src/ports/key-store.js';
import { sessionRowQuery } from '../../src/stores/sql/sessions.js';
import { endQuery, hoursOfDay } from '../../src/stores/sql/usage/day.js';
import { droppedDays } from '../../src/stores/sql/usage/upkeep.js';
import { keyUsageQuery, usageRowsQuery } from '../../src/stores/sql/usage/queries.js';

export const KEYS = 100_000;
export const NOW = 1_000_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Orders that a list is asked for in, and where a deep page of each begins. */
const SORTED: readonly (readonly [KeyOrder, number | string])[] = [
  ['oldest', KEYS / 2],
  ['first_name', 'Key 5'],
  ['last_name', 'Key 5'],
  ['soonest_expiry', KEYS / 2],
  ['latest_expiry', KEYS / 2],
  ['longest_idle', KEYS / 2],
  ['least_idle', KEYS / 2],
  ['most_used', KEYS / 2],
  ['least_used', KEYS / 2],
];

export type Catalogue = readonly (readonly [name: string, query: Compilable])[];

/** `named` is how the store finds a name that few keys have. */
export function catalogueOf(
  db: Kysely<Schema>,
  { named = {}, owned = {}, fieldOf }: { named?: Way; owned?: Way; fieldOf: FieldOf },
): Catalogue {
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
  return [
    ['a verification', digests(1)],
    ['a verification under three peppers', digests(3)],
    ['credentials by locator', locatorQuery(db, ['start:8:1000', 'start:8:2000'], 5)],
    ['a credential by its secret', secretQuery(db, 'secret_9')],
    ['a key', detailQuery(db, 'key_777')],
    ['keys: a search of a name that is not there', listQuery(db, { ...page, search: { text: 'nowhere' } }, named)],
    ['keys: a search of a name within a tier', listQuery(db, { ...page, tier: 'tier-1', search: { text: 'nowhere' } }, named)],
    ['keys: a search of a name that most have', listQuery(db, { ...page, search: { text: 'key' } })],
    ['keys: a search of four characters', listQuery(db, { ...page, search: { text: 'none' } }, named)],
    ['keys: a search of two characters', listQuery(db, { ...page, search: { text: 'zz' } })],
    ['keys: a search of an id', listQuery(db, { ...page, search: { id: 'key_0123456789abcdef' } })],
    ['keys: a search of a hint', listQuery(db, { ...page, environment: 'live', search: { hint: 'lk_…0042' } })],
    ['keys: a search of a token', listQuery(db, { ...page, environment: 'live', search: { digests: [Digest.of(digest)] } })],
    ['keys: the first page', listQuery(db, page)],
    ['keys: a deep page', listQuery(db, deep)],
    ['keys: a deep page of an owner', listQuery(db, { ...deep, owner: 'owner-5' })],
    ['keys: a deep page of a tier', listQuery(db, { ...deep, tier: 'tier-1' })],
    ['keys: a deep page of an environment', listQuery(db, { ...deep, environment: 'test' })],
    ...KEY_STATUSES.map((status) => [`keys: a deep page of ${status} keys`, listQuery(db, { ...deep, status })] as const),
    ['keys: the first page of suspended keys', listQuery(db, { ...page, status: 'suspended' })],
    ['keys: suspended, of a tier and an environment', listQuery(db, { ...page, status: 'suspended', tier: 'tier-1', environment: 'test' })],
    ['keys: scheduled, of a tier and an environment', listQuery(db, { ...page, status: 'scheduled', tier: 'tier-1', environment: 'test' })],
    ['keys: scheduled, of an owner', listQuery(db, { ...page, status: 'scheduled', owner: 'owner-5' })],
    ['keys: revoked and unused', listQuery(db, { ...page, status: 'revoked', order: 'longest_idle', unusedSince: KEYS / 2 })],
    ['keys: the first page of a tag', listQuery(db, { ...page, tags: ['tag-1'] })],
    ['keys: a deep page of a tag', listQuery(db, { ...deep, tags: ['tag-1'] })],
    ['keys: of three tags', listQuery(db, { ...page, tags: ['rare', 'tag-1', 'tag-2'] })],
    ['keys: of a tag and an owner', listQuery(db, { ...page, tags: ['tag-1'], owner: 'owner-5' })],
    ['keys: of a tag, active', listQuery(db, { ...page, tags: ['tag-1'], status: 'active' })],
    ['keys: a search of a name within a tag', listQuery(db, { ...page, tags: ['tag-1'], search: { text: 'nowhere' } }, named)],
    ['keys that expire soon, of a tag', listQuery(db, { ...page, order: 'expiry', expiresBy: 2 * NOW, tags: ['tag-1'] })],
    ['how many keys a tag has', countQuery(db, { now: NOW, tags: ['tag-1'], atMost: 1_001 })],
    ['keys: of an owner, by metadata', listQuery(db, { ...page, owner: 'owner-5', metadata: { team: 'a' }, fieldOf })],
    ['keys: of a tag, by metadata', listQuery(db, { ...page, tags: ['rare'], metadata: { team: 'a', seats: '5' }, fieldOf })],
    ['keys: by metadata that many have', listQuery(db, { ...page, metadata: { team: 'a' }, fieldOf })],
    ['keys that expire soon', listQuery(db, { ...page, order: 'expiry', expiresBy: 2 * NOW })],
    ['keys that expire soon, of a tier', listQuery(db, { ...page, order: 'expiry', expiresBy: 2 * NOW, tier: 'tier-2' })],
    ['keys that nobody uses', listQuery(db, { ...page, order: 'longest_idle', unusedSince: KEYS / 2 })],
    [
      'keys that nobody uses, of an environment',
      listQuery(db, { ...page, order: 'longest_idle', unusedSince: KEYS / 2, environment: 'test' }),
    ],
    ['keys that were never used', listQuery(db, { ...page, neverUsed: true })],
    ['the keys of a tier by their use', listQuery(db, { ...page, order: 'least_idle', unusedSince: NOW, tier: 'tier-1' })],
    ...SORTED.flatMap(([order, at]) => {
      const sorted = { ...deep, order, after: { at, id: `key_${KEYS / 2}` } };
      return [
        [`keys in the order ${order}: the first page`, listQuery(db, { ...page, order })],
        [`keys in the order ${order}: a deep page`, listQuery(db, sorted)],
        [`keys in the order ${order}: a deep page of an owner`, listQuery(db, { ...sorted, owner: 'owner-5' })],
        [`keys in the order ${order}: a deep page of an environment`, listQuery(db, { ...sorted, environment: 'test' })],
        [`keys in the order ${order}: a deep page of a tier`, listQuery(db, { ...sorted, tier: 'tier-1' })],
        [`keys in the order ${order}: a search`, listQuery(db, { ...sorted, search: { text: 'nowhere' } }, named)],
        [`keys in the order ${order}: a search of two characters`, listQuery(db, { ...page, order, search: { text: 'zz' } })],
      ] as const;
    }),
    ['keys in the order oldest: a deep page of revoked keys', listQuery(db, { ...deep, order: 'oldest', status: 'revoked' })],
    ['how many keys an owner has', countQuery(db, { now: NOW, owner: 'owner-5', atMost: 1_001 })],
    ['tiers, with how many keys each has', tierRowsQuery(db)],
    ['an owner', ownerRowsQuery(db, NOW).where('owners.id', '=', 'owner-5')],
    ['owners: a deep page', ownerListQuery(db, { limit: 20, now: NOW, after: 'owner-5' })],
    ['owners whose keys are being revoked', ownerListQuery(db, { limit: 20, now: NOW, revoking: true })],
    ['owners: a search', ownerListQuery(db, { limit: 20, now: NOW, search: 'nowhere' }, owned)],
    ['a session', sessionRowQuery(db, Digest.of(digest))],
    ['the log: a deep page', eventRowsQuery(db, { limit: 20, after: KEYS / 2 })],
    ['the log: a span of time', eventRowsQuery(db, { limit: 20, order: 'newest', from: KEYS / 2, until: KEYS / 2 + 100 })],
    ['the log: a span of an owner', eventRowsQuery(db, { limit: 20, from: 1, until: KEYS, owner: 'owner-9' })],
    ['the log: the newest of an action', eventRowsQuery(db, { limit: 20, order: 'newest', action: 'key.created' })],
    ['the log: the newest of a target', eventRowsQuery(db, { limit: 20, order: 'newest', targetId: 'key_9' })],
    ['the log: the newest of an owner', eventRowsQuery(db, { limit: 20, order: 'newest', owner: 'owner-9' })],
    ['the log: the newest of an actor', eventRowsQuery(db, { limit: 20, order: 'newest', actorId: 'actor-9' })],
    ['the log: an action of an actor', eventRowsQuery(db, { limit: 20, order: 'newest', actorId: 'actor-9', action: 'tier.created' })],
    ['the log: an action of an owner', eventRowsQuery(db, { limit: 20, order: 'newest', owner: 'owner-9', action: 'tier.created' })],
    ['credits', creditsQuery(db, 'key_10')],
    ['counters', countersQuery(db).where('subject', '=', 'key_10')],
    ['expired counters', expiredCountersDelete(db, NOW, 10)],
    ['usage of a key', usageRowsQuery(db, { ...range, keyId: 'key_9', by: 'hour' })],
    ['usage of an owner', usageRowsQuery(db, { ...range, owner: 'owner-9', by: 'day' })],
    ['usage of several keys', keyUsageQuery(db, { ...range, keyIds: ['key_9', 'key_10'], by: 'hour' })],
    ['usage of all', usageRowsQuery(db, { ...range, by: 'day' })],
    ['usage of several keys by the day', keyUsageQuery(db, { ...range, keyIds: ['key_100', 'key_200'], by: 'day' })],
    ['the busiest of two days', tops('usage_by_day', [0, DAY_MS])],
    ['the busiest of two hours', tops('usage_by_hour', [10 * DAY_MS, 10 * DAY_MS + HOUR_MS])],
    ['the days of a span', startsQuery(db, segments[0])],
    ['the hours of a span', startsQuery(db, segments[1])],
    ['the sums of several keys', sumsQuery(db, ['key_100', 'key_200'], segments)],
    ['the hours of a range of subjects', { compile: () => sql`select * from ${hoursOfDay(subjects)} as hours`.compile(db) }],
    ['where a range of subjects ends', { compile: () => endQuery(subjects, 50).compile(db) }],
    ['days that are dropped', droppedDays(db, DAY_MS, 100)],
    ['counts that are kept', keptCountsQuery(db)],
    ['how many tiers there are', tiersCounted(db)],
  ];
}

/** What a census counts, with the bound of each count. */
export async function countedByCensus(): Promise<readonly (readonly [CountedKeys, number | undefined])[]> {
  const counted: (readonly [CountedKeys, number | undefined])[] = [];
  await takeCensus(
    {
      countKeys: async (keys, atMost) => {
        counted.push([keys, atMost]);
        return 0;
      },
      countTiers: async () => 0,
      readKept: async () => [],
    },
    { now: NOW, expiresBy: [NOW + 7, NOW + 9], unusedSince: KEYS / 2, countedUpTo: 100 },
  );
  return counted;
}

export function censusQueries(db: Kysely<Schema>, counted: Awaited<ReturnType<typeof countedByCensus>>): Catalogue {
  return counted.map(([keys, atMost], index) => [`a census: count ${index + 1}, by ${keys.column}`, countedQuery(db, keys, atMost)]);
}
