import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/domain/errors.js';
import { toIso } from '../../src/domain/time.js';
import type { Storage } from '../../src/ports/storage.js';
import { createTestClock } from '../../src/testing/test-clock.js';
import { openHarness } from './harness.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('retiring a secret', () => {
  it('ends an old token at once, once, and says so in the log', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const old = await issue();
    const rotated = await latchkey.keys.rotate(old.id, { grace: '1h' });
    expect((await latchkey.verify(old.token)).valid).toBe(true);
    const { key } = await latchkey.keys.retireSecret(old.id, old.secretId);
    expect(key.secrets.map(({ id, validUntil }) => [id === old.secretId, validUntil])).toEqual([
      [false, null],
      [true, toIso(clock.now())],
    ]);
    expect((await latchkey.verify(old.token)).code).toBe('revoked');
    expect((await latchkey.verify(rotated.token)).valid).toBe(true);
    // A clock that is set back brings nothing back.
    clock.set(clock.now() - 1_000);
    expect((await latchkey.verify(old.token)).code).toBe('revoked');
    await latchkey.keys.retireSecret(old.id, old.secretId);
    const { data } = await latchkey.events.list({ action: 'key.secret_retired' });
    expect(data).toMatchObject([{ target: { id: old.id }, owner: 'ada', after: { secret: { id: old.secretId } } }]);
    await latchkey.close();
  });

  it('is refused for the current secret, and finds none of another key', async () => {
    const { latchkey, issue } = await openHarness();
    const [one, other] = [await issue(), await issue()];
    await expect(latchkey.keys.retireSecret(one.id, one.secretId)).rejects.toMatchObject({ code: 'current_secret' });
    await expect(latchkey.keys.retireSecret(one.id, one.secretId)).rejects.toBeInstanceOf(ConflictError);
    await expect(latchkey.keys.retireSecret(one.id, other.secretId)).rejects.toMatchObject({ resource: 'secret' });
    await expect(latchkey.keys.retireSecret('key_none', other.secretId)).rejects.toMatchObject({ resource: 'key' });
    expect((await latchkey.verify(other.token)).valid).toBe(true);
    await latchkey.close();
  });
});

describe('revoking many keys', () => {
  it('revokes those that can be, says what became of each, and no token is good when it answers', async () => {
    const { latchkey, issue } = await openHarness();
    const keys = [await issue(), await issue(), await issue()];
    const [first, second, third] = keys.map(({ id }) => id);
    for (const { token } of keys) await latchkey.verify(token);
    await latchkey.keys.revoke(second ?? '');
    const ids = [first, 'key_none', second, third, first].map((id) => id ?? '');
    const { results } = await latchkey.keys.revokeMany({ ids, reason: 'unused' });
    expect(results).toEqual([
      { id: first, revoked: true },
      { id: 'key_none', revoked: false, code: 'not_found' },
      { id: second, revoked: false, code: 'already_revoked' },
      { id: third, revoked: true },
      { id: first, revoked: false, code: 'already_revoked' },
    ]);
    for (const { token } of keys) expect((await latchkey.verify(token)).code).toBe('revoked');
    const { data } = await latchkey.events.list({ action: 'key.revoked', order: 'oldest' });
    expect(data.map(({ target, reason }) => [target.id, reason])).toEqual([
      [second, null],
      [first, 'unused'],
      [third, 'unused'],
    ]);
    await latchkey.close();
  });

  it('takes 1 to 100 ids', async () => {
    const { latchkey } = await openHarness();
    for (const ids of [[], Array.from({ length: 101 }, () => 'key_a'), ['not an id']]) {
      await expect(latchkey.keys.revokeMany({ ids })).rejects.toBeInstanceOf(InvalidInputError);
    }
    await latchkey.close();
  });
});

describe('the limits of a key', () => {
  it('are told with where they come from, and nothing is charged by looking', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const daily = { name: 'daily', limit: 10, window: '1d' } as const;
    await latchkey.tiers.put('pro', { limits: [daily, { name: 'burst', limit: 60, window: '1m', algorithm: 'token-bucket', burst: 5 }] });
    const { id, token } = await issue({
      tier: 'pro',
      limits: [{ ...daily, limit: 3 }],
      credits: { remaining: 7, refill: { amount: 7, every: '1h' } },
    });
    await latchkey.owners.update('ada', { limits: [{ name: 'all', limit: 100, window: '1h' }] });
    await latchkey.verify(token);
    const expected = {
      limits: [
        { name: 'daily', limit: 3, remaining: 2, of: 'key' },
        { name: 'burst', limit: 60, remaining: 4, burst: 5, of: 'tier' },
        { name: 'all', limit: 100, remaining: 99, of: 'owner' },
      ],
      credits: { remaining: 6, nextRefillAt: toIso(clock.now() + HOUR) },
      degraded: false,
    };
    expect(await latchkey.keys.limits(id)).toMatchObject(expected);
    expect(await latchkey.keys.limits(id)).toMatchObject(expected);
    const bare = await issue({ owner: 'other' });
    expect(await latchkey.keys.limits(bare.id)).toEqual({ limits: [], credits: null, degraded: false });
    await expect(latchkey.keys.limits('key_none')).rejects.toBeInstanceOf(NotFoundError);
    await latchkey.close();
  });
});

