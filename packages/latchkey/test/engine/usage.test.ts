import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/domain/errors.js';
import { toIso } from '../../src/domain/time.js';
import { openHarness } from './harness.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('usage of several keys', () => {
  it('has a point for every hour or day, of each key that was asked for', async () => {
    const { latchkey, clock, issue, storage } = await openHarness();
    const [one, other] = [await issue(), await issue()];
    const hour = clock.now() - (clock.now() % HOUR) - 2 * HOUR;
    const counts = [
      { keyId: one.id, hour, code: 'valid', count: 3 },
      { keyId: one.id, hour: hour + HOUR, code: 'expired', count: 2 },
    ] as const;
    await storage.usage.recordUsage({ counts, lastUses: [] });
    const report = await latchkey.usage.byKey({
      keys: [other.id, one.id],
      by: 'hour',
      from: toIso(hour + 5),
      until: toIso(hour + 2 * HOUR + 1),
    });
    expect(report).toEqual({
      from: toIso(hour),
      until: toIso(hour + 2 * HOUR + 1),
      by: 'hour',
      behindMs: 1_000,
      data: [
        { key: other.id, total: 0, points: [0, 1, 2].map((n) => ({ start: toIso(hour + n * HOUR), valid: 0, refused: 0 })) },
        {
          key: one.id,
          total: 5,
          points: [
            { start: toIso(hour), valid: 3, refused: 0 },
            { start: toIso(hour + HOUR), valid: 0, refused: 2 },
            { start: toIso(hour + 2 * HOUR), valid: 0, refused: 0 },
          ],
        },
      ],
    });
    const daily = await latchkey.usage.byKey({ keys: [one.id] });
    expect([daily.data[0]?.points.length, daily.data[0]?.points.at(-1)?.start]).toEqual([30, toIso(clock.now() - DAY)]);
    const { data, complete } = await latchkey.usage.busiest({ limit: 1 });
    expect([data, complete]).toMatchObject([[{ key: { id: one.id, name: 'a key', owner: 'ada' }, total: 5, valid: 3, refused: 2 }], true]);
    for (const request of [
      { keys: [] },
      { keys: [one.id, one.id] },
      { keys: ['not an id'] },
      { keys: [one.id], by: 'hour' as const, from: toIso(hour - 8 * DAY) },
      { keys: [one.id], from: toIso(hour), until: toIso(hour) },
    ]) {
      await expect(latchkey.usage.byKey(request)).rejects.toBeInstanceOf(InvalidInputError);
    }
    await latchkey.close();
  });
});

describe('usage of a tier', () => {
  it('counts the keys that were in it when they were used', async () => {
    const { latchkey, clock, issue } = await openHarness();
    await latchkey.tiers.put('free', { limits: [] });
    await latchkey.tiers.put('pro', { limits: [] });
    const [moved, other] = [await issue({ tier: 'free' }), await issue()];
    const totals = async () => Promise.all(['free', 'pro', 'gone'].map(async (tier) => (await latchkey.usage.read({ tier })).total));
    for (const { token } of [moved, other]) await latchkey.verify(token);
    await clock.advance(1_500);
    await expect.poll(totals).toEqual([1, 0, 0]);
    await latchkey.keys.update(moved.id, { tier: 'pro' });
    for (const { token } of [moved, moved, other]) await latchkey.verify(token);
    await clock.advance(1_500);
    await expect.poll(totals).toEqual([1, 2, 0]);
    await latchkey.close();
  });
});

describe('usage by the hour', () => {
  it('is of whole hours: from that of "from" on, up to the one in which "until" lies', async () => {
    const { latchkey, clock, issue, storage } = await openHarness();
    const { id } = await issue();
    const hour = clock.now() - (clock.now() % HOUR);
    const counts = [2, 1, 0].map((ago) => ({ keyId: id, hour: hour - ago * HOUR, code: 'valid', count: 10 ** ago }) as const);
    await storage.usage.recordUsage({ counts, lastUses: [] });
    const read = async (from: number, until: number) => latchkey.usage.read({ by: 'hour', from: toIso(from), until: toIso(until) });
    expect(await read(hour - HOUR - 1, hour - HOUR + 1)).toMatchObject({ from: toIso(hour - 2 * HOUR), total: 110 });
    expect((await read(hour - HOUR, hour)).total).toBe(10);
    await latchkey.close();
  });
});

describe('usage that is no longer kept', () => {
  it('is refused, and the error names the first instant there is; what is not said begins there', async () => {
    const { latchkey, clock, issue, storage } = await openHarness();
    const { id } = await issue();
    const today = clock.now() - (clock.now() % DAY);
    const counts = [1, 20, 500].map((days) => ({ keyId: id, hour: today - days * DAY + HOUR, code: 'valid', count: days }) as const);
    await storage.usage.recordUsage({ counts, lastUses: [] });
    while (await storage.usage.keepUp({ rollBefore: today, hoursFrom: today - 14 * DAY, daysFrom: today - 400 * DAY }));
    const hours = { message: expect.stringContaining(`since ${toIso(today - 14 * DAY)}`) };
    const days = { message: expect.stringContaining(`since ${toIso(today - 400 * DAY)}`) };
    const [month, longAgo] = [toIso(today - 30 * DAY), toIso(today - 401 * DAY)];
    const refused: readonly (readonly [Promise<unknown>, object])[] = [
      [latchkey.usage.read({ by: 'hour', from: month }), hours],
      [latchkey.usage.byKey({ keys: [id], by: 'hour', from: month, until: toIso(today - 25 * DAY) }), hours],
      [latchkey.usage.read({ by: 'day', from: longAgo }), days],
      [latchkey.usage.busiest({ from: longAgo, until: toIso(today - 390 * DAY) }), days],
    ];
    for (const [call, issue] of refused) await expect(call).rejects.toMatchObject({ issues: [{ pointer: '/from', ...issue }] });
    expect(await latchkey.usage.read({ by: 'hour' })).toMatchObject({ from: toIso(today - 14 * DAY), total: 1 });
    expect(await latchkey.usage.read({ by: 'day', from: month })).toMatchObject({ from: month, total: 21 });
    expect(await latchkey.usage.read({ by: 'day', until: toIso(today - 399 * DAY) })).toMatchObject({ from: toIso(today - 400 * DAY) });
    // Before the hours that are kept, there are whole days alone.
    const part = { from: toIso(today - 20 * DAY + 5 * HOUR), until: toIso(today - 19 * DAY - 5 * HOUR) };
    expect(await latchkey.usage.read(part)).toMatchObject({ from: toIso(today - 20 * DAY), until: toIso(today - 19 * DAY), total: 20 });
    expect((await latchkey.usage.busiest(part)).data).toMatchObject([{ total: 20 }]);
    await latchkey.close();
  });
});
