import assert from 'node:assert/strict';
import { UnavailableError } from '../domain/errors.js';
import { verifyChain } from '../domain/event-chain.js';
import { HOUR_MS } from '../domain/time.js';
import type { EventQuery } from '../ports/event-log.js';
import type { Change } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import type { UsageCount } from '../ports/usage-store.js';
import { sampleEvent, sampleIdempotency, sampleKey, sampleSecret, sampleTier, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageCatalogTests: readonly StorageTest[] = [
  ['an owner is made once and updated field by field', makesOwners],
  ['owners are listed by id with the counts of their keys', listsOwners],
  ['tiers are put, replaced, listed by name, counted and removed', keepsTiers],
  ['tiers: the keys of each are counted through every change, and none that was undone', countsKeysOfTiers],
  ['the log gives its entries as they were appended, in both orders and by each filter', readsLog],
  ['credits are kept, replaced and taken away', keepsCredits],
  ['a repeated request finds the record of the first until it is pruned', keepsIdempotency],
  ['peppers are listed with how many secrets need them', keepsPeppers],
  ['counters are replaced by subject and name', keepsCounters],
  ['usage adds up by hour and by day, of a key, of an owner, and of all', addsUsage],
  ['batches of thousands are stored whole', storesLargeBatches],
  ['a store that was closed says that it is unavailable', refusesAfterClose],
];

async function makesOwners(storage: Storage): Promise<void> {
  const fresh = {
    id: 'o',
    version: 1,
    name: null,
    limits: [],
    description: null,
    maxKeys: null,
    metadata: {},
    createdAt: START,
    suspendedAt: null,
    suspendedReason: null,
    revocation: null,
  };
  assert.equal(await storage.catalog.readOwner('o', START), null);
  assert.deepEqual(await storage.keys.change((change) => change.owners.ensure('o', START)), fresh);
  assert.deepEqual(await storage.keys.change((change) => change.owners.ensure('o', START + 5)), fresh);
  const fields = {
    name: 'Olive',
    description: 'Pays late.\nSays so.',
    limits: sampleTier('pro').limits,
    maxKeys: 0,
    metadata: { plan: 'x' },
  };
  await storage.keys.change((change) => change.owners.update('o', fields));
  await storage.keys.change((change) => change.owners.update('o', { suspendedAt: START + 9, suspendedReason: 'unpaid' }));
  const expected = { ...fresh, ...fields, suspendedAt: START + 9, suspendedReason: 'unpaid' };
  assert.deepEqual(await storage.keys.change((change) => change.owners.find('o')), expected);
  assert.deepEqual((await storage.catalog.readOwner('o', START))?.owner, expected);
  assert.equal(await storage.keys.change((change) => change.owners.find('p')), null);
}

async function listsOwners(storage: Storage): Promise<void> {
  await storeKeys(storage, [
    sampleKey(1, { owner: 'b' }),
    sampleKey(2, { owner: 'b', expiresAt: START }),
    sampleKey(3, { owner: 'b', revokedAt: START }),
    sampleKey(4, { owner: 'a' }),
  ]);
  await storage.keys.change(async (change) => {
    for (const id of ['c', 'a', 'b']) await change.owners.ensure(id, START);
    await change.owners.update('c', { name: 'Käthe_50%' });
  });
  const list = async (query: { search?: string; after?: string; limit?: number }): Promise<unknown> => {
    const owners = await storage.catalog.listOwners({ limit: 10, now: START, ...query });
    return owners.map(({ owner, keys }) => [owner.id, keys.total, keys.live]);
  };
  const [a, b, c] = [
    ['a', 1, 1],
    ['b', 3, 1],
    ['c', 0, 0],
  ];
  assert.deepEqual(await list({}), [a, b, c]);
  assert.deepEqual(await list({ limit: 2 }), [a, b]);
  assert.deepEqual(await list({ after: 'a', limit: 1 }), [b]);
  assert.deepEqual(await list({ search: 'KÄTHE_5' }), [c]);
  assert.deepEqual(await list({ search: 'B' }), [b]);
  assert.deepEqual(await list({ search: '%b' }), []);
}

async function keepsTiers(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tier: 'pro' }), sampleKey(2, { tier: 'pro', revokedAt: START })]);
  await storage.keys.change(async (change) => {
    await change.tiers.put(sampleTier('pro', { configured: true }));
    await change.tiers.put(sampleTier('free'));
  });
  const replaced = sampleTier('pro', { limits: [], configured: false, updatedAt: START + 5 });
  await storage.keys.change((change) => change.tiers.put(replaced));
  assert.deepEqual(await storage.catalog.listTiers(), [
    { tier: sampleTier('free'), keys: 0 },
    { tier: replaced, keys: 1 },
  ]);
  assert.deepEqual(await storage.catalog.readTier('pro'), { tier: replaced, keys: 1 });
  assert.deepEqual(await storage.keys.change((change) => change.tiers.find('free')), sampleTier('free'));
  await storage.keys.change((change) => change.tiers.remove('pro'));
  assert.equal(await storage.catalog.readTier('pro'), null);
  assert.equal(await storage.keys.change((change) => change.tiers.find('pro')), null);
}