describe('explaining a key by its id', () => {
  it('gives the verdict that its current token gets, step by step', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const { id, token } = await issue({ scopes: ['a:read'], limits: [{ name: 'daily', limit: 1, window: '1d' }], expiresIn: '30d' });
    for (const request of [{}, { scopes: ['b:read'] }, { cost: 2 }, { environment: 'test' }]) {
      const [byId, byToken] = [await latchkey.keys.explain(id, request), await latchkey.verify(token, { ...request, dryRun: true })];
      const { steps = [], ...rest } = byToken;
      expect({ ...byId, steps: byId.steps?.slice(1) }).toEqual({ ...rest, steps: steps.slice(3) });
      expect(byId.steps?.[0]).toMatchObject({ step: 'known', passed: true });
    }
    expect((await latchkey.verify(token)).valid).toBe(true);
    expect((await latchkey.keys.explain(id)).code).toBe('rate_limited');
    await latchkey.keys.rotate(id);
    clock.set(clock.now() + DAY);
    expect((await latchkey.keys.explain(id)).code).toBe('valid');
    await latchkey.keys.revoke(id);
    expect((await latchkey.keys.explain(id)).code).toBe('revoked');
    await expect(latchkey.keys.explain('key_none')).rejects.toBeInstanceOf(NotFoundError);
    await latchkey.close();
  });
});

describe('lists of keys that need attention', () => {
  it('go page by page in their own order, and know their number where that is cheap', async () => {
    const { latchkey, issue } = await openHarness();
    for (const days of [3, 1, 2, 40]) await issue({ name: `${days} days`, expiresIn: `${days}d` });
    await issue({ name: 'for ever' });
    const names = async (query: Parameters<typeof latchkey.keys.list>[0]) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await latchkey.keys.list({ ...query, limit: 2, cursor });
        seen.push(...page.data.map(({ name }) => name));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };
    expect(await names({ expiresWithin: '30d' })).toEqual(['1 days', '2 days', '3 days']);
    expect(await names({ neverUsed: true })).toHaveLength(5);
    expect(await names({ neverUsed: false })).toHaveLength(5);
    const totals = [{}, { expiresWithin: '30d' }, { owner: 'ada', status: 'active' as const, search: 'days' }, { owner: 'ada' }];
    expect(await Promise.all(totals.map(async (query) => (await latchkey.keys.list({ ...query, limit: 1 })).total))).toEqual([
      5,
      3,
      undefined,
      5,
    ]);
    const { nextCursor } = await latchkey.keys.list({ expiresWithin: '30d', limit: 1 });
    await expect(latchkey.keys.list({ expiresWithin: '31d', cursor: nextCursor ?? '' })).rejects.toBeInstanceOf(InvalidInputError);
    expect(await latchkey.keys.list({ expiresWithin: '30d', cursor: nextCursor ?? '' })).not.toHaveProperty('total');
    await latchkey.close();
  });

  it('say what is wrong with a filter', async () => {
    const { latchkey } = await openHarness();
    for (const query of [{ expiresWithin: 'soon' }, { unusedFor: '12h' }, { unusedFor: '-1d' }]) {
      await expect(latchkey.keys.list(query)).rejects.toMatchObject({ issues: [{ pointer: `/${Object.keys(query)[0]}` }] });
    }
    await latchkey.close();
  });

  it('know a key as unused when the time has passed since its last use, and its first not before', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const [used, idle] = [await issue({ name: 'used' }), await issue({ name: 'idle' })];
    await latchkey.verify(used.token);
    await clock.advance(2_000);
    await expect.poll(async () => (await latchkey.keys.list({ neverUsed: true })).data.map(({ id }) => id)).toEqual([idle.id]);
    clock.set(clock.now() + 90 * DAY - 2_000 - 1);
    const unused = async () => (await latchkey.keys.list({ unusedFor: '90d' })).data.map(({ name }) => name);
    expect(await unused()).toEqual([]);
    await clock.advance(1);
    expect((await unused()).toSorted()).toEqual(['idle', 'used']);
    await latchkey.close();
  });
});

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

