import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFoundError } from '../../src/domain/errors.js';
import { toIso } from '../../src/domain/time.js';
import type { Storage } from '../../src/ports/storage.js';
import { createTestClock } from '../../src/testing/test-clock.js';
import { openHarness } from './harness.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