async function countsKeysOfTiers(storage: Storage): Promise<void> {
  await storage.keys.change(async (change) => {
    for (const name of ['pro', 'free', 'none']) await change.tiers.put(sampleTier(name));
  });
  const tiers = ['pro', 'pro', 'pro', 'free', null, 'free'];
  await storeKeys(
    storage,
    tiers.map((tier, index) => sampleKey(index + 1, { tier, revokedAt: index === 5 ? START : null })),
  );
  const update = async (id: string, fields: Parameters<Change['keys']['update']>[1]) =>
    storage.keys.change((change) => change.keys.update(id, fields));
  const counts = async () => Object.fromEntries((await storage.catalog.listTiers()).map(({ tier, keys }) => [tier.name, keys]));
  assert.deepEqual(await counts(), { pro: 3, free: 1, none: 0 });
  await update('key_0001', { tier: 'free' });
  await update('key_0002', { revokedAt: START + 1 });
  await update('key_0002', { revokedAt: START + 2 });
  await update('key_0003', { tier: null });
  await update('key_0005', { tier: 'pro' });
  await update('key_0006', { tier: 'pro' });
  await update('key_0004', { name: 'Another name', tier: 'free' });
  assert.deepEqual(await counts(), { pro: 1, free: 2, none: 0 });
  const failing = storage.keys.change(async (change) => {
    await change.keys.update('key_0005', { tier: 'none' });
    await change.keys.insert(sampleKey(7, { tier: 'none' }));
    throw new Error('undone');
  });
  await assert.rejects(failing, /undone/);
  assert.deepEqual(await counts(), { pro: 1, free: 2, none: 0 });
  assert.equal(await storage.keys.change((change) => change.tiers.countKeys('free')), 2);
}

async function readsLog(storage: Storage): Promise<void> {
  assert.equal(await storage.events.readHead(), null);
  const drafts = [
    sampleEvent(1, {
      reason: 'first "reason"',
      address: '10.0.0.1',
      requestId: 'r1',
      session: { id: 'ses_1', link: 'ses_0' },
      before: { a: [1, 2], z: null, b: { c: 'é' } },
    }),
    sampleEvent(2, { owner: 'owner-2', actor: { type: 'operator', id: 'key_op' } }),
    sampleEvent(3, { action: 'key.revoked', owner: null, target: { type: 'tier', id: 'pro' }, after: null }),
    sampleEvent(1, { action: 'key.revoked' }),
  ];
  const appended = [];
  for (const draft of drafts) appended.push(await storage.keys.change((change) => change.append(draft)));
  assert.deepEqual(
    appended.map((event) => event.seq),
    [1, 2, 3, 4],
  );
  assert.deepEqual(await storage.events.readEvents({ limit: 10 }), appended);
  assert.deepEqual(await verifyChain(appended), { intact: true, entries: 4, head: await storage.events.readHead(), broken: null });
  const seqs = async (query: Partial<EventQuery>): Promise<number[]> =>
    (await storage.events.readEvents({ limit: 10, ...query })).map((event) => event.seq);
  assert.deepEqual(await seqs({ order: 'newest' }), [4, 3, 2, 1]);
  assert.deepEqual(await seqs({ order: 'newest', after: 3 }), [2, 1]);
  assert.deepEqual(await seqs({ after: 1, limit: 2 }), [2, 3]);
  assert.deepEqual(await seqs({ after: 0, order: 'oldest', limit: 1 }), [1]);
  assert.deepEqual(await seqs({ action: 'key.revoked' }), [3, 4]);
  assert.deepEqual(await seqs({ targetId: 'key_0001', order: 'newest' }), [4, 1]);
  assert.deepEqual(await seqs({ owner: 'owner-1', action: 'key.created' }), [1]);
  assert.deepEqual(await seqs({ actorId: 'key_op' }), [2]);
}

