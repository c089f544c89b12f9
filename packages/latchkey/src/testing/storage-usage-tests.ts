/** Usage through its life: counted by the hour, summed up by the day, and dropped. */
import { HOUR_MS, DAY_MS } from '../domain/time.js';
import assert from 'node:assert/strict';
import type { Storage } from '../ports/storage.js';
import type { UsageCount, UsageRetention } from '../ports/usage-store.js';
import { sampleKey, sampleTier, START, storeKeys } from './storage-records.js';
import type { StorageTest } from './storage-suite-options.js';

export const storageUsageTests: readonly StorageTest[] = [
  ['usage: figures by day are the same before, while and after days are summed up', sumsUpDays],
  ['usage: a count of a day that is summed up already, or in part, is in its day once', addsLateCounts],
  ['usage: steps that run at once, beside counts that come late, lose and repeat nothing', sumsUpAtOnce],
  ['usage: hours are dropped once their day is summed up, and their days stay', dropsHours],
  ['usage: days are dropped before the instant that is given, and no others', dropsDays],
  ['usage: a clock that was far ahead costs the figures before, and not those that come after', outlivesFutureClock],
  ['usage of an owner: the sum over its keys, by hour and by day', sumsOwners],
  ['usage of a tier: the sum over the keys that were in it when they were used, by hour and by day', sumsTiers],
  ['busiest keys: days and hours together give what hours alone gave', findsBusiestOfDays],
];

const NOTHING_DROPPED = { hoursFrom: 0, daysFrom: 0 };
/** More than one step takes, in one hour of one day. */
const MANY = 450;

async function sumsUpDays(storage: Storage): Promise<void> {
  const counts = await countThreeDays(storage);
  const before = await readDays(storage);
  assert.equal(
    before[0]?.count,
    counts.filter(({ hour }) => hour < START + DAY_MS).reduce((sum, { count }) => sum + count, 0),
  );
  let steps = 0;
  while (await storage.usage.keepUp({ rollBefore: START + 2 * DAY_MS, ...NOTHING_DROPPED })) {
    steps += 1;
    assert.deepEqual(await readDays(storage), before);
  }
  assert.ok(steps > 6, `${steps} steps`);
  // The hours of a day that is summed up are still there.
  const first = await storage.usage.readUsage({ from: START, until: START + HOUR_MS, by: 'hour' });
  assert.equal(first[0]?.count, MANY);
}

async function addsLateCounts(storage: Storage): Promise<void> {
  await countThreeDays(storage);
  const late = [idOf(1), idOf(200), idOf(MANY - 1), 'key_none'].map((keyId): UsageCount => ({
    keyId,
    hour: START + HOUR_MS,
    code: 'valid',
    count: 1,
  }));
  const before = await readDays(storage);
  const [first = 0, ...others] = before.map(({ count }) => count);
  let rounds = 0;
  do {
    await storage.usage.recordUsage({ counts: late, lastUses: [] });
    rounds += 1;
    assert.deepEqual(
      (await readDays(storage)).map(({ count }) => count),
      [first + rounds * late.length, ...others],
    );
  } while (await storage.usage.keepUp({ rollBefore: START + 2 * DAY_MS, ...NOTHING_DROPPED }));
  const ofKey = async (by: 'hour' | 'day') => {
    const points = await storage.usage.readUsage({ keyId: idOf(200), from: START, until: START + DAY_MS, by });
    return points.reduce((sum, { count }) => sum + count, 0);
  };
  assert.deepEqual([await ofKey('day'), await ofKey('hour')], [1 + rounds, 1 + rounds]);
}

async function sumsUpAtOnce(storage: Storage): Promise<void> {
  const counts = await countThreeDays(storage);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const retention = { rollBefore: START + 3 * DAY_MS, hoursFrom: START + DAY_MS, daysFrom: 0 };
  const rounds = 20;
  await Promise.all([
    keepUpAll(storage, retention),
    keepUpAll(storage, retention),
    ...Array.from({ length: rounds }, (_, round) =>
      storage.usage.recordUsage({
        counts: [0, 1, 2].map((day) => ({ keyId: idOf(round), hour: START + day * DAY_MS, code: 'valid', count: 1 })),
        lastUses: [],
      }),
    ),
  ]);
  await keepUpAll(storage, retention);
  const days = await readDays(storage);
  assert.equal(
    days.reduce((sum, { count }) => sum + count, 0),
    total + 3 * rounds,
  );
}

