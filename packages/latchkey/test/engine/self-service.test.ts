import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, type OwnKeys, type Principal, type SelfServicePolicy } from '../../src/index.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { type Harness, openHarness, reveal } from './harness.js';

const DAY = 86_400_000;
const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';
const POLICY: SelfServicePolicy = { scopes: ['articles:*', 'news:read'], tiers: ['free', 'pro'], defaultTier: 'free', maxKeys: 3 };

interface Opened extends Harness {
  readonly faulty: FaultyStorage;
  as(ownerId: string, more?: Partial<Principal> & { policy?: SelfServicePolicy }): OwnKeys;
}

async function open(): Promise<Opened> {
  let faulty: FaultyStorage | undefined;
  const harness = await openHarness({
    tiers: { free: [], pro: [] },
    wrap: (storage) => {
      faulty = createFaultyStorage(storage);
      return faulty.storage;
    },
  });
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  const as: Opened['as'] = (ownerId, { expiresAt = null, policy = {} } = {}) =>
    harness.latchkey.selfService({ ...POLICY, ...policy }).for({ ownerId, expiresAt });
  return { ...harness, faulty, as };
}

describe('an owner', () => {
  it('makes a key that works, within the policy and with its defaults, and sees it without its token', async () => {
    const { as, latchkey } = await open();
    const { key, token } = await as('ada').create({ name: 'CI', scopes: ['articles:read'] });
    expect(key).toMatchObject({ tier: 'free', environment: 'live', status: 'active', daysUntilExpiry: 90, scopes: ['articles:read'] });
    expect(key.preview).toBe('lk_live_****************');
    expect(key.hint).toMatch(/^lk_live_….{4}$/);
    expect((await latchkey.verify(reveal(token), { scopes: ['articles:read'] })).valid).toBe(true);
    expect(JSON.stringify(await as('ada').list())).not.toContain(reveal(token));
    const [made] = (await latchkey.events.list()).data;
    expect(made).toMatchObject({ action: 'key.created', actor: { type: 'owner', id: 'ada' }, owner: 'ada' });
    expect((await latchkey.keys.get(key.id)).createdBy).toBe('owner:ada');
    await latchkey.close();
  });

  it('renames, rotates and revokes a key of its own, and sees its usage', async () => {
    const { as, latchkey, clock } = await open();
    const ada = as('ada');
    const { key, token } = await ada.create({ name: 'CI', scopes: ['articles:read'] });
    expect(await ada.update(key.id, { name: 'Shop', ipRules: ['192.0.2.0/24'] })).toMatchObject({
      key: { name: 'Shop', ipRules: ['192.0.2.0/24'] },
    });
    const rotated = await ada.rotate(key.id, { grace: '1h' });
    for (const each of [token, rotated.token]) expect((await latchkey.verify(reveal(each), { ip: '192.0.2.1' })).valid).toBe(true);
    await clock.advance(2_000);
    expect((await ada.usage({ from: '2000-01-01', until: '2000-01-02' })).total).toBe(0);
    expect(await ada.revoke(key.id, { reason: 'done' })).toMatchObject({
      key: { status: 'revoked', id: key.id },
      propagation: { pending: [] },
    });
    expect((await latchkey.verify(reveal(rotated.token))).code).toBe('revoked');
    await expect(ada.rotate(key.id)).rejects.toMatchObject({ code: 'key_revoked' });
    await latchkey.close();
  });

  it('lists its keys, the newest first, with how many there are and how many of them work', async () => {
    const { as, latchkey, clock, issue } = await open();
    await issue({ owner: 'bob' });
    const kept = await issue({ owner: 'ada', name: 'kept' });
    const statuses = {
      scheduled: { notBefore: '2099-01-01' },
      expired: { expiresIn: '1s' },
    };
    for (const [name, fields] of Object.entries(statuses)) {
      await clock.advance(1);
      await issue({ owner: 'ada', name, ...fields });
    }
    await clock.advance(1);
    await latchkey.keys.revoke((await issue({ owner: 'ada', name: 'revoked' })).id);
    await clock.advance(1);
    await latchkey.keys.disable((await issue({ owner: 'ada', name: 'disabled' })).id);
    await clock.advance(1_000);
    const page = await as('ada').list({ limit: 2 });
    const rest = await as('ada').list({ limit: 100, cursor: page.nextCursor ?? '' });
    expect([...page.data, ...rest.data].map(({ name, status }) => [name, status])).toEqual([
      ['disabled', 'disabled'],
      ['revoked', 'revoked'],
      ['expired', 'expired'],
      ['scheduled', 'scheduled'],
      ['kept', 'active'],
    ]);
    expect([page.total, page.active, rest.nextCursor]).toEqual([5, 1, null]);
    expect(await as('ada').list({ search: kept.id })).toMatchObject({ data: [{ id: kept.id }], total: 5 });
    await latchkey.owners.suspend('ada');
    expect(await as('ada').get(kept.id)).toMatchObject({ status: 'disabled' });
    expect((await as('ada').list()).active).toBe(0);
    await expect(as('bob').list({ cursor: page.nextCursor ?? '' })).rejects.toMatchObject({ code: 'invalid_input' });
    await latchkey.close();
  });
});