async function keepsCredits(storage: Storage): Promise<void> {
  const refill = { amount: 5, mode: 'set', every: 'month', day: 31 } as const;
  await storeKeys(storage, [sampleKey(1)]);
  const put = (state: Parameters<Parameters<Parameters<Storage['keys']['change']>[0]>[0]['credits']['put']>[1]): Promise<void> =>
    storage.keys.change((change) => change.credits.put('key_0001', state));
  const find = (): Promise<unknown> => storage.keys.change((change) => change.credits.find('key_0001'));
  assert.equal(await find(), null);
  assert.equal(await storage.credits.spend('key_0001', 1, START), null);
  assert.equal(await storage.credits.peekCredits('key_0001', 1, START), null);
  await put({ remaining: 1, refill, nextRefillAt: START + 5 });
  await put({ remaining: Number.MAX_SAFE_INTEGER, refill: null, nextRefillAt: null });
  assert.deepEqual(await find(), { remaining: Number.MAX_SAFE_INTEGER, refill: null, nextRefillAt: null });
  await put({ remaining: 10, refill, nextRefillAt: START + 5 });
  assert.deepEqual(await storage.credits.peekCredits('key_0001', 4, START), { spent: true, remaining: 6, nextRefillAt: START + 5 });
  assert.deepEqual(await find(), { remaining: 10, refill, nextRefillAt: START + 5 });
  assert.deepEqual(await storage.credits.spend('key_0001', 4, START), { spent: true, remaining: 6, nextRefillAt: START + 5 });
  assert.deepEqual(await storage.credits.spend('key_0001', 7, START), { spent: false, remaining: 6, nextRefillAt: START + 5 });
  await put({ remaining: 1e12 - 1, refill: null, nextRefillAt: null });
  await storage.credits.giveBackCredits('key_0001', 2);
  assert.deepEqual(await find(), { remaining: 1e12, refill: null, nextRefillAt: null });
  await put(null);
  assert.equal(await find(), null);
  assert.equal(await storage.credits.spend('key_0001', 0, START), null);
}

async function keepsIdempotency(storage: Storage): Promise<void> {
  const bare = sampleIdempotency(2, { sealedToken: null, sealedUntil: START, expiresAt: START + 9_000 });
  await storage.keys.change(async (change) => {
    await change.idempotency.insert(sampleIdempotency(1));
    await change.idempotency.insert(bare);
  });
  const find = (id: string): Promise<unknown> =>
    storage.keys.change(async (change) => {
      const record = await change.idempotency.find(id, START);
      return record === null ? null : { ...record, sealedToken: record.sealedToken === null ? null : [...record.sealedToken] };
    });
  assert.deepEqual(await find('request-1'), { ...sampleIdempotency(1), sealedToken: [1, 2, 3, 0, 255] });
  assert.deepEqual(await find('request-2'), bare);
  assert.equal(await find('request-3'), null);
  await assert.rejects(
    storage.keys.change((change) => change.idempotency.insert(sampleIdempotency(1))),
    UnavailableError,
  );
}

async function keepsPeppers(storage: Storage): Promise<void> {
  await storage.keys.change((change) => change.peppers.insert({ id: 'old', check: 'c1' }));
  await storage.keys.change((change) => change.peppers.insert({ id: 'new', check: 'c2' }));
  await storeKeys(storage, [sampleKey(1), sampleKey(2)], [sampleSecret(1, { pepperId: 'old' }), sampleSecret(2, { pepperId: 'old' })]);
  const peppers = await storage.keys.change((change) => change.peppers.list(START));
  assert.deepEqual(
    peppers.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    [
      { id: 'new', check: 'c2', secrets: 0 },
      { id: 'old', check: 'c1', secrets: 2 },
    ],
  );
}