async function dropsHours(storage: Storage): Promise<void> {
  await countThreeDays(storage);
  const before = await readDays(storage);
  // Hours that are not summed up yet stay, whatever is asked.
  await keepUpAll(storage, { rollBefore: START, hoursFrom: START + 2 * DAY_MS, daysFrom: 0 });
  assert.deepEqual(await storage.usage.readKept(), { hoursFrom: 0, daysFrom: 0 });
  assert.deepEqual(await readDays(storage), before);
  await keepUpAll(storage, { rollBefore: START + 3 * DAY_MS, hoursFrom: START + DAY_MS, daysFrom: 0 });
  assert.deepEqual(await storage.usage.readKept(), { hoursFrom: START + DAY_MS, daysFrom: 0 });
  const hours = await storage.usage.readUsage({ from: START, until: START + 3 * DAY_MS, by: 'hour' });
  assert.deepEqual([...new Set(hours.map(({ start }) => start >= START + DAY_MS))], [true]);
  assert.deepEqual(await readDays(storage), before);
  // A clock that is set back brings nothing back, and late counts of dropped hours are in their days.
  await storage.usage.recordUsage({ counts: [{ keyId: idOf(1), hour: START, code: 'valid', count: 7 }], lastUses: [] });
  await keepUpAll(storage, { rollBefore: START, hoursFrom: START, daysFrom: 0 });
  assert.deepEqual(await storage.usage.readKept(), { hoursFrom: START + DAY_MS, daysFrom: 0 });
  assert.equal((await readDays(storage))[0]?.count, (before[0]?.count ?? 0) + 7);
  assert.deepEqual(await storage.usage.readUsage({ from: START, until: START + DAY_MS, by: 'hour' }), []);
}

async function dropsDays(storage: Storage): Promise<void> {
  await countThreeDays(storage);
  const before = await readDays(storage);
  const retention = { rollBefore: START + 3 * DAY_MS, hoursFrom: START + 2 * DAY_MS, daysFrom: START + DAY_MS };
  await keepUpAll(storage, retention);
  assert.deepEqual(await storage.usage.readKept(), { hoursFrom: START + 2 * DAY_MS, daysFrom: START + DAY_MS });
  assert.deepEqual(await readDays(storage), before.slice(1));
  assert.equal(await storage.usage.keepUp(retention), false);
}

async function outlivesFutureClock(storage: Storage): Promise<void> {
  await countThreeDays(storage);
  const ahead = START + 900 * DAY_MS;
  await keepUpAll(storage, { rollBefore: ahead, hoursFrom: ahead - 14 * DAY_MS, daysFrom: ahead - 400 * DAY_MS });
  await keepUpAll(storage, { rollBefore: START + 3 * DAY_MS, ...NOTHING_DROPPED });
  const tomorrow = START + 4 * DAY_MS;
  assert.deepEqual(await storage.usage.readKept(), { hoursFrom: tomorrow, daysFrom: tomorrow });
  await storage.usage.recordUsage({ counts: [{ keyId: idOf(1), hour: tomorrow, code: 'valid', count: 3 }], lastUses: [] });
  await keepUpAll(storage, { rollBefore: tomorrow + DAY_MS, ...NOTHING_DROPPED });
  for (const by of ['hour', 'day'] as const) {
    const points = await storage.usage.readUsage({ keyId: idOf(1), from: tomorrow, until: tomorrow + DAY_MS, by });
    assert.deepEqual(points, [{ start: tomorrow, code: 'valid', count: 3 }]);
  }
}

async function sumsOwners(storage: Storage): Promise<void> {
  await storeKeys(storage, [sampleKey(1), sampleKey(2), sampleKey(3, { owner: 'owner-2' })]);
  const counts = [1, 2, 3, 9].flatMap((number) => [
    { keyId: idOf(number), hour: START, code: 'valid', count: number } as const,
    { keyId: idOf(number), hour: START + DAY_MS, code: 'expired', count: 10 * number } as const,
  ]);
  await storage.usage.recordUsage({ counts: [...counts, { keyId: null, hour: START, code: 'missing', count: 100 }], lastUses: [] });
  const read = async (owner: string | undefined, by: 'hour' | 'day') => {
    const points = await storage.usage.readUsage({ owner, from: START, until: START + 2 * DAY_MS, by });
    return points.map(({ start, code, count }) => `${(start - START) / HOUR_MS} ${code} ${count}`);
  };
  for (const rolled of [false, true]) {
    if (rolled) await keepUpAll(storage, { rollBefore: START + 2 * DAY_MS, ...NOTHING_DROPPED });
    for (const by of ['hour', 'day'] as const) {
      assert.deepEqual(await read('owner-1', by), ['0 valid 3', '24 expired 30']);
      assert.deepEqual(await read('owner-2', by), ['0 valid 3', '24 expired 30']);
      assert.deepEqual(await read('owner-3', by), []);
      assert.deepEqual(await read(undefined, by), ['0 missing 100', '0 valid 15', '24 expired 150']);
    }
  }
}

