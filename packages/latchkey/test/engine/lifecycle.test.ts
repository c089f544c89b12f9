import { describe, expect, it } from 'vitest';
import type { Actor, Latchkey, Verdict } from '../../src/index.js';
import { openHarness, readsAtOnce, reveal } from './harness.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function codes(latchkey: Latchkey, tokens: readonly string[]): Promise<Verdict['code'][]> {
  return Promise.all(tokens.map(async (token) => (await latchkey.verify(token)).code));
}

describe('creating a key', () => {
  it('names every problem of the input at once, and makes nothing', async () => {
    const { latchkey } = await openHarness();
    const input = {
      name: 'evil\u202Ename',
      owner: '',
      tier: 'none!',
      environment: 'prod',
      scopes: ['Articles'],
      expiresAt: '2026-02-30T00:00:00Z',
      ipRules: ['10.0.0.1/8'],
      limits: [{ name: 'x', limit: 1 }],
      metadata: JSON.parse('{"a":{"__proto__":1}}') as never,
      credits: { remaining: -1 },
    };
    const error: unknown = await latchkey.keys.create(input).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid_input' });
    const pointers = (error as { issues: { pointer: string }[] }).issues.map((issue) => issue.pointer);
    for (const field of [
      'name',
      'owner',
      'tier',
      'environment',
      'scopes/0',
      'expiresAt',
      'ipRules/0',
      'limits/0',
      'metadata',
      'credits/remaining',
    ]) {
      expect(
        pointers.some((pointer) => pointer.startsWith(`/${field}`)),
        field,
      ).toBe(true);
    }
    expect((await latchkey.keys.list()).data).toEqual([]);
    expect(await latchkey.events.head()).toBeNull();
    await latchkey.close();
  });

  it.each([
    { expiresAt: 'tomorrow' },
    { expiresAt: '2026-13-01' },
    { expiresAt: '2026-01-01T00:00:00Z' },
    { expiresAt: '2025-06-01T00:00:00Z' },
    { expiresIn: 'soon' },
    { expiresIn: 0 },
    { expiresIn: -5 },
    { expiresIn: '90' },
    { expiresAt: '2027-01-01T00:00:00Z', expiresIn: '90d' },
    { expiresIn: '1h', notBefore: '2026-01-01T01:00:00Z' },
  ])('refuses the expiry $expiresAt $expiresIn: what cannot be read never means "no expiry"', async (expiry) => {
    const { latchkey } = await openHarness();
    await expect(latchkey.keys.create({ name: 'k', owner: 'ada', ...expiry })).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await latchkey.keys.list()).data).toEqual([]);
    await latchkey.close();
  });

  it('holds the number of keys of an owner under parallel creation', async () => {
    const { latchkey, clock } = await openHarness({ maxKeysPerOwner: 5 });
    const create = (expiresIn: string): Promise<unknown> => latchkey.keys.create({ name: 'k', owner: 'ada', expiresIn });
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => create('1h')));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
    await latchkey.owners.update('ada', { maxKeys: 6 });
    await create('1h');
    await expect(create('1h')).rejects.toMatchObject({ code: 'too_many_keys' });
    await clock.advance(HOUR);
    await create('1h');
    await latchkey.close();
  });

  it('needs a tier that exists', async () => {
    const { latchkey } = await openHarness();
    await expect(latchkey.keys.create({ name: 'k', owner: 'ada', tier: 'gold' })).rejects.toMatchObject({ issues: [{ pointer: '/tier' }] });
    await latchkey.close();
  });
});

