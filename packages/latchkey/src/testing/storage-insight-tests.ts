/** What operators ask about many keys at once. */
import assert from 'node:assert/strict';
import { KEY_STATUSES } from '../domain/key.js';
import { HOUR_MS, DAY_MS } from '../domain/time.js';
import type { KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import type { UsageCount } from '../ports/usage-store.js';
import { recordUse, sampleEvent, sampleKey, sampleSecret, sampleTier, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageInsightTests: readonly StorageTest[] = [
  ['a credential is found by the id of its secret, also one that is not the current', findsBySecret],
  ['keys that expire by an instant are listed the soonest first, page by page', listsExpiring],
  ['keys that nobody used since an instant are found by their exact last use, the longest idle first', listsUnused],
  ['a key counts as never used until its first use, and not by a clock that runs behind', listsNeverUsed],
  ['the keys of a tier are listed by their use, the latest first', listsLeastIdle],
  ['a count goes no further than it is asked to', countsAtMost],
  ['usage of several keys is told apart', readsKeyUsage],
  ['the busiest keys are those with the greatest sums, exact, and it is said where another may be missing', findsBusiest],
  ['a census counts what the lists hold', takesCensus],
  ['the log is read by time, where entries of one instant and of unsteady clocks stand together', readsLogByTime],
];

async function findsBySecret(storage: Storage): Promise<void> {
  const old = sampleSecret(1, { validUntil: START + 50 });
  const current = sampleSecret(2, { keyId: 'key_0001' });
  await storeKeys(storage, [sampleKey(1, { tier: 'pro' })], [old, current]);
  await storage.keys.change((change) => change.tiers.put(sampleTier('pro')));
  for (const secret of [old, current]) {
    const found = await storage.keys.findBySecret(secret.id);
    assert.deepEqual([found?.secret.id, found?.key.id, found?.tierLimits], [secret.id, 'key_0001', sampleTier('pro').limits]);
  }
  assert.equal(await storage.keys.findBySecret('key_0001'), null);
}

async function listsExpiring(storage: Storage): Promise<void> {
  await storeKeys(storage, [
    sampleKey(1, { expiresAt: START + 40 }),
    sampleKey(2, { expiresAt: START + 20, tier: 'pro' }),
    sampleKey(3, { expiresAt: START + 20, environment: 'test' }),
    sampleKey(4, { expiresAt: START + 10 }),
    sampleKey(5, { expiresAt: START + 41 }),
    sampleKey(6),
    sampleKey(7, { expiresAt: START + 30, revokedAt: START }),
    sampleKey(8, { expiresAt: START + 30, disabledAt: START }),
  ]);
  const soon = { order: 'expiry', now: START + 10, expiresBy: START + 40 } as const;
  const list = idsOf(storage);
  assert.deepEqual(await list(soon), [2, 3, 8, 1]);
  assert.deepEqual(await list({ ...soon, tier: 'pro' }), [2]);
  assert.deepEqual(await list({ ...soon, environment: 'test' }), [3]);
  assert.deepEqual(await list({ ...soon, owner: 'owner-1', search: { text: 'key 3' } }), [3]);
  assert.deepEqual(await list({ ...soon, status: 'disabled' }), [8]);
  assert.deepEqual(await list({ ...soon, status: 'revoked' }), []);
  assert.deepEqual(await list({ ...soon, limit: 2, after: { at: START + 20, id: 'key_0002' } }), [3, 8]);
  assert.deepEqual(await list({ now: START + 10, expiresBy: START + 40 }), [8, 3, 2, 1]);
}

async function listsUnused(storage: Storage): Promise<void> {
  const at = START + 10 * DAY_MS;
  await storeKeys(storage, [
    sampleKey(1, { createdAt: START }),
    sampleKey(2, { createdAt: START }),
    sampleKey(3, { createdAt: START }),
    sampleKey(4, { createdAt: at + 1 }),
    sampleKey(5, { createdAt: START, revokedAt: START }),
    sampleKey(6, { createdAt: START, expiresAt: START + 20 * DAY_MS }),
    sampleKey(7, { createdAt: at }),
  ]);
  // Within a day after a use that was noted, later ones are known all the same.
  await recordUse(storage, sampleSecret(2), { at: at - 5, uses: 9 });
  await recordUse(storage, sampleSecret(2), { at: at });
  await recordUse(storage, sampleSecret(3), { at: at - 5, uses: 9 });
  await recordUse(storage, sampleSecret(3), { at: at + 1 });
  const list = idsOf(storage);
  const unused = { order: 'longest_idle', unusedSince: at, now: START + 19 * DAY_MS } as const;
  assert.deepEqual(await list(unused), [1, 6, 2, 7]);
  assert.deepEqual(await list({ ...unused, now: START + 20 * DAY_MS }), [1, 2, 7]);
  assert.deepEqual(await list({ ...unused, unusedSince: at - 1 }), [1, 6]);
  assert.deepEqual(await list({ ...unused, unusedSince: at + 1 }), [1, 6, 2, 3, 7, 4]);
  const [first, second] = await storage.keys.listKeys({ ...unused, limit: 2 });
  assert.deepEqual([first?.idleSince, second?.idleSince], [START, START]);
  assert.deepEqual(await list({ ...unused, limit: 2, after: { at: START, id: 'key_0006' } }), [2, 7]);
  // A use that was written late takes nothing back.
  await recordUse(storage, sampleSecret(2), { at: at + 5 * DAY_MS });
  await recordUse(storage, sampleSecret(2), { at: at + 2 * DAY_MS });
  assert.deepEqual(await list({ ...unused, unusedSince: at + 4 * DAY_MS }), [1, 6, 3, 7, 4]);
}

async function listsNeverUsed(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1), sampleKey(2), sampleKey(3, { revokedAt: START }), sampleKey(4, { expiresAt: START })]);
  const list = idsOf(storage);
  assert.deepEqual(await list({ neverUsed: true }), [2, 1]);
  await recordUse(storage, sampleSecret(1), { at: START - 5 });
  assert.deepEqual(await list({ neverUsed: true }), [2]);
  assert.deepEqual(await list({ neverUsed: true, expiresBy: START + 9 }), []);
}