describe('what an owner may choose', () => {
  it.each<[string, object, string]>([
    ['a scope beyond the policy', { scopes: ['articles:read', 'users:read'] }, 'forbidden'],
    ['a wildcard over more than the policy', { scopes: ['news:*'] }, 'forbidden'],
    ['all scopes', { scopes: ['*:*'] }, 'forbidden'],
    ['a scope that is none', { scopes: ['articles'] }, 'invalid_input'],
    ['scopes that are no list', { scopes: 'articles:read' }, 'invalid_input'],
    ['scopes that are no texts', { scopes: [{}] }, 'invalid_input'],
    ['another tier', { tier: 'gold' }, 'invalid_input'],
    ['no tier', { tier: null }, 'invalid_input'],
    ['another environment', { environment: 'staging' }, 'invalid_input'],
    ['the environment of operators', { environment: 'operator', scopes: ['keys:write'] }, 'invalid_input'],
    ['an expiry too far ahead', { expiresIn: '366d' }, 'invalid_input'],
    ['a date too far ahead', { expiresAt: '2099-01-01' }, 'invalid_input'],
    ['a date that is none', { expiresAt: 'never' }, 'invalid_input'],
    ['a date that has passed', { expiresAt: '2001-01-01' }, 'invalid_input'],
    ['a duration that is null', { expiresIn: null }, 'invalid_input'],
    ['no expiry', { expiresAt: null }, 'invalid_input'],
    ['a name that is none', { name: 5 }, 'invalid_input'],
    ['addresses that are none', { ipRules: ['here'] }, 'invalid_input'],
    ['limits', { limits: [{ name: 'd', limit: 1e9, window: '1d' }] }, 'invalid_input'],
    ['credits', { credits: { remaining: 1e9 } }, 'invalid_input'],
    ['metadata', { metadata: { plan: 'gold' } }, 'invalid_input'],
    ['whose the key is', { owner: 'bob' }, 'invalid_input'],
  ])('is not %s', async (_, fields, code) => {
    const { as, latchkey } = await open();
    await expect(as('ada').create({ name: 'CI', ...fields })).rejects.toMatchObject({ code });
    expect(await latchkey.events.list({ action: 'key.created' })).toMatchObject({ data: [] });
    await latchkey.close();
  });

  it('is refused by name, and a token that stands for a name is not repeated', async () => {
    const { as, latchkey } = await open();
    const token = reveal((await as('ada').create({ name: 'CI' })).token);
    const odd = { name: 'CI', limits: [], [token]: 1 };
    await expect(as('ada').create(odd)).rejects.toMatchObject({ issues: [{ pointer: '/limits' }, { pointer: '' }] });
    await expect(as('ada').create(odd)).rejects.not.toThrow(token);
    await expect(as('ada').update('key_x', { scopes: [] } as object)).rejects.toMatchObject({ issues: [{ pointer: '/scopes' }] });
    await expect(as('ada').rotate('key_x', { currentSecretId: 'x' } as object)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(as('ada').usage({ owner: 'bob' } as object)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(as('ada').usage({ by: 'week' as 'day' })).rejects.toMatchObject({ code: 'invalid_input' });
    await latchkey.close();
  });

  it('is what the policy lists: tier, environment, expiry up to the longest, and none where it allows that', async () => {
    const { as, latchkey } = await open();
    const policy = { maxExpiry: '10d', neverExpires: true, environments: ['test', 'live'], maxKeys: 9 };
    const ada = as('ada', { policy });
    expect((await ada.create({ name: 'a' })).key).toMatchObject({ daysUntilExpiry: 10, environment: 'test', tier: 'free' });
    expect((await ada.create({ name: 'b', tier: 'pro', expiresIn: '10d' })).key).toMatchObject({ tier: 'pro', daysUntilExpiry: 10 });
    expect((await ada.create({ name: 'c', expiresAt: null, environment: 'live' })).key).toMatchObject({ expiresAt: null });
    await expect(ada.create({ name: 'd', expiresIn: 10 * DAY + 1 })).rejects.toMatchObject({ code: 'invalid_input' });
    await latchkey.close();
  });

  it('is not to take back an address rule that narrows a key', async () => {
    const { as, latchkey, issue } = await open();
    const { id } = await issue({ ipRules: ['10.0.0.0/8', '192.0.2.1'] });
    for (const ipRules of [[], ['0.0.0.0/0'], ['10.0.0.0/8', '192.0.2.2']]) {
      await expect(as('ada').update(id, { ipRules })).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await as('ada').update(id, { ipRules: ['192.0.2.1'] })).toMatchObject({ key: { ipRules: ['192.0.2.1'] } });
    await latchkey.close();
  });

  it.each<[string, object]>([
    ['scopes', { scopes: ['all'] }],
    ['tiers', { tiers: ['No Tier'] }],
    ['environments', { environments: ['operator'] }],
    ['environments', { environments: [] }],
    ['maxExpiry', { maxExpiry: 'soon' }],
    ['defaultExpiry', { maxExpiry: '1d', defaultExpiry: '2d' }],
    ['maxKeys', { maxKeys: 0 }],
    ['maxkeys', { maxkeys: 3 }],
  ])('is not left open by a policy that cannot be: %s', async (name, policy) => {
    const { latchkey } = await open();
    expect(() => latchkey.selfService(policy)).toThrow(ConfigurationError);
    expect(() => latchkey.selfService(policy)).toThrow(name);
    await latchkey.close();
  });
});

describe('the number of keys', () => {
  it('is the smallest of what policy, record and configuration say, and holds when all ask at once', async () => {
    const { as, latchkey } = await open();
    const made = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => as('ada').create({ name: `key ${n}` })));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'too_many_keys' });
    await latchkey.owners.update('ada', { maxKeys: 10 });
    await expect(as('ada').create({ name: 'one more' })).rejects.toMatchObject({ code: 'too_many_keys' });
    await latchkey.owners.update('bob', { maxKeys: 1 });
    await as('bob').create({ name: 'the only one' });
    await expect(as('bob').create({ name: 'one more' })).rejects.toMatchObject({ code: 'too_many_keys' });
    await latchkey.close();
  });

  it('does not keep a request from being repeated that made the last of them', async () => {
    const { as, latchkey } = await open();
    const ada = as('ada', { policy: { maxKeys: 1 } });
    const first = await ada.create({ name: 'CI' }, { idempotencyKey: UUID });
    const again = await ada.create({ name: 'CI' }, { idempotencyKey: UUID });
    expect([again.replayed, reveal(again.token)]).toEqual([true, reveal(first.token)]);
    // Of another owner, the same idempotency key is another request.
    expect((await as('bob').create({ name: 'CI' }, { idempotencyKey: UUID })).replayed).toBe(false);
    await latchkey.close();
  });
});