async function keepsCounters(storage: Storage): Promise<void> {
  const row = { subject: 'key:1', name: 'requests', state: '{"n":1}', expiresAt: START + 5 };
  const other = { ...row, name: 'burst' };
  await storage.counters.saveCounters([row, other, { ...row, subject: 'key:2' }]);
  await storage.counters.saveCounters([{ ...row, state: '{"n":2}', expiresAt: START + 6 }]);
  await storage.counters.saveCounters([]);
  const loaded = await storage.counters.loadCounters(['key:1', 'key:3']);
  assert.deepEqual(
    loaded.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    [other, { ...row, state: '{"n":2}', expiresAt: START + 6 }],
  );
  assert.deepEqual(await storage.counters.loadCounters([]), []);
}

async function addsUsage(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1), sampleKey(2, { owner: 'owner-2' })]);
  const counts: UsageCount[] = [
    { keyId: 'key_0001', hour: START, code: 'valid', count: 1 },
    { keyId: 'key_0001', hour: START + 23 * HOUR_MS, code: 'valid', count: 2 },
    { keyId: 'key_0001', hour: START + 24 * HOUR_MS, code: 'expired', count: 3 },
    { keyId: 'key_0002', hour: START, code: 'valid', count: 5 },
  ];
  await storage.usage.recordUsage({ counts, lastUses: [] });
  await storage.usage.recordUsage({
    counts: [
      { keyId: 'key_0001', hour: START, code: 'valid', count: 10 },
      { keyId: null, hour: START, code: 'missing', count: 100 },
    ],
    lastUses: [],
  });
  const read = async (query: { keyId?: string; owner?: string; by: 'hour' | 'day'; hours?: number }): Promise<unknown> => {
    const { hours = 48, ...rest } = query;
    const points = await storage.usage.readUsage({ from: START, until: START + hours * HOUR_MS, ...rest });
    return points.map((point) => `${(point.start - START) / HOUR_MS} ${point.code} ${point.count}`).sort();
  };
  assert.deepEqual(await read({ keyId: 'key_0001', by: 'hour' }), ['0 valid 11', '23 valid 2', '24 expired 3']);
  assert.deepEqual(await read({ keyId: 'key_0001', by: 'day' }), ['0 valid 13', '24 expired 3']);
  assert.deepEqual(await read({ owner: 'owner-2', by: 'day' }), ['0 valid 5']);
  assert.deepEqual(await read({ owner: 'owner-2', keyId: 'key_0001', by: 'day' }), []);
  assert.deepEqual(await read({ by: 'hour', hours: 24 }), ['0 missing 100', '0 valid 16', '23 valid 2']);
  const starts = (await storage.usage.readUsage({ from: START, until: START + 48 * HOUR_MS, by: 'hour' })).map((point) => point.start);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
}

async function storesLargeBatches(storage: Storage): Promise<void> {
  const numbers = Array.from({ length: 2_500 }, (_, index) => index);
  await storage.counters.saveCounters(numbers.map((n) => ({ subject: `key:${n}`, name: 'requests', state: String(n), expiresAt: START })));
  assert.equal((await storage.counters.loadCounters(numbers.map((n) => `key:${n}`))).length, 2_500);
  await storage.usage.recordUsage({
    counts: numbers.map((n) => ({ keyId: `key_${n}`, hour: START, code: 'valid', count: 2 })),
    lastUses: [],
  });
  assert.deepEqual(await storage.usage.readUsage({ from: START, until: START + 1, by: 'hour' }), [
    { start: START, code: 'valid', count: 5_000 },
  ]);
  await storage.counters.pruneCounters(START);
  assert.deepEqual(await storage.counters.loadCounters(numbers.map((n) => `key:${n}`)), []);
}

async function refusesAfterClose(storage: Storage): Promise<void> {
  await storage.check();
  await storage.close();
  await storage.close();
  const calls = [
    () => storage.check(),
    () => storage.keys.findByDigests([]).then(() => storage.keys.readKey('key_0001')),
    () => storage.keys.change((change) => change.keys.find('key_0001')),
    () => storage.catalog.listTiers(),
    () => storage.events.readHead(),
    () => storage.credits.spend('key_0001', 1, START),
    () => storage.counters.saveCounters([{ subject: 'a', name: 'b', state: 'c', expiresAt: START }]),
    () => storage.usage.recordUsage({ counts: [], lastUses: [] }),
    () => storage.sessions.endSessions('operator', 'admin'),
    () => storage.census.takeCensus({ now: START, expiresBy: [], unusedSince: START, countedUpTo: 1 }),
  ];
  for (const call of calls) await assert.rejects(call(), UnavailableError);
}
