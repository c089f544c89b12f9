import assert from 'node:assert/strict';
import { sealEvent } from '../domain/event-chain.js';
import type { LogEvent } from '../domain/event.js';
import { type KeyRecord, keyStatus } from '../domain/key.js';
import type { KeyQuery } from '../ports/key-store.js';
import type { Storage } from '../ports/storage.js';
import { sampleEvent, sampleKey, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageFilterTests: readonly StorageTest[] = [
  [
    'keys of a filter: those that can still be revoked, disabled or extended, as the rule of status says, also while all of an owner are revoked',
    knowsOpen,
  ],
  ['keys of a filter: their ids are those of the list, in its order and no further than its limit', listsIds],
  ['keys of a filter: of given ids, a change finds those that all filters admit', findsMatching],
  ['the log: entries that are appended together follow one another in the chain, as if each had been appended alone', appendsAll],
  ['keys of a filter: a change writes the same fields to all of them, and to no other', updatesAll],
];

const NOW = START + 1_000;

async function knowsOpen(storage: Storage): Promise<void> {
  const instants = [null, NOW, NOW + 1];
  const kinds = [null, START].flatMap((revokedAt) =>
    [null, START].flatMap((disabledAt) =>
      instants.flatMap((expiresAt) => ['ada', 'gone'].map((owner) => ({ revokedAt, disabledAt, expiresAt, owner }))),
    ),
  );
  await storage.keys.change(async (change) => {
    await change.owners.ensure('gone', START);
    const revocation = { until: START + 10, at: START, by: 'admin', reason: null, event: 1, keys: 9, left: 9 };
    await change.owners.update('gone', { revocation });
  });
  await storeKeys(
    storage,
    kinds.map((fields, number) => sampleKey(number, fields)),
  );
  const all = (await storage.keys.listKeys({ limit: 100, now: NOW })).map(({ key }) => key);
  assert.ok(all.some(({ owner, revokedAt }) => owner === 'gone' && revokedAt === null));
  const open: Readonly<Record<NonNullable<KeyQuery['mayBecome']>, (key: KeyRecord) => boolean>> = {
    revoked: ({ revokedAt }) => revokedAt === null,
    extended: (key) => !['revoked', 'expired'].includes(keyStatus(key, null, NOW)),
    disabled: (key) => !['revoked', 'expired', 'disabled'].includes(keyStatus(key, null, NOW)),
  };
  for (const mayBecome of ['revoked', 'disabled', 'extended'] as const) {
    const expected = all.filter(open[mayBecome]).map(({ id }) => id);
    assert.ok(expected.length > 0);
    assert.deepEqual(await storage.keys.listIds({ limit: 100, now: NOW, mayBecome }), expected, mayBecome);
    const found = await storage.keys.change((change) =>
      change.keys.findMatching(
        all.map(({ id }) => id),
        { now: NOW, mayBecome },
      ),
    );
    assert.deepEqual(found.map(({ id }) => id).toSorted(), expected.toSorted(), mayBecome);
  }
}

async function listsIds(storage: Storage): Promise<void> {
  await storeKeys(
    storage,
    Array.from({ length: 9 }, (_, number) =>
      sampleKey(number, { tags: number % 2 === 0 ? ['a', 'b'] : ['b'], metadata: { even: number % 2 === 0 } }),
    ),
  );
  const ids = async (query: Partial<KeyQuery>) => storage.keys.listIds({ limit: 100, now: NOW, ...query });
  assert.deepEqual(await ids({ tags: ['a'] }), ['key_0008', 'key_0006', 'key_0004', 'key_0002', 'key_0000']);
  assert.deepEqual(await ids({ tags: ['a', 'b'], limit: 2 }), ['key_0008', 'key_0006']);
  assert.deepEqual(await ids({ metadata: { even: 'false' }, owner: 'owner-1', limit: 1 }), ['key_0007']);
  assert.deepEqual(await ids({ within: { owners: [] } }), []);
}

async function findsMatching(storage: Storage): Promise<void> {
  const keys = [
    sampleKey(1, { tags: ['a'], metadata: { team: 'x' } }),
    sampleKey(2, { tags: ['a', 'b'] }),
    sampleKey(3, { owner: 'bob', tags: ['a'] }),
    sampleKey(4),
  ];
  await storeKeys(storage, keys);
  const find = (...[ids, filters]: readonly [number[], object]) =>
    storage.keys.change(async (change) => {
      const found = await change.keys.findMatching(
        ids.map((number) => sampleKey(number).id),
        { now: NOW, ...filters },
      );
      return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    });
  assert.deepEqual(await find([1, 2, 4, 99], {}), [keys[0], keys[1], keys[3]]);
  assert.deepEqual(await find([1, 2, 3, 4], { tags: ['a'] }), [keys[0], keys[1], keys[2]]);
  assert.deepEqual(await find([1, 2, 3, 4], { tags: ['a', 'b'] }), [keys[1]]);
  assert.deepEqual(await find([1, 2, 3, 4], { tags: ['a'], owner: 'bob' }), [keys[2]]);
  assert.deepEqual(await find([1, 2, 3, 4], { metadata: { team: 'x' } }), [keys[0]]);
  assert.deepEqual(await find([2, 3], { within: { owners: ['bob'] } }), [keys[2]]);
}

async function appendsAll(storage: Storage): Promise<void> {
  const drafts = Array.from({ length: 120 }, (_, number) =>
    sampleEvent(number, number === 60 ? { action: 'owner.keys_revoked', after: { keys: ['key_0001', 'key_0002'] } } : {}),
  );
  await storage.keys.change(async (change) => {
    await change.append(sampleEvent(500));
    assert.deepEqual(await change.appendAll([]), []);
    const events = await change.appendAll(drafts);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      drafts.map((_, index) => index + 2),
    );
    await change.append(sampleEvent(501));
  });
  const read = await storage.events.readEvents({ limit: 200 });
  assert.deepEqual(
    read.map(({ at }) => at),
    [START + 500, ...drafts.map(({ at }) => at), START + 501],
  );
  let head: LogEvent | null = null;
  for (const event of read) {
    const { seq: _seq, previousHash: _previous, hash: _hash, ...draft } = event;
    assert.deepEqual(event, sealEvent(draft, head));
    head = event;
  }
  const named = await storage.events.readEvents({ limit: 200, targetId: 'key_0002', action: 'owner.keys_revoked' });
  assert.deepEqual(
    named.map(({ seq }) => seq),
    [62],
  );
}

async function updatesAll(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1), sampleKey(2), sampleKey(3)]);
  const fields = { revokedAt: START, revokedBy: 'admin', revokedReason: 'old' };
  await storage.keys.change((change) => change.keys.updateAll(['key_0001', 'key_0003', 'key_0099'], fields));
  for (const [number, expected] of [
    [1, { ...sampleKey(1), ...fields, version: 2 }],
    [2, sampleKey(2)],
    [3, { ...sampleKey(3), ...fields, version: 2 }],
  ] as const) {
    assert.deepEqual((await storage.keys.readKey(sampleKey(number).id))?.key, expected);
  }
}
