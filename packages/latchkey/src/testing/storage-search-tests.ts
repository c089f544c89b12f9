import assert from 'node:assert/strict';
import type { KeyQuery, KeySearch } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleDigest, sampleKey, sampleSecret, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageSearchTests: readonly StorageTest[] = [
  ['key search: a text finds a part of a name, whatever the case, and no character is a wildcard', findsNames],
  ['key search: an id, a hint, the end of a hint and a digest find their key alone', findsExactly],
  ['key search: a text of four characters finds ends of hints and names, each key once, over all pages', findsEither],
  ['key search: filters and bounds narrow every kind of search', narrows],
  ['key search: a name is found as it is now, and not as it was', followsNames],
  ['owner search: a text finds a part of the id and of the name as they are now', findsOwners],
];

async function findsNames(storage: Storage): Promise<void> {
  const names = ['Grüße an ALLE', '100 % sure_thing', 'back\\slash', '日本語の鍵', '😀 "quoted" name'];
  await storeKeys(
    storage,
    names.map((name, index) => sampleKey(index + 1, { name })),
  );
  const find = async (text: string): Promise<readonly number[]> => numbersOf(storage, { search: { text } });
  for (const text of ['grüße', 'GRÜSSE'.replace('SS', 'ß'), 'an alle', 'E AN A', 'ß', 'LL']) assert.deepEqual(await find(text), [1], text);
  for (const text of ['%', ' % s', 'sure_', 'E_TH']) assert.deepEqual(await find(text), [2], text);
  for (const text of ['\\', 'k\\s']) assert.deepEqual(await find(text), [3], text);
  for (const text of ['本語', '本語の', '日本語の鍵']) assert.deepEqual(await find(text), [4], text);
  for (const text of ['"', '😀 "', '"quoted" n']) assert.deepEqual(await find(text), [5], text);
  for (const text of ["' or 1=1 --", '" OR "sure', 'sure*', 's_re', 'thing of', 'name_folded:sure'])
    assert.deepEqual(await find(text), [], text);
}

async function findsExactly(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    [1, 2, 3].map((number) => sampleKey(number)),
    [
      sampleSecret(1, { hint: 'acme_live_…Zz9q' }),
      sampleSecret(2, { hint: 'acme_test_…Zz9q' }),
      sampleSecret(3, { hint: 'acme_live_…abcd', validUntil: START + 5 }),
      sampleSecret(4, { keyId: 'key_0003', hint: 'acme_live_…abcd' }),
    ],
  );
  const find = async (search: KeySearch): Promise<readonly number[]> => numbersOf(storage, { search });
  assert.deepEqual(await find({ id: 'key_0003' }), [3]);
  assert.deepEqual(await find({ id: 'key_000' }), []);
  assert.deepEqual(await find({ hint: 'acme_live_…Zz9q' }), [1]);
  assert.deepEqual(await find({ hint: '…Zz9q' }), [2, 1]);
  assert.deepEqual(await find({ hint: '…zz9q' }), []);
  assert.deepEqual(await find({ hint: '…abcd' }), [3]);
  assert.deepEqual(await find({ digests: [sampleDigest('secret 2')] }), [2]);
  assert.deepEqual(await find({ digests: [sampleDigest('nothing'), sampleDigest('secret 4')] }), [3]);
  assert.deepEqual(await find({ digests: [sampleDigest('nothing')] }), []);
}

async function findsEither(storage: Storage): Promise<void> {
  const hinted = [2, 5, 6];
  await storeKeys(
    storage,
    [1, 2, 3, 4, 5, 6].map((number) => sampleKey(number, { name: number % 2 === 0 ? `The Shop ${number}` : 'Other' })),
    [1, 2, 3, 4, 5, 6].map((number) => sampleSecret(number, { hint: hinted.includes(number) ? 'acme_live_…shop' : 'acme_live_…SHOP' })),
  );
  const search = { text: 'shop' };
  assert.deepEqual(await numbersOf(storage, { search }), [6, 5, 4, 2]);
  const seen: number[] = [];
  for (let after: KeyQuery['after']; ;) {
    const [detail] = await storage.keys.listKeys({ limit: 1, now: START, search, after });
    if (detail === undefined) break;
    seen.push(Number(detail.key.id.slice('key_'.length)));
    after = { at: detail.key.createdAt, id: detail.key.id };
  }
  assert.deepEqual(seen, [6, 5, 4, 2]);
  assert.equal(await storage.keys.countKeys({ now: START, search, atMost: 3 }), 3);
}

