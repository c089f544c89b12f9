import { HOUR_MS } from '../domain/time.js';
import assert from 'node:assert/strict';
import type { Storage } from '../ports/storage.js';
import { sampleEvent, sampleIdempotency, sampleKey, sampleSecret, sampleTier, START, storeKeys } from './storage-records.js';
import type { OpenedStorage, StorageTest } from './storage-suite-options.js';

export const storageDurabilityTests: readonly StorageTest[] = [
  ['everything that was answered is there when the store is opened again', findsEverything],
  ['the log goes on where it ended', continuesLog],
  ['a store that was opened again has lost none of its guards', keepsGuards],
];

async function findsEverything(storage: Storage, opened: OpenedStorage): Promise<void> {
  await storeKeys(storage, [sampleKey(1, { tier: 'pro' }), sampleKey(2)]);
  await storage.keys.change(async (change) => {
    await change.owners.ensure('owner-1', START);
    await change.tiers.put(sampleTier('pro'));
    await change.credits.put('key_0001', { remaining: 9, refill: null, nextRefillAt: null });
    await change.idempotency.insert(sampleIdempotency(1));
    await change.peppers.insert({ id: 'p', check: 'c' });
    await change.append(sampleEvent(1));
  });
  await storage.credits.spend('key_0001', 4, START);
  await storage.counters.saveCounters([{ subject: 'key:1', name: 'requests', state: '7', expiresAt: START }]);
  await storage.usage.recordUsage({
    counts: [{ keyId: 'key_0001', hour: START, code: 'valid', count: 3 }],
    lastUses: [{ keyId: 'key_0001', secretId: 'secret_0001', at: START, address: null, userAgent: null, uses: 1 }],
  });
  const before = await everything(storage);
  assert.deepEqual(await everything(await reopen(opened)), before);
}

async function continuesLog(storage: Storage, opened: OpenedStorage): Promise<void> {
  const first = await storage.keys.change((change) => change.append(sampleEvent(1)));
  const again = await reopen(opened);
  assert.deepEqual(await again.events.readHead(), { seq: 1, hash: first.hash });
  const second = await again.keys.change((change) => change.append(sampleEvent(2)));
  assert.deepEqual([second.seq, second.previousHash], [2, first.hash]);
}

async function keepsGuards(storage: Storage, opened: OpenedStorage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)]);
  const again = await reopen(opened);
  await again.check();
  await assert.rejects(again.keys.change((change) => change.keys.insert(sampleKey(1))));
  await assert.rejects(again.keys.change((change) => change.secrets.insert(sampleSecret(1, { id: 'secret_9' }))));
  assert.equal((await again.keys.listKeys({ limit: 5, now: START })).length, 1);
}

async function reopen(opened: OpenedStorage): Promise<Storage> {
  assert.ok(opened.reopen, 'This store cannot be opened again: name the test in `skips`, with the reason.');
  return opened.reopen();
}

async function everything(storage: Storage): Promise<unknown> {
  return {
    keys: JSON.stringify(await storage.keys.listKeys({ limit: 100, now: START })),
    owners: await storage.catalog.listOwners({ limit: 100, now: START }),
    tiers: await storage.catalog.listTiers(),
    events: await storage.events.readEvents({ limit: 100 }),
    credits: await storage.credits.peekCredits('key_0001', 0, START),
    counters: await storage.counters.loadCounters(['key:1']),
    usage: await storage.usage.readUsage({ from: START, until: START + HOUR_MS, by: 'hour' }),
    idempotency: await storage.keys.change((change) => change.idempotency.find('request-1', START)),
    peppers: await storage.keys.change((change) => change.peppers.list(START)),
  };
}