async function sumsTiers(storage: Storage): Promise<void> {
  await storage.keys.change(async (change) => {
    for (const name of ['free', 'pro']) await change.tiers.put(sampleTier(name));
  });
  await storeKeys(storage, [sampleKey(1, { tier: 'free' }), sampleKey(2, { tier: 'free' }), sampleKey(3, { tier: 'pro' }), sampleKey(4)]);
  const use = async (hour: number) =>
    storage.usage.recordUsage({
      counts: [1, 2, 3, 4, 9].map((number) => ({ keyId: idOf(number), hour, code: 'valid', count: 10 ** number }) as const),
      lastUses: [],
    });
  await use(START);
  await storage.keys.change((change) => change.keys.update(idOf(2), { tier: 'pro' }));
  await use(START + DAY_MS);
  const read = async (tier: string, by: 'hour' | 'day') => {
    const points = await storage.usage.readUsage({ tier, from: START, until: START + 2 * DAY_MS, by });
    return points.map(({ start, code, count }) => `${(start - START) / HOUR_MS} ${code} ${count}`);
  };
  for (const rolled of [false, true]) {
    if (rolled) await keepUpAll(storage, { rollBefore: START + 2 * DAY_MS, ...NOTHING_DROPPED });
    for (const by of ['hour', 'day'] as const) {
      assert.deepEqual(await read('free', by), ['0 valid 110', '24 valid 10']);
      assert.deepEqual(await read('pro', by), ['0 valid 1000', '24 valid 1100']);
      assert.deepEqual(await read('gone', by), []);
    }
  }
}

async function findsBusiestOfDays(storage: Storage): Promise<void> {
  await countThreeDays(storage);
  const spans = [
    { from: START, until: START + 3 * DAY_MS },
    { from: START + HOUR_MS, until: START + 2 * DAY_MS + 1 },
    { from: START + DAY_MS, until: START + DAY_MS + 5 * HOUR_MS },
  ];
  const read = async () => Promise.all(spans.map(async (span) => storage.usage.readBusiest(span, 5)));
  const before = await read();
  assert.deepEqual(
    before.map(({ keys }) => keys.length),
    [5, 5, 5],
  );
  await keepUpAll(storage, { rollBefore: START + 2 * DAY_MS, ...NOTHING_DROPPED });
  assert.deepEqual(await read(), before);
}

/** One call of each of many keys in one hour of the first day; and some in other hours, of three days. */
async function countThreeDays(storage: Storage): Promise<readonly UsageCount[]> {
  await storeKeys(
    storage,
    [0, 1, 2, 3].map((number) => sampleKey(number, { owner: `owner-${number % 2}` })),
  );
  const ofMany = Array.from({ length: MANY }, (_, number): UsageCount => ({ keyId: idOf(number), hour: START, code: 'valid', count: 1 }));
  const ofSome = [0, 1, 2].flatMap((day) =>
    [1, 2, 5, 23].flatMap((hour) =>
      [1, 2, 3, 4, 5].map((number): UsageCount => ({
        keyId: idOf(number),
        hour: START + day * DAY_MS + hour * HOUR_MS,
        code: hour === 5 ? 'rate_limited' : 'valid',
        count: 10 * number + hour + day,
      })),
    ),
  );
  const counts: readonly UsageCount[] = [...ofMany, ...ofSome, { keyId: null, hour: START + 23 * HOUR_MS, code: 'missing', count: 9 }];
  // The figures of one key and hour come in several batches.
  await storage.usage.recordUsage({ counts: counts.slice(0, MANY), lastUses: [] });
  await storage.usage.recordUsage({ counts: counts.slice(MANY), lastUses: [] });
  return counts;
}

async function readDays(storage: Storage): Promise<readonly { readonly start: number; readonly count: number }[]> {
  const points = await storage.usage.readUsage({ from: START, until: START + 3 * DAY_MS, by: 'day' });
  const days = new Map<number, number>();
  for (const { start, count } of points) days.set(start, (days.get(start) ?? 0) + count);
  return [...days].map(([start, count]) => ({ start, count }));
}

async function keepUpAll(storage: Storage, retention: UsageRetention): Promise<void> {
  while (await storage.usage.keepUp(retention));
}

function idOf(number: number): string {
  return sampleKey(number).id;
}