async function listsLeastIdle(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    [1, 2, 3, 4].map((number) => sampleKey(number, { tier: number === 4 ? null : 'pro' })),
  );
  await recordUse(storage, sampleSecret(1), { at: START + 3 * DAY_MS });
  await recordUse(storage, sampleSecret(3), { at: START + 2 * DAY_MS });
  const query = { order: 'least_idle', tier: 'pro', unusedSince: START + 9 * DAY_MS } as const;
  assert.deepEqual(await idsOf(storage)(query), [1, 3, 2]);
  assert.deepEqual(await idsOf(storage)({ ...query, after: { at: START + 3 * DAY_MS, id: 'key_0001' } }), [3, 2]);
}

async function countsAtMost(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    Array.from({ length: 7 }, (_, number) => sampleKey(number, { expiresAt: START + 9 })),
  );
  const count = async (query: Partial<KeyQuery> & { readonly atMost?: number }) => storage.keys.countKeys({ now: START, ...query });
  assert.deepEqual([await count({}), await count({ atMost: 5 }), await count({ atMost: 9 })], [7, 5, 7]);
  assert.equal(await count({ expiresBy: START + 9, order: 'expiry', atMost: 3 }), 3);
}

async function readsKeyUsage(storage: Storage): Promise<void> {
  await storage.usage.recordUsage({
    counts: [
      counted(1, 0, { code: 'valid', count: 1 }),
      counted(1, 25, { code: 'valid', count: 2 }),
      counted(1, 25, { code: 'expired', count: 3 }),
      counted(2, 1, { code: 'valid', count: 4 }),
    ],
    lastUses: [],
  });
  const read = async (by: 'hour' | 'day', keyIds: readonly string[], until = START + 48 * HOUR_MS) => {
    const points = await storage.usage.readKeyUsage({ keyIds, from: START, until, by });
    return points.map(({ keyId, start, code, count }) => `${keyId} ${(start - START) / HOUR_MS} ${code} ${count}`).sort();
  };
  assert.deepEqual(await read('hour', ['key_0001']), ['key_0001 0 valid 1', 'key_0001 25 expired 3', 'key_0001 25 valid 2']);
  assert.deepEqual(await read('day', ['key_0002', 'key_0009', 'key_0001'], START + 25 * HOUR_MS), [
    'key_0001 0 valid 1',
    'key_0002 0 valid 4',
  ]);
  assert.deepEqual(await read('day', []), []);
}

async function findsBusiest(storage: Storage): Promise<void> {
  const read = async (hours: number, limit: number) => storage.usage.readBusiest({ from: START, until: START + hours * HOUR_MS }, limit);
  assert.deepEqual(await read(5, 3), { keys: [], complete: true });
  await storage.usage.recordUsage({
    counts: [
      ...[1, 2, 3].map((number) => counted(number, 0, { code: 'valid', count: 10 * number })),
      counted(1, 1, { code: 'expired', count: 25 }),
      counted(2, 4, { code: 'valid', count: 100 }),
      { ...counted(0, 0, { code: 'missing', count: 1_000 }), keyId: null },
    ],
    lastUses: [],
  });
  const first = { keyId: 'key_0001', valid: 10, refused: 25 };
  const third = { keyId: 'key_0003', valid: 30, refused: 0 };
  assert.deepEqual(await read(4, 2), { keys: [first, third], complete: true });
  assert.deepEqual((await read(4, 9)).keys.at(-1), { keyId: 'key_0002', valid: 20, refused: 0 });
  assert.deepEqual((await read(5, 1)).keys, [{ keyId: 'key_0002', valid: 120, refused: 0 }]);
  // So many as busy as one another that nobody can say whether one more was left out.
  const crowd = Array.from({ length: 200 }, (_, number) => counted(number, 6, { code: 'valid', count: 7 }));
  await storage.usage.recordUsage({ counts: crowd, lastUses: [] });
  const crowded = await storage.usage.readBusiest({ from: START + 6 * HOUR_MS, until: START + 7 * HOUR_MS }, 5);
  assert.deepEqual([crowded.keys.map(({ valid }) => valid), crowded.complete], [[7, 7, 7, 7, 7], true]);
  await storage.usage.recordUsage({ counts: crowd.map((count) => ({ ...count, hour: START + 7 * HOUR_MS, count: 6 })), lastUses: [] });
  await storage.usage.recordUsage({ counts: [counted(7, 7, { code: 'expired', count: 1 })], lastUses: [] });
  const unsure = await storage.usage.readBusiest({ from: START + 6 * HOUR_MS, until: START + 8 * HOUR_MS }, 5);
  assert.equal(unsure.keys.length, 5);
  assert.ok(unsure.complete === false || unsure.keys[0]?.keyId === 'key_0007');
}