describe('an idempotency key', () => {
  const context = (idempotencyKey: string, id = 'admin') => ({ actor: { type: 'admin', id, scopes: ['*:*'] } as Actor, idempotencyKey });
  const uuid = '8e03978e-40d5-43dd-bc93-6894a57f9324';

  it('answers the same request again with the same key and token, and makes no second key', async () => {
    const { latchkey, clock } = await openHarness();
    const input = { name: 'k', owner: 'ada' };
    const first = await latchkey.keys.create(input, context(uuid));
    const again = await Promise.all(Array.from({ length: 10 }, () => latchkey.keys.create(input, context(uuid))));
    for (const { key, token, replayed } of again) {
      expect([key.id, reveal(token), replayed]).toEqual([first.key.id, reveal(first.token), true]);
    }
    expect((await latchkey.keys.list()).data).toHaveLength(1);
    await clock.advance(10 * 60_000);
    expect(await latchkey.keys.create(input, context(uuid))).toMatchObject({ key: { id: first.key.id }, token: null, replayed: true });
    await clock.advance(DAY);
    expect((await latchkey.keys.create(input, context(uuid))).key.id).not.toBe(first.key.id);
    await latchkey.close();
  });

  it('is refused for another request, and is apart for each who asks', async () => {
    const { latchkey } = await openHarness();
    const { key } = await latchkey.keys.create({ name: 'k', owner: 'ada' }, context(uuid));
    await expect(latchkey.keys.create({ name: 'other', owner: 'ada' }, context(uuid))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    await expect(latchkey.keys.rotate(key.id, {}, context(uuid))).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    const other = await latchkey.keys.create({ name: 'k', owner: 'ada' }, context(uuid, 'somebody'));
    expect(other.key.id).not.toBe(key.id);
    await latchkey.close();
  });

  it('that can be guessed keeps no token: the answer comes again without it', async () => {
    const { latchkey } = await openHarness();
    const first = await latchkey.keys.create({ name: 'k', owner: 'ada' }, context('order-1'));
    expect(first.token).not.toBeNull();
    expect(await latchkey.keys.create({ name: 'k', owner: 'ada' }, context('order-1'))).toMatchObject({
      key: { id: first.key.id },
      token: null,
      replayed: true,
    });
    await latchkey.close();
  });

  it('makes a rotation safe to repeat', async () => {
    const { latchkey, issue } = await openHarness();
    const { id } = await issue();
    const first = await latchkey.keys.rotate(id, { grace: '1h' }, context(uuid));
    const again = await latchkey.keys.rotate(id, { grace: '1h' }, context(uuid));
    expect(reveal(again.token)).toBe(reveal(first.token));
    expect(again.key.secrets).toHaveLength(2);
    await latchkey.close();
  });
});

describe('rotating', () => {
  it('keeps id, scopes, limits, credits and usage; both tokens work for the grace, then only the new one', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id, token } = await issue({
      scopes: ['a:read'],
      limits: [{ name: 'daily', limit: 10, window: '1d' }],
      credits: { remaining: 10 },
    });
    await latchkey.verify(token);
    const rotated = await latchkey.keys.rotate(id, { grace: '1h' });
    const next = reveal(rotated.token);
    expect(rotated.key).toMatchObject({
      id,
      scopes: ['a:read'],
      secrets: [{ validUntil: null }, { validUntil: '2026-01-01T01:00:00.000Z' }],
    });
    expect(await codes(latchkey, [token, next])).toEqual(['valid', 'valid']);
    const verdict = await latchkey.verify(next);
    expect(verdict.valid && [verdict.credits, verdict.limits[0]?.remaining]).toEqual([6, 6]);
    await clock.advance(HOUR - 1);
    expect(await codes(latchkey, [token, next])).toEqual(['valid', 'valid']);
    await clock.advance(1);
    expect(await codes(latchkey, [token, next])).toEqual(['revoked', 'valid']);
    await latchkey.close();
  });

  it('without a grace ends every older token at once, also one whose grace was running', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue();
    const second = reveal((await latchkey.keys.rotate(id, { grace: '7d' })).token);
    expect(await codes(latchkey, [token, second])).toEqual(['valid', 'valid']);
    const third = reveal((await latchkey.keys.rotate(id)).token);
    expect(await codes(latchkey, [token, second, third])).toEqual(['revoked', 'revoked', 'valid']);
    await latchkey.close();
  });

  it('never lengthens a grace, nor lets one reach beyond the expiry of the key', async () => {
    const { latchkey, issue } = await openHarness();
    const { id } = await issue({ expiresIn: '2h' });
    await latchkey.keys.rotate(id, { grace: '1h' });
    const { key } = await latchkey.keys.rotate(id, { grace: '30d' });
    expect(key.secrets.map((secret) => secret.validUntil)).toEqual([null, '2026-01-01T02:00:00.000Z', '2026-01-01T01:00:00.000Z']);
    await latchkey.close();
  });

  it.each([
    { seen: 'as each sees it when it begins', named: false },
    { seen: 'as each names it', named: true },
  ])('of 100 at once that replace the current secret, $seen, lets one win; the others conflict and leave nothing', async ({ named }) => {
    if (!named && !readsAtOnce()) return;
    const { latchkey, issue } = await openHarness();
    const { id, token, secretId } = await issue();
    const options = named ? { currentSecretId: secretId } : {};
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => latchkey.keys.rotate(id, options)));
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'rotated_meanwhile' });
    }
    expect(await codes(latchkey, [token, reveal(won[0]?.token ?? null)])).toEqual(['revoked', 'valid']);
    expect((await latchkey.keys.get(id)).secrets).toHaveLength(2);
    await latchkey.close();
  });

  it('resurrects nothing: a revoked or expired key is refused, a disabled one stays disabled', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const [revoked, expired, disabled] = [await issue(), await issue({ expiresIn: 1000 }), await issue()];
    await latchkey.keys.revoke(revoked.id);
    await latchkey.keys.disable(disabled.id);
    await clock.advance(1000);
    await expect(latchkey.keys.rotate(revoked.id)).rejects.toMatchObject({ code: 'key_revoked' });
    await expect(latchkey.keys.rotate(expired.id)).rejects.toMatchObject({ code: 'key_expired' });
    const { key, token } = await latchkey.keys.rotate(disabled.id);
    expect(key.status).toBe('disabled');
    expect(await codes(latchkey, [reveal(token)])).toEqual(['disabled']);
    for (const change of [
      () => latchkey.keys.enable(revoked.id),
      () => latchkey.keys.update(revoked.id, { expiresAt: null }),
      () => latchkey.keys.update(expired.id, { expiresAt: null }),
      () => latchkey.keys.enable(expired.id),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: expect.stringMatching(/^key_(revoked|expired)$/) as string });
    }
    await latchkey.close();
  });
});