describe('an owner that may not act any more', () => {
  it('gets no token while suspended, and may still revoke', async () => {
    const { as, latchkey } = await open();
    const { key } = await as('ada').create({ name: 'CI' }, { idempotencyKey: UUID });
    await latchkey.owners.suspend('ada');
    await expect(as('ada').create({ name: 'CI 2' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as('ada').create({ name: 'CI' }, { idempotencyKey: UUID })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(as('ada').rotate(key.id)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await as('ada').revoke(key.id)).key.status).toBe('revoked');
    await latchkey.close();
  });

  it('does nothing from the instant on at which its session ends, also where that comes while it waits for its turn', async () => {
    const { as, latchkey, clock, faulty } = await open();
    const { key } = await as('ada').create({ name: 'CI' });
    const session = as('ada', { expiresAt: clock.now() + 10 });
    await clock.advance(9);
    await session.update(key.id, { name: 'still' });
    const gate = faulty.gate('keys.change', 'before');
    const create = session.create({ name: 'late' });
    await gate.reached;
    await clock.advance(1);
    gate.release();
    await expect(create).rejects.toMatchObject({ code: 'forbidden' });
    for (const call of [
      () => session.create({ name: 'k' }),
      () => session.rotate(key.id),
      () => session.update(key.id, { name: 'k' }),
      () => session.revoke(key.id),
      () => session.get(key.id),
      () => session.list(),
      () => session.usage(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(as('ada', { expiresAt: Number.NaN }).create({ name: 'k' })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await latchkey.keys.list({ owner: 'ada' })).data).toHaveLength(1);
    await latchkey.close();
  });

  it('cannot go around self-service by the calls of operators', async () => {
    const { latchkey, issue } = await open();
    const { id } = await issue({ owner: 'ada' });
    const context = { actor: { type: 'owner', id: 'ada', scopes: ['*:*'] } } as const;
    for (const call of [
      () => latchkey.keys.create({ name: 'k', owner: 'ada' }, context),
      () => latchkey.keys.update(id, { limits: [] }, context),
      () => latchkey.keys.rotate(id, {}, context),
      () => latchkey.keys.disable(id, {}, context),
      () => latchkey.keys.enable(id, {}, context),
      () => latchkey.keys.revoke(id, {}, context),
      () => latchkey.owners.update('ada', { maxKeys: 9 }, context),
      () => latchkey.tiers.put('pro', { limits: [] }, context),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' });
    }
    await latchkey.close();
  });
});

/** Every call that names a key. */
const CALLS: readonly [string, (keys: OwnKeys, id: string) => Promise<unknown>][] = [
  ['get', (keys, id) => keys.get(id)],
  ['update', (keys, id) => keys.update(id, { name: 'mine now' })],
  ['narrow', (keys, id) => keys.update(id, { ipRules: ['10.0.0.1'] })],
  ['rotate', (keys, id) => keys.rotate(id, { grace: '1h' })],
  ['revoke', (keys, id) => keys.revoke(id)],
  ['usage', (keys, id) => keys.usage({ key: id })],
];

describe('what is not one’s own', () => {
  it.each(CALLS)('is answered by %s as what never was: a key of another owner, and an operator token', async (_, call) => {
    const { as, latchkey, issue } = await open();
    const others = await issue({ owner: 'bob' });
    const operator = await issue({ owner: 'ada', environment: 'operator', scopes: ['*:*'] });
    const head = await latchkey.events.head();
    const answers: string[] = [];
    for (const id of ['key_0000000000000000', others.id, operator.id]) {
      const outcome: unknown = await call(as('ada'), id).catch((error: unknown) => error);
      answers.push(JSON.stringify([String(outcome), Object.entries(outcome as object)]));
    }
    expect(answers[0]).toContain('NotFoundError');
    expect(new Set(answers).size).toBe(1);
    expect(await latchkey.events.head()).toEqual(head);
    expect(await as('ada').list()).toMatchObject({ data: [], total: 0, active: 0 });
    await latchkey.close();
  });

  it('is as it was, whatever another owner does', async () => {
    const action = fc.record({
      call: fc.constantFrom(...CALLS, ['create', undefined] as const),
      target: fc.nat({ max: 5 }),
      wait: fc.nat({ max: DAY }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 10 }), async (actions) => {
        const { as, latchkey, issue, clock } = await open();
        const ada = as('ada');
        const hers = [(await ada.create({ name: 'one' })).key.id, (await ada.create({ name: 'two', expiresIn: '2d' })).key.id];
        const ids = [...hers, (await issue({ owner: 'bob' })).id, 'key_none'];
        const seen = async (): Promise<unknown> => [await ada.list(), await ada.usage({ from: '2020-01-01', until: '2020-01-02' })];
        for (const { call, target, wait } of actions) {
          await clock.advance(wait);
          const before = await seen();
          const id = ids[target % ids.length] ?? '';
          const [, run] = call;
          await (run === undefined ? as('bob').create({ name: 'bob’s' }) : run(as('bob'), id)).catch(() => undefined);
          expect(await seen()).toEqual(before);
        }
        expect((await latchkey.events.list({ actor: 'bob', limit: 100 })).data.every(({ owner }) => owner === 'bob')).toBe(true);
        await latchkey.close();
      }),
      { numRuns: 12 },
    );
  });
});

describe('rotation', () => {
  it('leaves a key what it has, even what the policy would not give any more', async () => {
    const { as, latchkey } = await open();
    const { key } = await as('ada').create({ name: 'CI', scopes: ['articles:write'] });
    const { key: rotated, token } = await as('ada', { policy: { scopes: [], maxKeys: 1, maxExpiry: '1d' } }).rotate(key.id);
    expect(rotated).toMatchObject({ scopes: ['articles:write'], expiresAt: key.expiresAt });
    expect((await latchkey.verify(reveal(token), { scopes: ['articles:write'] })).valid).toBe(true);
    await latchkey.close();
  });
});
