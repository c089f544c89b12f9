import { HOUR_MS } from '../domain/time.js';
import assert from 'node:assert/strict';
import type { Storage } from '../ports/storage.js';
import { sampleEvent, sampleIdempotency, sampleKey, sampleSecret, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

/** Instants that no machine's clock shows: a store that asked one would be found out. */
const PAST = 1_000;
const FUTURE = 32_503_680_000_000;

export const storageTimeTests: readonly StorageTest[] = [
  ['what is live, expired or scheduled is judged by the time that is given', judgesByArgument],
  ['a key expires at the instant, not after it', expiresAtInstant],
  ['counters are dropped at the instant at which they expire', dropsCounters],
  ['idempotency records lose their token, and then go, at the instants they name', prunesIdempotency],
  ['many records that expired go in several steps, and no other goes with them', prunesInSteps],
  ['a refill counts from the instant at which it is due, and is made once', refillsOnce],
  ['a refill survives a spending that is refused', keepsRefillOfRefusal],
  ['a last use never moves to an earlier time', keepsLatestUse],
  ['last uses: each secret of a key keeps its own, in one batch, on one day and the next', keepsUseOfEachSecret],
  ['usage is read from an instant, inclusive, until another, exclusive', boundsUsage],
  ['times of log entries are those that were given, in any order', keepsEventTimes],
];

async function judgesByArgument(storage: Storage): Promise<void> {
  await storage.keys.change((change) => change.owners.ensure('owner-1', START));
  await storeKeys(storage, [sampleKey(1, { expiresAt: START }), sampleKey(2, { notBefore: START })]);
  for (const [now, statuses, live] of [
    [PAST, ['active', 'scheduled'], 2],
    [FUTURE, ['expired', 'active'], 1],
  ] as const) {
    for (const [index, status] of statuses.entries()) {
      const found = await storage.keys.listKeys({ limit: 10, now, status });
      assert.deepEqual(
        found.map((detail) => detail.key.id),
        [sampleKey(index + 1).id],
      );
    }
    assert.equal(await storage.keys.change((change) => change.keys.countLive('owner-1', now)), live);
    assert.deepEqual((await storage.catalog.readOwner('owner-1', now))?.keys, { total: 2, live });
    assert.deepEqual((await storage.catalog.listOwners({ limit: 1, now }))[0]?.keys, { total: 2, live });
  }
}

async function expiresAtInstant(storage: Storage): Promise<void> {
  await storage.keys.change((change) => change.owners.ensure('owner-1', START));
  await storeKeys(storage, [sampleKey(1, { expiresAt: START })]);
  for (const [now, live] of [
    [START - 1, 1],
    [START, 0],
  ] as const) {
    assert.equal(await storage.keys.change((change) => change.keys.countLive('owner-1', now)), live);
    assert.equal((await storage.catalog.readOwner('owner-1', now))?.keys.live, live);
    assert.equal((await storage.keys.listKeys({ limit: 1, now, status: 'active' })).length, live);
    assert.equal((await storage.keys.listKeys({ limit: 1, now, status: 'expired' })).length, 1 - live);
  }
}

async function dropsCounters(storage: Storage): Promise<void> {
  const row = { subject: 'key:1', state: '', expiresAt: START };
  await storage.counters.saveCounters([
    { ...row, name: 'a' },
    { ...row, name: 'b', expiresAt: START + 1 },
  ]);
  await storage.counters.pruneCounters(START - 1);
  assert.equal((await storage.counters.loadCounters(['key:1'])).length, 2);
  await storage.counters.pruneCounters(START);
  assert.deepEqual(
    (await storage.counters.loadCounters(['key:1'])).map((counter) => counter.name),
    ['b'],
  );
}

async function prunesIdempotency(storage: Storage): Promise<void> {
  await storage.keys.change((change) => change.idempotency.insert(sampleIdempotency(1, { sealedUntil: START, expiresAt: START + 10 })));
  await storage.keys.change((change) => change.idempotency.insert(sampleIdempotency(2, { sealedUntil: START, expiresAt: START + 10 })));
  const find = (id: string, now: number): Promise<unknown> =>
    storage.keys.change(async (change) => {
      const record = await change.idempotency.find(id, now);
      return record === null ? 'gone' : record.sealedToken === null ? 'wiped' : 'sealed';
    });
  const prune = (now: number): Promise<boolean> => storage.keys.change((change) => change.idempotency.prune(now));
  // Whether what expired was pruned yet or not.
  for (const [now, expected] of [
    [START - 1, 'sealed'],
    [START, 'wiped'],
    [START + 9, 'wiped'],
    [START + 10, 'gone'],
  ] as const) {
    assert.equal(await find('request-1', now), expected);
    assert.equal(await prune(now), false);
    assert.equal(await find('request-2', now), expected);
  }
  // Seen from before, what was pruned is gone all the same.
  assert.deepEqual([await find('request-1', PAST), await find('request-2', PAST)], ['gone', 'gone']);
  await storage.keys.change((change) => change.idempotency.insert(sampleIdempotency(1)));
}

async function prunesInSteps(storage: Storage): Promise<void> {
  await storage.keys.change(async (change) => {
    for (let number = 0; number < 2_500; number++) await change.idempotency.insert(sampleIdempotency(number, { expiresAt: START }));
    await change.idempotency.insert(sampleIdempotency(9_999, { expiresAt: START + 1 }));
  });
  const left = (numbers: readonly number[]): Promise<number> =>
    storage.keys.change(async (change) => {
      let found = 0;
      for (const number of numbers) if ((await change.idempotency.find(`request-${number}`, PAST)) !== null) found += 1;
      return found;
    });
  const sample = Array.from({ length: 50 }, (_, index) => index * 50);
  const prune = (): Promise<boolean> => storage.keys.change((change) => change.idempotency.prune(START));
  assert.equal(await prune(), true);
  assert.ok((await left(sample)) > 0);
  while (await prune());
  assert.deepEqual([await left(sample), await left([9_999])], [0, 1]);
}

async function refillsOnce(storage: Storage): Promise<void> {
  const refill = { amount: 5, mode: 'set', every: 'interval', intervalMs: HOUR_MS } as const;
  await storeKeys(storage, [sampleKey(1)]);
  await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 1, refill, nextRefillAt: START }));
  assert.equal((await storage.credits.spend('key_0001', 2, START - 1))?.spent, false);
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => storage.credits.spend('key_0001', 1, START)));
  assert.equal(outcomes.filter((outcome) => outcome?.spent).length, 5);
  assert.ok(outcomes.every((outcome) => outcome?.nextRefillAt === START + HOUR_MS));
  // Also where what was left would have sufficed.
  await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 3, refill, nextRefillAt: START }));
  assert.deepEqual(await storage.credits.spend('key_0001', 1, START), { spent: true, remaining: 4, nextRefillAt: START + HOUR_MS });
}