describe('taking authority away', () => {
  it.each([
    ['revoke', (latchkey: Latchkey, id: string) => latchkey.keys.revoke(id), 'revoked'],
    ['disable', (latchkey: Latchkey, id: string) => latchkey.keys.disable(id), 'disabled'],
    ['suspend', (latchkey: Latchkey) => latchkey.owners.suspend('ada'), 'owner_suspended'],
    ['revoke all', (latchkey: Latchkey) => latchkey.owners.revokeAll('ada'), 'revoked'],
    ['remove a scope', (latchkey: Latchkey, id: string) => latchkey.keys.update(id, { scopes: [] }), 'insufficient_scope'],
    [
      'bring the expiry forward',
      (latchkey: Latchkey, id: string) => latchkey.keys.update(id, { expiresAt: '2026-01-01T00:00:00Z' }),
      'expired',
    ],
    ['narrow the addresses', (latchkey: Latchkey, id: string) => latchkey.keys.update(id, { ipRules: ['10.0.0.1'] }), 'ip_denied'],
  ] as const)('by %s is in force when it is answered, for a token that was in memory', async (_, change, code) => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue({ scopes: ['a:read'] });
    const ask = async (): Promise<string> => (await latchkey.verify(token, { scopes: ['a:read'], ip: '192.0.2.1' })).code;
    expect(await ask()).toBe('valid');
    const { propagation } = await change(latchkey, id);
    expect(propagation).toEqual({ applied: 1, lapsed: 0, pending: [] });
    expect(await ask()).toBe(code);
    await latchkey.close();
  });

  it('may be asked for again: revoking twice keeps the first reason, and all of an owner in mixed states', async () => {
    const { latchkey, issue } = await openHarness();
    const [first, second] = [await issue(), await issue()];
    await latchkey.keys.revoke(first.id, { reason: 'leaked' });
    const again = await latchkey.keys.revoke(first.id, { reason: 'other' });
    expect(again.key).toMatchObject({ status: 'revoked', revokedReason: 'leaked', revokedBy: 'library' });
    await latchkey.keys.disable(second.id);
    expect(await latchkey.owners.revokeAll('ada')).toMatchObject({ revoked: 1, owner: { keys: { total: 2, live: 0 } } });
    expect(await latchkey.owners.revokeAll('ada')).toMatchObject({ revoked: 0 });
    await latchkey.close();
  });

  it('is undone only where it can be: enable and resume bring back what disable and suspend took', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue();
    await latchkey.keys.disable(id);
    await latchkey.keys.enable(id);
    await latchkey.owners.suspend('ada', { reason: 'unpaid' });
    expect((await latchkey.keys.get(id)).status).toBe('suspended');
    await latchkey.owners.resume('ada');
    expect(await codes(latchkey, [token])).toEqual(['valid']);
    await latchkey.close();
  });
});