async function narrows(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    [
      sampleKey(1, { tier: 'pro', environment: 'test' }),
      sampleKey(2, { tier: 'pro', owner: 'b' }),
      sampleKey(3, { tier: 'free', revokedAt: START }),
    ],
    [1, 2, 3].map((number) => sampleSecret(number, { hint: 'acme_live_…keys' })),
  );
  const searches: readonly KeySearch[] = [
    { text: 'ke' },
    { text: 'key' },
    { text: 'keys' },
    { hint: '…keys' },
    { digests: [1, 2, 3].map((number) => sampleDigest(`secret ${number}`)) },
  ];
  for (const search of searches) {
    assert.deepEqual(await numbersOf(storage, { search, tier: 'pro' }), [2, 1]);
    assert.deepEqual(await numbersOf(storage, { search, tier: 'pro', environment: 'test' }), [1]);
    assert.deepEqual(await numbersOf(storage, { search, status: 'revoked' }), [3]);
    assert.deepEqual(await numbersOf(storage, { search, within: { owners: ['b'] } }), [2]);
    assert.deepEqual(await numbersOf(storage, { search, exceptEnvironment: 'live' }), [1]);
    assert.deepEqual(await numbersOf(storage, { search, after: { at: START + 2, id: 'key_0002' } }), [1]);
  }
  assert.deepEqual(await numbersOf(storage, { search: { id: 'key_0001' }, within: { owners: ['b'] } }), []);
}

async function followsNames(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { name: 'Before' }), sampleKey(2, { name: 'Other' })]);
  await storage.keys.change((change) => change.keys.update('key_0001', { name: 'After' }));
  await storage.keys.change((change) => change.keys.update('key_0002', { name: 'Other' }));
  const undone = storage.keys.change(async (change) => {
    await change.keys.update('key_0002', { name: 'Undone' });
    throw new Error('undo');
  });
  await assert.rejects(undone, /undo/);
  const found = async (text: string): Promise<readonly number[]> => numbersOf(storage, { search: { text } });
  assert.deepEqual([await found('before'), await found('after'), await found('undone')], [[], [1], []]);
  assert.deepEqual(await found('other'), [2]);
}

async function findsOwners(storage: Storage): Promise<void> {
  await storage.keys.change(async (change) => {
    for (const id of ['auth0|Käthe', 'team-7', 'team-77']) await change.owners.ensure(id, START);
    await change.owners.update('team-7', { name: 'Old name' });
    await change.owners.update('team-7', { name: 'The Müllers' });
  });
  const find = async (search: string, after?: string): Promise<readonly string[]> =>
    (await storage.catalog.listOwners({ limit: 10, now: START, search, after })).map(({ owner }) => owner.id);
  assert.deepEqual(await find('KÄTHE'), ['auth0|Käthe']);
  assert.deepEqual(await find('müll'), ['team-7']);
  assert.deepEqual(await find('old name'), []);
  assert.deepEqual(await find('team-7'), ['team-7', 'team-77']);
  assert.deepEqual(await find('team-7', 'team-7'), ['team-77']);
  assert.deepEqual(await find('7'), ['team-7', 'team-77']);
}

async function numbersOf(storage: Storage, query: Partial<KeyQuery>): Promise<readonly number[]> {
  const details = await storage.keys.listKeys({ limit: 100, now: START, ...query });
  return details.map((detail) => Number(detail.key.id.slice('key_'.length)));
}