async function keepsRefillOfRefusal(storage: Storage): Promise<void> {
  const refill = { amount: 5, mode: 'add', every: 'interval', intervalMs: HOUR_MS } as const;
  await storeKeys(storage, [sampleKey(1)]);
  await storage.keys.change((change) => change.credits.put('key_0001', { remaining: 1, refill, nextRefillAt: START }));
  const refused = { spent: false, remaining: 11, nextRefillAt: START + 2 * HOUR_MS };
  assert.deepEqual(await storage.credits.peekCredits('key_0001', 99, START + HOUR_MS), refused);
  assert.deepEqual(await storage.credits.spend('key_0001', 99, START + HOUR_MS), refused);
  assert.deepEqual(await storage.credits.spend('key_0001', 11, START + HOUR_MS), { ...refused, spent: true, remaining: 0 });
}

async function keepsLatestUse(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)], [sampleSecret(1), sampleSecret(2, { keyId: 'key_0001' })]);
  const use = (at: number, secretId: string, address: string): Promise<void> =>
    storage.usage.recordUsage({ counts: [], lastUses: [{ keyId: 'key_0001', secretId, at, address, userAgent: null, uses: 1 }] });
  await use(START + 5, 'secret_0001', 'first');
  await use(START + 3, 'secret_0002', 'late to arrive');
  await use(START + 4, 'secret_0001', 'late to arrive');
  const detail = await storage.keys.readKey('key_0001');
  assert.deepEqual(detail?.lastUse, { at: START + 5, address: 'first', userAgent: null });
  assert.deepEqual(
    detail?.secrets.map((secret) => secret.lastUsedAt),
    [START + 3, START + 5],
  );
}

async function keepsUseOfEachSecret(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1)], [sampleSecret(1), sampleSecret(2, { keyId: 'key_0001' })]);
  const use = (number: number, at: number) => ({
    keyId: 'key_0001',
    secretId: sampleSecret(number).id,
    at: START + at,
    address: `by ${number}`,
    userAgent: null,
    uses: 2,
  });
  const seen = async () => {
    const detail = await storage.keys.readKey('key_0001');
    const uses = detail?.secrets.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ lastUsedAt }) => lastUsedAt && lastUsedAt - START);
    return [detail?.lastUse?.address, ...(uses ?? [])];
  };
  const day = 24 * HOUR_MS;
  let written = 0;
  for (const [lastUses, expected] of [
    [[use(1, 0)], ['by 1', 0, null]],
    [[use(2, 5)], ['by 2', 0, 5]],
    [
      [use(1, 7), use(2, 8)],
      ['by 2', 7, 8],
    ],
    [
      [use(2, 9), use(1, 10)],
      ['by 1', 10, 9],
    ],
    [[use(1, day)], ['by 1', day, 9]],
    [[use(2, 20)], ['by 1', day, 20]],
    [[use(2, day + 1)], ['by 2', day, day + 1]],
  ] as const) {
    await storage.usage.recordUsage({ counts: [], lastUses });
    assert.deepEqual(await seen(), expected);
    written += 2 * lastUses.length;
    assert.equal((await storage.keys.readKey('key_0001'))?.uses, written);
  }
}

async function boundsUsage(storage: Storage): Promise<void> {
  const hours = [START - HOUR_MS, START, START + HOUR_MS];
  await storage.usage.recordUsage({ counts: hours.map((hour) => ({ keyId: null, hour, code: 'valid', count: 1 })), lastUses: [] });
  const read = async (from: number, until: number, by: 'hour' | 'day'): Promise<unknown> =>
    (await storage.usage.readUsage({ from, until, by })).map((point) => [point.start - START, point.count]);
  assert.deepEqual(await read(START, START + HOUR_MS, 'hour'), [[0, 1]]);
  assert.deepEqual(await read(START - HOUR_MS, START + 1, 'hour'), [
    [-HOUR_MS, 1],
    [0, 1],
  ]);
  assert.deepEqual(await read(START - HOUR_MS, START + 2 * HOUR_MS, 'day'), [
    [-24 * HOUR_MS, 1],
    [0, 2],
  ]);
}

async function keepsEventTimes(storage: Storage): Promise<void> {
  for (const at of [START, PAST, FUTURE]) await storage.keys.change((change) => change.append(sampleEvent(1, { at })));
  const events = await storage.events.readEvents({ limit: 5 });
  assert.deepEqual(
    events.map((event) => event.at),
    [START, PAST, FUTURE],
  );
}