describe('the overview', () => {
  it('counts everything, anew whenever it is asked, and not while somebody counts', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const { id, token } = await issue();
    await issue({ expiresIn: '5d' });
    await latchkey.verify(token);
    await clock.advance(1_500);
    await expect.poll(async () => latchkey.stats().pendingUsage).toBe(0);
    const [first, second] = await Promise.all([latchkey.overview(), latchkey.overview()]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      keys: { total: 2, active: 2, revoked: 0 },
      expiring: { within30d: 1, within7d: 1 },
      neverUsed: 1,
      owners: 1,
      verifications24h: { total: 1, byCode: { valid: 1 } },
    });
    await latchkey.keys.revoke(id);
    expect((await latchkey.overview()).keys).toMatchObject({ total: 2, active: 1, revoked: 1 });
    await latchkey.close();
  });

  it('counts for a small share of the time, where counting takes long', async () => {
    const clock = createTestClock();
    let taken = 0;
    const slowly = (storage: Storage): Storage => ({
      ...storage,
      census: {
        async takeCensus(query) {
          taken += 1;
          await clock.advance(400);
          return storage.census.takeCensus(query);
        },
      },
    });
    const { latchkey } = await openHarness({ clock, wrap: slowly });
    const startedAt = clock.monotonicMs();
    while (clock.monotonicMs() - startedAt < 60_000) {
      await latchkey.overview();
      await clock.advance(100);
    }
    expect(taken * 400).toBeLessThan(60_000 / 8);
    expect(taken).toBeGreaterThan(5);
    await latchkey.close();
  });

  it('tells nothing of usage to an operator who may not read it', async () => {
    const { latchkey } = await openHarness();
    const asking = async (...scopes: string[]) => latchkey.overview({ actor: { type: 'operator', id: 'key_a', scopes } });
    expect((await asking('keys:read')).verifications24h).toBeNull();
    expect((await asking('keys:read', 'usage:*')).verifications24h).toEqual({ total: 0, byCode: {} });
    await latchkey.close();
  });

  it('tells of the nodes as they are, however old the counts, and nothing to an operator who may not read the cluster', async () => {
    const { latchkey } = await openHarness();
    const asking = async (...scopes: string[]) => latchkey.overview({ actor: { type: 'operator', id: 'key_a', scopes } });
    expect((await asking('keys:read')).cluster).toBeNull();
    const { cluster } = await asking('keys:read', 'cluster:read');
    expect(cluster).toEqual(await latchkey.cluster());
    expect(cluster?.mode).toBe('alone');
    await latchkey.close();
  });
});

describe('the preview of a tier', () => {
  it('names the keys that have used more already, and what would change', async () => {
    const { latchkey, issue } = await openHarness();
    const daily = { name: 'daily', limit: 10, windowMs: DAY, algorithm: 'fixed-window' } as const;
    const bucket = { name: 'burst', limit: 60, windowMs: 60_000, algorithm: 'token-bucket', burst: 8 } as const;
    await latchkey.tiers.put('pro', { limits: [daily, bucket] });
    const [busy, overridden, quiet] = [
      await issue({ name: 'busy', tier: 'pro' }),
      await issue({ name: 'overridden', tier: 'pro', limits: [daily] }),
      await issue({ name: 'quiet', tier: 'pro' }),
    ];
    for (const { token } of [busy, overridden]) await latchkey.verify(token, { cost: 6 });
    await latchkey.verify(quiet.token, { cost: 5 });
    const preview = await latchkey.tiers.preview('pro', {
      limits: [
        { ...daily, limit: 5 },
        { ...bucket, burst: 5 },
        { ...daily, name: 'new' },
      ],
    });
    expect(preview).toMatchObject({
      keys: 3,
      looked: 3,
      changes: [
        { name: 'daily', before: { limit: 10 }, after: { limit: 5 } },
        { name: 'burst', before: { burst: 8 }, after: { burst: 5 } },
        { name: 'new', before: null, after: { limit: 10 } },
      ],
    });
    expect(preview.over.map(({ key, limit, used, allowed }) => `${key.name} ${limit} ${used} ${allowed}`).toSorted()).toEqual([
      'busy burst 6 5',
      'busy daily 6 5',
      'overridden burst 6 5',
    ]);
    expect((await latchkey.tiers.preview('pro', { limits: [{ ...daily, limit: 1, windowMs: HOUR }] })).over).toEqual([]);
    expect(await latchkey.tiers.preview('pro', { limits: [daily, bucket] })).toEqual({ keys: 3, looked: 3, over: [], changes: [] });
    expect((await latchkey.tiers.get('pro')).limits).toEqual([daily, bucket]);
    await expect(latchkey.tiers.preview('none', { limits: [] })).rejects.toBeInstanceOf(NotFoundError);
    await latchkey.close();
  });
});

describe('the log by time', () => {
  it('is listed and walked within a span, and a cursor belongs to its span', async () => {
    const { latchkey, clock, issue } = await openHarness();
    const times: string[] = [];
    for (let i = 0; i < 5; i++) {
      times.push(toIso(clock.now()));
      await issue();
      await clock.advance(1_000);
    }
    const span = { from: times[1], until: times[4] };
    const walked: number[] = [];
    for await (const { seq } of latchkey.events.walk(span)) walked.push(seq);
    expect(walked).toEqual([2, 3, 4]);
    const page = await latchkey.events.list({ ...span, limit: 2 });
    expect(page.data.map(({ seq }) => seq)).toEqual([4, 3]);
    const next = { limit: 2, cursor: page.nextCursor ?? '' };
    expect((await latchkey.events.list({ ...span, ...next })).data.map(({ seq }) => seq)).toEqual([2]);
    await expect(latchkey.events.list({ ...next, from: times[0] })).rejects.toBeInstanceOf(InvalidInputError);
    await expect(latchkey.events.list({ from: 'yesterday' })).rejects.toMatchObject({ issues: [{ pointer: '/from' }] });
    await latchkey.close();
  });
});
