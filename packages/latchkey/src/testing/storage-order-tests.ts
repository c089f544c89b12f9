/** The orders in which keys are listed, page by page. */
import assert from 'node:assert/strict';
import { DAY_MS } from '../domain/time.js';
import type { KeyDetail } from '../domain/key.js';
import { NEVER_EXPIRES, type KeyOrder, type KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { recordUse, sampleKey, sampleSecret, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageOrderTests: readonly StorageTest[] = [
  ['key order: by creation and by name, whatever its case, both ways; ties go by id', ordersKeys],
  ['key order: by expiry, both ways; a key that never expires counts as the latest', ordersByExpiry],
  ['key order: by last use and by uses, both ways, of revoked keys too', ordersByUse],
  ['key uses: are noted for the order at the first use, after a day, and once they have doubled', notesUses],
  ['key order: pages go on after a place and an id, whatever becomes of the key that stood there', goesOnAfterPlaces],
];

async function ordersKeys(storage: Storage): Promise<void> {
  const names = ['beta', 'Alpha', 'ALPHA', '10', '9', 'Überall', 'zeta', 'alpha 2'];
  await storeKeys(
    storage,
    names.map((name, index) => sampleKey(index + 1, { name, environment: index % 2 === 0 ? 'live' : 'test' })),
  );
  const first = [4, 5, 2, 3, 8, 1, 7, 6];
  assert.deepEqual(await numbersOf(storage, { order: 'first_name' }), first);
  assert.deepEqual(await numbersOf(storage, { order: 'last_name' }), first.toReversed());
  assert.deepEqual(await numbersOf(storage, { order: 'oldest' }), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(await numbersOf(storage, { order: 'first_name', environment: 'test' }), [4, 2, 8, 6]);
  assert.deepEqual(await numbersOf(storage, { order: 'last_name', search: { text: 'pha' } }), [8, 3, 2]);
  assert.deepEqual(await numbersOf(storage, { order: 'first_name', search: { text: 'a' } }), [2, 3, 8, 1, 7, 6]);
  assert.deepEqual(await numbersOf(storage, { order: 'oldest', search: { text: 'ta' } }), [1, 7]);
}

async function ordersByExpiry(storage: Storage): Promise<void> {
  const expiries = [START + 30, null, START + 10, START + 30, null, START - 5];
  await storeKeys(
    storage,
    expiries.map((expiresAt, index) => sampleKey(index + 1, { expiresAt, environment: index % 2 === 0 ? 'live' : 'test' })),
  );
  const soonest = [6, 3, 1, 4, 2, 5];
  assert.deepEqual(await numbersOf(storage, { order: 'soonest_expiry' }), soonest);
  assert.deepEqual(await numbersOf(storage, { order: 'latest_expiry' }), soonest.toReversed());
  assert.deepEqual(await numbersOf(storage, { order: 'soonest_expiry', environment: 'live' }), [3, 1, 5]);
  assert.deepEqual(await numbersOf(storage, { order: 'latest_expiry', search: { text: 'ey' } }), soonest.toReversed());
  await storage.keys.change((change) => change.keys.update('key_0002', { expiresAt: START + 20 }));
  assert.deepEqual(await numbersOf(storage, { order: 'soonest_expiry' }), [6, 3, 2, 1, 4, 5]);
}

async function ordersByUse(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    [1, 2, 3, 4, 5].map((number) => sampleKey(number, { revokedAt: number === 3 ? START : null })),
  );
  await recordUse(storage, sampleSecret(2), { at: START + 3 * DAY_MS, uses: 5 });
  await recordUse(storage, sampleSecret(3), { at: START + 2 * DAY_MS, uses: 9 });
  await recordUse(storage, sampleSecret(4), { at: START + DAY_MS, uses: 5 });
  assert.deepEqual(await numbersOf(storage, { order: 'least_idle' }), [2, 3, 4, 5, 1]);
  assert.deepEqual(await numbersOf(storage, { order: 'longest_idle' }), [1, 5, 4, 3, 2]);
  assert.deepEqual(await numbersOf(storage, { order: 'most_used' }), [3, 4, 2, 5, 1]);
  assert.deepEqual(await numbersOf(storage, { order: 'least_used' }), [1, 5, 2, 4, 3]);
}

async function notesUses(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const seen: unknown[] = [];
  for (const [at, uses] of [
    [0, 4],
    [1, 3],
    [2, 1],
    [DAY_MS, 1],
    [DAY_MS + 2, 1],
  ] as const) {
    await recordUse(storage, sampleSecret(1), { at: START + at, uses });
    const detail = await storage.keys.readKey('key_0001');
    seen.push([detail?.uses, detail?.usesNoted]);
  }
  assert.deepEqual(seen, [
    [4, 4],
    [7, 4],
    [8, 8],
    [9, 8],
    [10, 10],
  ]);
}

/** What each order goes by. */
const PLACES: Readonly<Record<KeyOrder, (detail: KeyDetail) => number | string>> = {
  newest: ({ key }) => key.createdAt,
  oldest: ({ key }) => key.createdAt,
  first_name: ({ key }) => key.name,
  last_name: ({ key }) => key.name,
  expiry: ({ key }) => key.expiresAt ?? NEVER_EXPIRES,
  soonest_expiry: ({ key }) => key.expiresAt ?? NEVER_EXPIRES,
  latest_expiry: ({ key }) => key.expiresAt ?? NEVER_EXPIRES,
  longest_idle: ({ idleSince }) => idleSince,
  least_idle: ({ idleSince }) => idleSince,
  most_used: ({ usesNoted }) => usesNoted,
  least_used: ({ usesNoted }) => usesNoted,
};

async function goesOnAfterPlaces(storage: Storage): Promise<void> {
  const numbers = Array.from({ length: 9 }, (_, index) => index + 1);
  await storeKeys(
    storage,
    numbers.map((number) =>
      sampleKey(number, { name: `Name ${number % 3}`, expiresAt: number % 3 === 0 ? null : START + 50 + (number % 3) }),
    ),
  );
  for (const number of numbers.slice(3))
    await recordUse(storage, sampleSecret(number), { at: START + (number % 3) * DAY_MS, uses: number % 3 });
  for (const order of Object.keys(PLACES) as KeyOrder[]) {
    const filter = order === 'expiry' ? { expiresBy: START + 90 } : {};
    const whole = await numbersOf(storage, { ...filter, order });
    const seen: number[] = [];
    for (let after: KeyQuery['after']; seen.length <= numbers.length;) {
      const page = await storage.keys.listKeys({ ...filter, limit: 2, now: START, order, after });
      const last = page.at(-1);
      if (last === undefined) break;
      seen.push(...page.map(({ key }) => Number(key.id.slice('key_'.length))));
      after = { at: PLACES[order](last), id: last.key.id };
      const { name, expiresAt } = last.key;
      await storage.keys.change((change) => change.keys.update(last.key.id, { name: `zz ${name}`, expiresAt: START + 1_000 }));
      await storage.keys.change((change) => change.keys.update(last.key.id, { name, expiresAt }));
    }
    assert.deepEqual(seen, whole, order);
    assert.equal(seen.length, order === 'expiry' ? 6 : numbers.length, order);
  }
}

async function numbersOf(storage: Storage, query: Partial<KeyQuery>): Promise<readonly number[]> {
  const details = await storage.keys.listKeys({ limit: 100, now: START, ...query });
  return details.map((detail) => Number(detail.key.id.slice('key_'.length)));
}