describe('an operator', () => {
  const operator = (id: string, scopes: readonly string[]): { actor: Actor } => ({ actor: { type: 'operator', id, scopes } });

  it('mints no more than they hold: neither scopes, nor time, nor addresses', async () => {
    const { latchkey, issue } = await openHarness();
    const own = await issue({ environment: 'operator', scopes: ['keys:write', 'keys:read'], expiresIn: '1d', ipRules: ['10.0.0.0/8'] });
    const by = operator(own.id, ['keys:write', 'keys:read']);
    const mint = (input: object): Promise<unknown> =>
      latchkey.keys.create(
        { name: 'k', owner: 'ada', environment: 'operator', scopes: ['keys:read'], expiresIn: '1h', ipRules: ['10.0.0.0/8'], ...input },
        by,
      );
    await expect(mint({ scopes: ['*:*'] })).rejects.toMatchObject({ code: 'forbidden', missingScopes: ['*:*'] });
    await expect(mint({ scopes: ['events:read'] })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mint({ expiresIn: '2d' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mint({ expiresIn: undefined })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mint({ ipRules: [] })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mint({})).resolves.toBeDefined();
    await expect(latchkey.keys.create({ name: 'k', owner: 'ada', scopes: ['articles:*'] }, by)).resolves.toBeDefined();
    await latchkey.close();
  });

  it('gets no token of a stronger operator by rotating, changing or enabling its key', async () => {
    const { latchkey, issue } = await openHarness();
    const strong = await issue({ environment: 'operator', scopes: ['*:*'] });
    const weak = await issue({ environment: 'operator', scopes: ['keys:write'] });
    const by = operator(weak.id, ['keys:write']);
    await expect(latchkey.keys.rotate(strong.id, {}, by)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(latchkey.keys.update(strong.id, { name: 'mine' }, by)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(latchkey.keys.update(weak.id, { scopes: ['*:*'] }, by)).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.keys.disable(strong.id);
    await expect(latchkey.keys.enable(strong.id, {}, by)).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.close();
  });

  it('whose own token was revoked meanwhile mints nothing, whatever the request was let in with', async () => {
    const { latchkey, issue } = await openHarness();
    const own = await issue({ environment: 'operator', scopes: ['keys:write'] });
    await latchkey.keys.revoke(own.id);
    const mint = latchkey.keys.create(
      { name: 'k', owner: 'ada', environment: 'operator', scopes: ['keys:write'] },
      operator(own.id, ['keys:write']),
    );
    await expect(mint).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.close();
  });
});

describe('lists', () => {
  it('page through all keys, newest first, each once, and refuse a cursor of another list', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const ids: string[] = [];
    for (let i = 0; i < 25; i++) {
      ids.unshift((await issue({ owner: i % 2 ? 'ada' : 'bob' })).id);
      if (i % 3 === 0) await clock.advance(1);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await latchkey.keys.list({ limit: 10, cursor });
      seen.push(...page.data.map((key) => key.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect([...seen].sort()).toEqual([...ids].sort());
    expect(new Set(seen).size).toBe(25);
    const { nextCursor } = await latchkey.keys.list({ limit: 10 });
    await expect(latchkey.keys.list({ owner: 'ada', cursor: nextCursor ?? '' })).rejects.toMatchObject({
      issues: [{ pointer: '/cursor' }],
    });
    await expect(latchkey.events.list({ cursor: nextCursor ?? '' })).rejects.toMatchObject({ issues: [{ pointer: '/cursor' }] });
    await latchkey.close();
  });

  it('filter keys by owner, tier, environment, status and a part of the name', async () => {
    const { latchkey, issue } = await openHarness({ tiers: { free: [{ name: 'd', limit: 1, window: '1d' }] } });
    const a = await issue({ name: 'Alpha build', tier: 'free' });
    const b = await issue({ name: 'beta', environment: 'test', owner: 'bob' });
    const c = await issue({ name: 'gamma', notBefore: '2027-01-01' });
    await latchkey.keys.disable(b.id);
    const ids = async (query: object): Promise<string[]> => (await latchkey.keys.list(query)).data.map((key) => key.id);
    expect(await ids({ tier: 'free' })).toEqual([a.id]);
    expect(await ids({ owner: 'bob' })).toEqual([b.id]);
    expect(await ids({ environment: 'test' })).toEqual([b.id]);
    expect(await ids({ status: 'disabled' })).toEqual([b.id]);
    expect(await ids({ status: 'scheduled' })).toEqual([c.id]);
    expect(await ids({ search: 'ALPHA' })).toEqual([a.id]);
    expect(await ids({ search: '100%' })).toEqual([]);
    await latchkey.close();
  });
});

describe('the log', () => {
  it('has one entry for each change, chained, with who, what, before and after, and no secret', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue();
    await latchkey.keys.update(
      id,
      { name: 'renamed', scopes: ['a:b'] },
      { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] }, address: '192.0.2.1', requestId: 'req-1' },
    );
    await latchkey.keys.update(id, { name: 'renamed' });
    await latchkey.keys.rotate(id);
    await latchkey.keys.revoke(id, { reason: 'done' });
    const { data } = await latchkey.events.list({ key: id, order: 'oldest' });
    expect(data.map((event) => [event.seq, event.action])).toEqual([
      [1, 'key.created'],
      [2, 'key.updated'],
      [3, 'key.rotated'],
      [4, 'key.revoked'],
    ]);
    expect(data[1]).toMatchObject({
      actor: { type: 'admin', id: 'admin' },
      owner: 'ada',
      address: '192.0.2.1',
      requestId: 'req-1',
      before: { name: 'a key', scopes: [] },
      after: { name: 'renamed', scopes: ['a:b'] },
    });
    expect(JSON.stringify(data)).not.toContain(token);
    expect(await latchkey.events.verify()).toMatchObject({ intact: true, entries: 4 });
    const head = await latchkey.events.head();
    expect(await latchkey.events.verify({ seq: 5, hash: head?.hash ?? '' })).toMatchObject({ intact: false, broken: { seq: 5 } });
    await latchkey.close();
  });
});

describe('configured tiers', () => {
  it('are applied at start, refuse other hands, and are let go when the configuration drops them', async () => {
    const tiers = { free: [{ name: 'daily', limit: 1, window: '1d' }] };
    const { latchkey, storage } = await openHarness({
      tiers,
      wrap: (inner) => ({ ...inner, close: async () => undefined, check: () => inner.check() }),
    });
    await expect(latchkey.tiers.put('free', { limits: [] })).rejects.toMatchObject({ code: 'tier_is_configured' });
    await expect(latchkey.tiers.remove('free')).rejects.toMatchObject({ code: 'tier_is_configured' });
    await latchkey.close();
    const second = await openHarness({ wrap: () => storage });
    await expect(second.latchkey.tiers.put('free', { limits: [] })).resolves.toMatchObject({ configured: false });
    await second.latchkey.tiers.remove('free');
    await second.latchkey.close();
  });

  it('that a key has cannot be removed', async () => {
    const { latchkey, issue } = await openHarness();
    await latchkey.tiers.put('pro', { limits: [] });
    const { id } = await issue({ tier: 'pro' });
    await expect(latchkey.tiers.remove('pro')).rejects.toMatchObject({ code: 'tier_in_use' });
    await latchkey.keys.revoke(id);
    await latchkey.tiers.remove('pro');
    await latchkey.close();
  });
});
