import assert from 'node:assert/strict';
import { keyStatus, type KeyDetail, type KeyRecord } from '../domain/key.js';
import type { KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleKey, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageTagTests: readonly StorageTest[] = [
  ['tags: a list holds exactly the keys that have all of the tags, beside every other filter', findsAll],
  ['tags: the pages of a list hold every key of a tag once, the newest first, also those of one instant', pages],
  ['tags: a search of any kind finds only keys that have them', narrowsSearches],
  ['tags: an update replaces those of its key and of no other', replaces],
  ['tags: a change that fails leaves those that were', leaves],
];

const TAGS = ['a', 'b', 'c', 'team:payments'];

/** Keys with each set of the tags, of two owners, some of them revoked. */
function keysOfEachSet(): readonly KeyRecord[] {
  return Array.from({ length: 48 }, (_, number) =>
    sampleKey(number, {
      owner: number % 3 === 0 ? 'ada' : 'bob',
      tier: number % 5 === 0 ? 'pro' : null,
      environment: number % 7 === 0 ? 'test' : 'live',
      revokedAt: number % 11 === 0 ? START : null,
      expiresAt: number % 4 === 0 ? START + 10_000 + ((number * 7) % 48) : null,
      tags: TAGS.filter((_tag, index) => ((number % 16) >> index) % 2 === 1),
    }),
  );
}

type Filter = readonly [query: Partial<KeyQuery>, admits: (detail: KeyDetail) => boolean];

const FILTERS: readonly Filter[] = [
  [{}, () => true],
  [{ owner: 'ada' }, ({ key }) => key.owner === 'ada'],
  [{ tier: 'pro' }, ({ key }) => key.tier === 'pro'],
  [{ environment: 'test' }, ({ key }) => key.environment === 'test'],
  [{ exceptEnvironment: 'test' }, ({ key }) => key.environment !== 'test'],
  [{ within: { owners: ['bob'], tiers: ['pro'] } }, ({ key }) => key.owner === 'bob' && key.tier === 'pro'],
  [{ status: 'revoked' }, ({ key }) => key.revokedAt !== null],
  [{ status: 'active', owner: 'bob' }, ({ key }) => key.owner === 'bob' && keyStatus(key, null, START) === 'active'],
  [{ neverUsed: true }, ({ key }) => key.revokedAt === null],
  [{ order: 'expiry', expiresBy: START + 10_040 }, ({ key }) => key.revokedAt === null && (key.expiresAt ?? Infinity) <= START + 10_040],
];

async function findsAll(storage: Storage): Promise<void> {
  await storeKeys(storage, keysOfEachSet());
  const all = await storage.keys.listKeys({ limit: 100, now: START });
  const sets = [['a'], ['b', 'a'], ['c', 'team:payments', 'a'], TAGS, ['none'], ['a', 'none'], ['A']];
  for (const tags of sets) {
    for (const [query, admits] of FILTERS) {
      const expected = all.filter((detail) => admits(detail) && tags.every((tag) => detail.key.tags.includes(tag)));
      const found = await storage.keys.listKeys({ limit: 100, now: START, ...query, tags });
      const what = JSON.stringify([tags, query]);
      assert.deepEqual(idsOf(found).toSorted(), idsOf(expected).toSorted(), what);
      if (query.order === undefined) assert.deepEqual(idsOf(found), idsOf(expected), what);
      assert.equal(await storage.keys.countKeys({ now: START, ...query, tags }), expected.length, what);
    }
  }
}

async function pages(storage: Storage): Promise<void> {
  const keys = Array.from({ length: 23 }, (_, number) =>
    sampleKey(number, { createdAt: START + Math.floor(number / 5), tags: number % 2 === 0 ? ['even', 'x'] : ['x'] }),
  );
  await storeKeys(storage, keys);
  for (const tags of [['x'], ['even'], ['x', 'even']]) {
    const wanted = keys.filter((key) => tags.every((tag) => key.tags.includes(tag)));
    const expected = wanted.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
    const seen: string[] = [];
    for (let after: KeyQuery['after']; ;) {
      const page = await storage.keys.listKeys({ limit: 4, now: START, tags, after });
      seen.push(...idsOf(page));
      const last = page.at(-1)?.key;
      if (last === undefined) break;
      after = { at: last.createdAt, id: last.id };
    }
    assert.deepEqual(seen, expected);
  }
}

async function narrowsSearches(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tags: ['a'] }), sampleKey(2, { tags: ['b'] }), sampleKey(3, { tags: ['a', 'b'] })]);
  for (const text of ['ke', 'key', 'key ']) {
    const find = async (...tags: readonly string[]) => idsOf(await storage.keys.listKeys({ limit: 9, now: START, search: { text }, tags }));
    assert.deepEqual(await find('a'), ['key_0003', 'key_0001']);
    assert.deepEqual(await find('a', 'b'), ['key_0003']);
  }
  const byId = async (tag: string) => storage.keys.listKeys({ limit: 9, now: START, search: { id: 'key_0001' }, tags: [tag] });
  assert.deepEqual([idsOf(await byId('a')), idsOf(await byId('b'))], [['key_0001'], []]);
}

async function replaces(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tags: ['a', 'b'] }), sampleKey(2, { tags: ['a', 'b'] })]);
  const find = async (tag: string) => idsOf(await storage.keys.listKeys({ limit: 9, now: START, tags: [tag] }));
  for (const tags of [['b', 'c'], ['b', 'c'], [], ['d']]) {
    await storage.keys.change((change) => change.keys.update('key_0001', { tags }));
    assert.deepEqual((await storage.keys.readKey('key_0001'))?.key.tags, tags);
    for (const tag of ['a', 'b', 'c', 'd']) {
      const expected = [...(tag === 'a' || tag === 'b' ? ['key_0002'] : []), ...(tags.includes(tag) ? ['key_0001'] : [])];
      assert.deepEqual(await find(tag), expected, `${tag} of ${tags.join()}`);
    }
  }
  await storage.keys.change((change) => change.keys.update('key_0001', { name: 'other', revokedAt: START }));
  assert.deepEqual(await find('d'), ['key_0001']);
  await storage.keys.change((change) => change.keys.update('key_9999', { tags: ['a'] }));
  assert.deepEqual(await find('a'), ['key_0002']);
}

async function leaves(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tags: ['a'] })]);
  const undone = storage.keys.change(async (change) => {
    await change.keys.update('key_0001', { tags: ['b'] });
    await change.keys.insert(sampleKey(2, { tags: ['b'] }));
    throw new Error('undo');
  });
  await assert.rejects(undone, /undo/);
  const find = async (tag: string) => idsOf(await storage.keys.listKeys({ limit: 9, now: START, tags: [tag] }));
  assert.deepEqual([await find('a'), await find('b')], [['key_0001'], []]);
}

function idsOf(details: readonly KeyDetail[]): readonly string[] {
  return details.map(({ key }) => key.id);
}
