/** Revoking all keys of an owner: what one row says of every key, the batches, and the entries about a key. */
import assert from 'node:assert/strict';
import type { OwnerRevocation } from '../domain/key.js';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, sampleEvent, sampleKey, sampleTier, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageRevocationTests: readonly StorageTest[] = [
  ['revocation of an owner: every read of a key that it covers says "revoked", and of no other key', coversKeys],
  ['revocation of an owner: the oldest keys are revoked first, as many as asked for, and none that it does not cover', revokesOldest],
  ['kinds of keys: one stands for all that are alike, and an operator token for itself', listsKinds],
  ['audit log: the entries about a key are those that have it as target and those that name it', findsNaming],
];

const REVOCATION: OwnerRevocation = {
  until: START + 2,
  at: START + 9,
  by: 'admin',
  reason: 'leaked',
  event: 1,
  keys: 2,
  left: 2,
};

async function coversKeys(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1), sampleKey(2, { disabledAt: START }), sampleKey(3), sampleKey(4, { owner: 'owner-2' })]);
  await storage.keys.change(async (change) => {
    for (const owner of ['owner-1', 'owner-2']) await change.owners.ensure(owner, START);
    await change.owners.update('owner-1', { revocation: REVOCATION });
    const revokedAt = async (id: string) => (await change.keys.find(id))?.revokedAt;
    assert.deepEqual(
      [await revokedAt('key_0001'), await revokedAt('key_0002'), await revokedAt('key_0003'), await revokedAt('key_0004')],
      [START + 9, START + 9, null, null],
    );
    assert.equal(await change.keys.countLive('owner-1', START), 1);
    assert.deepEqual(await change.keys.countUnrevoked('owner-1'), { count: 3, newestAt: START + 3 });
    assert.deepEqual((await change.owners.find('owner-1'))?.revocation, REVOCATION);
  });
  const found = await Promise.all([1, 2, 3, 4].map((number) => storage.keys.findByDigests([sampleDigest(`secret ${number}`)])));
  assert.deepEqual(
    found.map((credential) => credential?.key.revokedAt),
    [START + 9, START + 9, null, null],
  );
  const { revokedAt, revokedBy, revokedReason } = (await storage.keys.readKey('key_0001'))?.key ?? sampleKey(9);
  assert.deepEqual([revokedAt, revokedBy, revokedReason], [START + 9, 'admin', 'leaked']);
  const listed = await storage.keys.listKeys({ limit: 9, now: START });
  assert.deepEqual(
    listed.map(({ key }) => [key.id, key.revokedAt]),
    [
      ['key_0004', null],
      ['key_0003', null],
      ['key_0002', START + 9],
      ['key_0001', START + 9],
    ],
  );
  const owners = await storage.catalog.listOwners({ revoking: true, limit: 9, now: START });
  assert.deepEqual(
    owners.map(({ owner, keys }) => [owner.id, keys]),
    [['owner-1', { total: 3, live: 1 }]],
  );
  await storage.keys.change((change) => change.owners.update('owner-1', { revocation: null }));
  assert.equal((await storage.keys.readKey('key_0001'))?.key.revokedAt, null);
  assert.deepEqual(await storage.catalog.listOwners({ revoking: true, limit: 9, now: START }), []);
}

async function revokesOldest(storage: Storage): Promise<void> {
  await storeKeys(storage, [
    sampleKey(1, { revokedAt: START, revokedBy: 'library', revokedReason: 'before' }),
    sampleKey(2, { tier: 'pro' }),
    sampleKey(3, { createdAt: START + 1, tier: 'pro' }),
    sampleKey(4, { createdAt: START + 2, expiresAt: START + 3 }),
    sampleKey(5, { owner: 'owner-2', createdAt: START + 1 }),
    sampleKey(6, { tier: 'pro' }),
  ]);
  await storage.keys.change(async (change) => {
    await change.tiers.put(sampleTier('pro'));
    assert.deepEqual(await change.keys.revokeOldest('owner-1', REVOCATION, 2), ['key_0003', 'key_0002']);
    assert.deepEqual(await change.keys.revokeOldest('owner-1', REVOCATION, 2), ['key_0004']);
    assert.deepEqual(await change.keys.revokeOldest('owner-1', REVOCATION, 2), []);
    assert.equal(await change.tiers.countKeys('pro'), 1);
  });
  const reasons = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => storage.keys.readKey(sampleKey(number).id)));
  assert.deepEqual(
    reasons.map((detail) => detail?.key.revokedReason),
    ['before', 'leaked', 'leaked', 'leaked', null, null],
  );
}

async function listsKinds(storage: Storage): Promise<void> {
  const limits = sampleTier('pro').limits;
  const operator = { environment: 'operator', scopes: ['keys:read'] };
  await storeKeys(storage, [
    sampleKey(1),
    sampleKey(2),
    sampleKey(3, { scopes: ['articles:write'] }),
    sampleKey(4, { tier: 'pro' }),
    sampleKey(5, { limits }),
    sampleKey(6, { environment: 'test', createdAt: START }),
    sampleKey(7, operator),
    sampleKey(8, operator),
    sampleKey(9, { scopes: ['revoked'], revokedAt: START }),
    sampleKey(10, { scopes: ['expired'], expiresAt: START }),
    sampleKey(11, { scopes: ['of:another'], owner: 'owner-2' }),
    sampleKey(12, { scopes: ['covered'], createdAt: START - 1 }),
  ]);
  await storage.keys.change(async (change) => {
    await change.owners.ensure('owner-1', START);
    await change.owners.update('owner-1', { revocation: { ...REVOCATION, until: START - 1 } });
    const kinds = async (operators: boolean) =>
      (await change.keys.listKinds({ owner: 'owner-1', operators }, START)).map(({ id }) => Number(id.slice(-4)));
    assert.deepEqual(await kinds(false), [1, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(await kinds(true), [7, 8]);
    assert.deepEqual(await change.keys.listKinds({ owner: 'nobody', operators: false }, START), []);
  });
}

async function findsNaming(storage: Storage): Promise<void> {
  const batch = (number: number, keys: readonly string[]) =>
    sampleEvent(number, { action: 'owner.keys_revoked', target: { type: 'owner', id: 'owner-1' }, after: { keys, left: 0 } });
  await storage.keys.change(async (change) => {
    await change.append(sampleEvent(1));
    await change.append(batch(2, ['key_0001', 'key_0002']));
    await change.append(batch(3, ['key_0002']));
    await change.append(sampleEvent(1, { action: 'key.updated' }));
    await change.append(batch(5, ['key_0003', 'key_0001']));
  });
  const about = async (query: Omit<Parameters<Storage['events']['readEvents']>[0], 'limit' | 'targetId'>, limit = 9) =>
    (await storage.events.readEvents({ ...query, targetId: 'key_0001', limit })).map(({ seq }) => seq);
  assert.deepEqual(await about({}), [1, 2, 4, 5]);
  assert.deepEqual(await about({ order: 'newest' }, 3), [5, 4, 2]);
  assert.deepEqual(await about({ order: 'newest', after: 4 }), [2, 1]);
  assert.deepEqual(await about({ after: 2 }, 1), [4]);
  assert.deepEqual(await about({ action: 'owner.keys_revoked' }), [2, 5]);
  assert.deepEqual(await about({ from: START + 2, until: START + 5 }), [2]);
  assert.deepEqual(
    (await storage.events.readEvents({ targetId: 'owner-1', limit: 9 })).map(({ seq }) => seq),
    [2, 3, 5],
  );
}