async function takesCensus(storage: Storage): Promise<void> {
  const now = START + 100 * DAY_MS;
  const instants = [null, now, now + DAY_MS, now + 9 * DAY_MS];
  const keys = instants.flatMap((expiresAt) =>
    instants.flatMap((notBefore) =>
      [null, now].flatMap((revokedAt) =>
        [null, now].flatMap((disabledAt) => ['free', 'suspended'].map((owner) => ({ expiresAt, notBefore, revokedAt, disabledAt, owner }))),
      ),
    ),
  );
  await storage.keys.change(async (change) => {
    for (const owner of ['free', 'suspended']) await change.owners.ensure(owner, START);
    await change.owners.update('suspended', { suspendedAt: START });
    await change.tiers.put(sampleTier('pro'));
  });
  await storeKeys(
    storage,
    keys.map((fields, number) => sampleKey(number, fields)),
  );
  for (const number of [0, 5, 9, 20]) await recordUse(storage, sampleSecret(number), { at: now - DAY_MS + number });
  const unusedSince = now - DAY_MS + 5;
  const census = await storage.census.takeCensus({ now, expiresBy: [now + DAY_MS, now + 9 * DAY_MS], unusedSince, countedUpTo: 1_000 });
  const count = async (query: Partial<KeyQuery>) => storage.keys.countKeys({ now, ...query });
  const { total, ...others } = census.keys;
  const listed = await Promise.all(KEY_STATUSES.map(async (status) => [status, await count({ status })] as const));
  assert.equal(total, keys.length);
  assert.deepEqual({ ...others, active: total - Object.values(others).reduce((sum, one) => sum + one, 0) }, Object.fromEntries(listed));
  assert.deepEqual(census.expiring, [await count({ expiresBy: now + DAY_MS }), await count({ expiresBy: now + 9 * DAY_MS })]);
  assert.deepEqual([census.neverUsed, census.unused], [await count({ neverUsed: true }), await count({ unusedSince })]);
  assert.ok(census.unused > 0 && census.unused < total && census.neverUsed < census.unused);
  assert.deepEqual([census.owners, census.tiers], [2, 1]);
  const bounded = await storage.census.takeCensus({ now, expiresBy: [now + DAY_MS, now + 9 * DAY_MS], unusedSince, countedUpTo: 3 });
  assert.deepEqual(bounded, { ...census, expiring: [3, 3], neverUsed: 3, unused: 3 });
}

async function readsLogByTime(storage: Storage): Promise<void> {
  // The clock of one node is a minute behind that of another.
  const times = [0, 60_000, 1_000, 61_000, 61_000, 62_000, 3_600_000];
  for (const [index, time] of times.entries()) {
    await storage.keys.change((change) => change.append(sampleEvent(index, { at: START + time, owner: index % 2 === 0 ? 'even' : 'odd' })));
  }
  const read = async (from: number | undefined, until: number | undefined, more: object = {}) => {
    const span = { from: from === undefined ? undefined : START + from, until: until === undefined ? undefined : START + until };
    return (await storage.events.readEvents({ limit: 100, order: 'oldest', ...span, ...more })).map(({ seq }) => seq);
  };
  assert.deepEqual(await read(1_000, 61_000), [2, 3]);
  assert.deepEqual(await read(61_000, undefined), [4, 5, 6, 7]);
  assert.deepEqual(await read(undefined, 61_001, { order: 'newest' }), [5, 4, 3, 2, 1]);
  assert.deepEqual(await read(0, 3_600_000, { owner: 'odd', after: 2 }), [4, 6]);
  assert.deepEqual(await read(3_600_001, undefined), []);
  assert.deepEqual(await read(undefined, 0), []);
}

function counted(number: number, hours: number, { code, count }: Pick<UsageCount, 'code' | 'count'>): UsageCount {
  return { keyId: sampleKey(number).id, hour: START + hours * HOUR_MS, code, count };
}

function idsOf(storage: Storage): (query: Partial<KeyQuery>) => Promise<readonly number[]> {
  return async (query) => {
    const details = await storage.keys.listKeys({ limit: 100, now: START, ...query });
    return details.map((detail) => Number(detail.key.id.slice('key_'.length)));
  };
}
