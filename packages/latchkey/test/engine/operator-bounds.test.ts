import { describe, expect, it } from 'vitest';
import type { Actor, CallContext, CreateKeyInput, Latchkey, OperatorBounds } from '../../src/index.js';
import { openHarness, type Harness } from './harness.js';

const WRITE = ['keys:read', 'keys:write', 'keys:verify', 'owners:write', 'tiers:write'];

type Operator = Partial<CreateKeyInput> & { readonly scopes?: readonly string[] };

async function operator(
  { issue }: Pick<Harness, 'issue'>,
  fields: Operator = {},
): Promise<{ readonly id: string; readonly by: CallContext }> {
  const { scopes = WRITE, bounds = null, ...others } = fields;
  const { id } = await issue({ name: 'an operator', owner: 'ops', environment: 'operator', scopes, bounds, ...others });
  return { id, by: { actor: { type: 'operator', id, scopes, bounds } satisfies Actor } };
}

const forbidden = { code: 'forbidden' };
const notFound = { code: 'not_found' };

describe('operator authority: an operator cannot take over what it could not have made', () => {
  const stronger: readonly (readonly [what: string, fields: Operator])[] = [
    ['more scopes', { scopes: ['*:*'] }],
    ['a later expiry', { expiresIn: '2h' }],
    ['no expiry', { expiresIn: undefined }],
    ['more addresses', { ipRules: [] }],
    ['fewer limits', { limits: [] }],
    ['wider limits', { limits: [{ name: 'calls', limit: 101, window: '1h' }] }],
  ];
  const held = {
    expiresIn: '1h',
    ipRules: ['10.0.0.0/8'],
    limits: [{ name: 'calls', limit: 100, window: '1h' }],
  };
  const takeovers: readonly (readonly [what: string, take: (latchkey: Latchkey, id: string, by: CallContext) => Promise<unknown>])[] = [
    ['narrowing it to what one holds', (latchkey, id, by) => latchkey.keys.update(id, { ...held, scopes: ['keys:read'] }, by)],
    ['renaming it', (latchkey, id, by) => latchkey.keys.update(id, { name: 'mine' }, by)],
    ['rotating it', (latchkey, id, by) => latchkey.keys.rotate(id, {}, by)],
    ['disabling it', (latchkey, id, by) => latchkey.keys.disable(id, {}, by)],
    ['enabling it', (latchkey, id, by) => latchkey.keys.enable(id, {}, by)],
    ['revoking it', (latchkey, id, by) => latchkey.keys.revoke(id, {}, by)],
    ['suspending its owner', (latchkey, _, by) => latchkey.owners.suspend('root', {}, by)],
    ['resuming its owner', (latchkey, _, by) => latchkey.owners.resume('root', {}, by)],
    ['revoking all of its owner', (latchkey, _, by) => latchkey.owners.revokeAll('root', {}, by)],
    ['limiting its tier', (latchkey, _, by) => latchkey.tiers.put('root', { limits: [{ name: 'x', limit: 1, window: '1d' }] }, by)],
    ['limiting its owner', (latchkey, _, by) => latchkey.owners.update('root', { limits: [{ name: 'x', limit: 1, window: '1d' }] }, by)],
  ];

  it.each(stronger.flatMap(([than, fields]) => takeovers.map(([what, take]) => [what, than, fields, take] as const)))(
    '%s is forbidden where it has %s, and changes nothing',
    async (_what, _than, fields, take) => {
      const harness = await openHarness();
      await harness.latchkey.tiers.put('root', { limits: [] });
      const { by } = await operator(harness, held);
      const victim = await operator(harness, { ...held, ...fields, owner: 'root', tier: 'root' });
      const before = await harness.latchkey.events.head();
      await expect(take(harness.latchkey, victim.id, by)).rejects.toMatchObject(forbidden);
      expect(await harness.latchkey.events.head()).toEqual(before);
      await harness.latchkey.close();
    },
  );

  it('ends its old secret, and revokes it among others, no more than by itself', async () => {
    const harness = await openHarness();
    const { latchkey, issue } = harness;
    const { by } = await operator(harness);
    const victim = await operator(harness, { scopes: ['*:*'], owner: 'root' });
    const { key } = await latchkey.keys.rotate(victim.id, { grace: '1h' });
    await expect(latchkey.keys.retireSecret(victim.id, key.secrets[1]?.id ?? '', by)).rejects.toMatchObject(forbidden);
    const ordinary = await issue();
    const { results } = await latchkey.keys.revokeMany({ ids: [victim.id, ordinary.id] }, by);
    expect(results).toEqual([
      { id: victim.id, revoked: false, code: 'forbidden' },
      { id: ordinary.id, revoked: true },
    ]);
    await latchkey.close();
  });

  it('changes a token that holds no more than its own, and every ordinary key', async () => {
    const harness = await openHarness();
    const { latchkey, issue } = harness;
    const { by } = await operator(harness, held);
    const other = await operator(harness, { ...held, scopes: ['keys:read'], owner: 'colleague' });
    const ordinary = await issue({ scopes: ['anything:*'] });
    await latchkey.keys.update(other.id, { scopes: ['keys:verify'] }, by);
    await latchkey.owners.suspend('colleague', {}, by);
    await latchkey.keys.update(ordinary.id, { scopes: ['other:*'], limits: [], credits: { remaining: 5 } }, by);
    await latchkey.keys.rotate(ordinary.id, {}, by);
    await latchkey.owners.revokeAll('ada', {}, by);
    await latchkey.close();
  });

  it('leaves alone an expired token of an owner that it revokes: nothing brings it back', async () => {
    const harness = await openHarness();
    await operator(harness, { scopes: ['*:*'], owner: 'root', expiresIn: '1h' });
    await harness.clock.advance(3_600_000);
    const { by } = await operator(harness);
    expect((await harness.latchkey.owners.revokeAll('root', {}, by)).revoked).toBe(1);
    await harness.latchkey.close();
  });
});

describe('operator authority: an operator does not shed its own bounds', () => {
  const limits = [{ name: 'calls', limit: 100, window: '1h' }];
  const wider = [{ name: 'calls', limit: 101, window: '1h' }];
  const sheddings: readonly (readonly [
    what: string,
    fields: Operator,
    shed: (latchkey: Latchkey, id: string, by: CallContext) => Promise<unknown>,
  ])[] = [
    ['the limits of its key', { limits }, (latchkey, id, by) => latchkey.keys.update(id, { limits: [] }, by)],
    [
      'a limit of its key for one of another name',
      { limits },
      (latchkey, id, by) => latchkey.keys.update(id, { limits: [{ ...limits[0], name: 'other' } as never] }, by),
    ],
    [
      'the window of a limit',
      { limits },
      (latchkey, id, by) => latchkey.keys.update(id, { limits: [{ name: 'calls', limit: 100, window: '1m' }] }, by),
    ],
    ['the limits of its tier', { tier: 'ops' }, (latchkey, id, by) => latchkey.keys.update(id, { tier: null }, by)],
    ['its tier’s limits by one of its own', { tier: 'ops' }, (latchkey, id, by) => latchkey.keys.update(id, { limits: wider }, by)],
    ['the limits in its tier', { tier: 'ops' }, (latchkey, _, by) => latchkey.tiers.put('ops', { limits: wider }, by)],
    ['the limits of its owner', { owner: 'limited' }, (latchkey, _, by) => latchkey.owners.update('limited', { limits: [] }, by)],
    ['its credits', { credits: { remaining: 5 } }, (latchkey, id, by) => latchkey.keys.update(id, { credits: null }, by)],
    ['an end to its credits', { credits: { remaining: 5 } }, (latchkey, id, by) => latchkey.keys.update(id, { credits: { add: 1 } }, by)],
    [
      'its limits by a token without',
      { limits },
      (latchkey, _, by) => latchkey.keys.create({ name: 'k', owner: 'x', environment: 'operator', scopes: ['keys:read'] }, by),
    ],
    [
      'its owner’s limits by a token of another',
      { owner: 'limited' },
      (latchkey, _, by) => latchkey.keys.create({ name: 'k', owner: 'x', environment: 'operator', scopes: ['keys:read'] }, by),
    ],
    [
      'its credits by another token',
      { credits: { remaining: 5 } },
      (latchkey, _, by) =>
        latchkey.keys.create({ name: 'k', owner: 'x', environment: 'operator', scopes: ['keys:read'], credits: { remaining: 5 } }, by),
    ],
    [
      'its bounds',
      { scopes: ['keys:write'], bounds: { environments: ['operator', 'live'] } },
      (latchkey, id, by) => latchkey.keys.update(id, { bounds: null }, by),
    ],
    [
      'one of its bounds',
      { scopes: ['keys:write'], bounds: { environments: ['operator'], owners: ['ops'] } },
      (latchkey, id, by) => latchkey.keys.update(id, { bounds: { environments: ['operator'] } }, by),
    ],
    [
      'its bounds by a token without',
      { scopes: ['keys:write'], bounds: { environments: ['operator'] } },
      (latchkey, _, by) => latchkey.keys.create({ name: 'k', owner: 'x', environment: 'operator', scopes: ['keys:write'] }, by),
    ],
  ];

  it.each(sheddings)('%s', async (_what, fields, shed) => {
    const harness = await openHarness();
    const { latchkey } = harness;
    await latchkey.tiers.put('ops', { limits });
    await latchkey.owners.update('limited', { limits });
    const { id, by } = await operator(harness, fields);
    const before = await latchkey.events.head();
    await expect(shed(latchkey, id, by)).rejects.toMatchObject(forbidden);
    expect(await latchkey.events.head()).toEqual(before);
    await latchkey.close();
  });

  it('by way of an owner or a tier of a token that it issued: a token is judged after such a change, too', async () => {
    const harness = await openHarness();
    const { latchkey } = harness;
    const { by } = await operator(harness, { limits });
    const token = { name: 'k', environment: 'operator', scopes: ['keys:read'] };
    await latchkey.owners.update('other', { limits }, by);
    await latchkey.tiers.put('other', { limits }, by);
    await latchkey.keys.create({ ...token, owner: 'other' }, by);
    await latchkey.keys.create({ ...token, owner: 'x', tier: 'other' }, by);
    const before = await latchkey.events.head();
    await expect(latchkey.owners.update('other', { limits: [] }, by)).rejects.toMatchObject(forbidden);
    await expect(latchkey.tiers.put('other', { limits: wider }, by)).rejects.toMatchObject(forbidden);
    expect(await latchkey.events.head()).toEqual(before);
    expect((await latchkey.owners.get('other')).limits).toHaveLength(1);
    await latchkey.owners.update('other', { limits: [{ name: 'calls', limit: 9, window: '1h' }] }, by);
    await latchkey.close();
  });

  it('and narrows them, and hands them on with a token that carries them', async () => {
    const harness = await openHarness();
    const { latchkey } = harness;
    const { id, by } = await operator(harness, { limits });
    await latchkey.keys.create({ name: 'k', owner: 'x', environment: 'operator', scopes: ['keys:read'], limits }, by);
    await latchkey.keys.update(id, { limits: [{ name: 'calls', limit: 10, window: '1h' }], credits: { remaining: 5 } }, by);
    await latchkey.keys.rotate(id, {}, by);
    await latchkey.close();
  });
});

describe('operator bounds', () => {
  const bounds: OperatorBounds = { environments: ['live'], owners: ['ada'], tiers: ['free'], grants: ['articles:*'] };
  const scopes = ['keys:read', 'keys:write', 'keys:verify', 'tiers:read'];
  const within = { owner: 'ada', environment: 'live', tier: 'free', scopes: ['articles:read'] };
  const outside: readonly (readonly [what: string, fields: Partial<CreateKeyInput>])[] = [
    ['another environment', { environment: 'test' }],
    ['another owner', { owner: 'bob' }],
    ['another tier', { tier: 'pro' }],
    ['no tier', { tier: null }],
  ];

  async function open() {
    const harness = await openHarness({ environments: ['live', 'test'] });
    for (const tier of ['free', 'pro']) await harness.latchkey.tiers.put(tier, { limits: [{ name: 'calls', limit: 10, window: '1h' }] });
    return { ...harness, ...(await operator(harness, { scopes, bounds, tier: 'free' })) };
  }

  it.each(outside)('a key of %s is not there: it is neither shown, verified, changed, charged nor made', async (_what, fields) => {
    const { latchkey, issue, by } = await open();
    const inside = await issue(within);
    const other = await issue({ ...within, ...fields });
    const { id } = other;
    const before = [await latchkey.events.head(), await latchkey.keys.limits(id)];
    for (const call of [
      () => latchkey.keys.get(id, by),
      () => latchkey.keys.limits(id, by),
      () => latchkey.keys.explain(id, {}, by),
      () => latchkey.keys.update(id, { name: 'x' }, by),
      () => latchkey.keys.rotate(id, {}, by),
      () => latchkey.keys.revoke(id, {}, by),
      () => latchkey.keys.disable(id, {}, by),
      () => latchkey.keys.enable(id, {}, by),
      () => latchkey.keys.retireSecret(id, other.secretId, by),
    ]) {
      await expect(call()).rejects.toMatchObject(notFound);
    }
    expect((await latchkey.keys.revokeMany({ ids: [id] }, by)).results).toEqual([{ id, revoked: false, code: 'not_found' }]);
    expect((await latchkey.keys.list({}, by)).data.map((key) => key.id)).not.toContain(id);
    expect((await latchkey.keys.list({ environment: 'live' }, by)).data.map((key) => key.id)).toContain(inside.id);
    for (const request of [{}, { dryRun: true }]) {
      expect(await latchkey.verify(other.token, request, by)).toMatchObject({ valid: false, code: 'not_found', key: null });
      expect((await latchkey.verify(inside.token, request, by)).code).toBe('valid');
    }
    await expect(latchkey.keys.create({ name: 'k', ...within, ...fields } as CreateKeyInput, by)).rejects.toMatchObject(forbidden);
    expect([await latchkey.events.head(), await latchkey.keys.limits(id)]).toEqual(before);
    await latchkey.close();
  });

  it('a key is given no scopes beyond the grants and no wider limits than its tier’s, and none that has them is changed', async () => {
    const { latchkey, issue, by } = await open();
    const wider = { limits: [{ name: 'calls', limit: 11, window: '1h' }] };
    for (const fields of [{ scopes: ['users:read'] }, { scopes: ['*:*'] }, wider]) {
      await expect(latchkey.keys.create({ name: 'k', ...within, ...fields }, by)).rejects.toMatchObject(forbidden);
      const { id } = await issue(within);
      await expect(latchkey.keys.update(id, fields, by)).rejects.toMatchObject(forbidden);
      const other = await issue({ ...within, ...fields });
      for (const change of [
        () => latchkey.keys.rotate(other.id, {}, by),
        () => latchkey.keys.revoke(other.id, {}, by),
        () => latchkey.keys.update(other.id, { scopes: [], limits: [] }, by),
      ]) {
        await expect(change()).rejects.toMatchObject(forbidden);
      }
    }
    const narrow = { scopes: ['articles:read'], limits: [{ name: 'calls', limit: 9, window: '1h' }] };
    await latchkey.keys.create({ name: 'k', ...within, ...narrow }, by);
    await latchkey.close();
  });

  it('an owner beyond them is not there, and one with keys beyond the grants is not changed', async () => {
    const harness = await openHarness();
    const { latchkey, issue } = harness;
    const ofOwner = { owners: ['ada'], grants: ['articles:*'] };
    const { by } = await operator(harness, { scopes: ['owners:read', 'owners:write'], bounds: ofOwner });
    await issue({ owner: 'bob' });
    await expect(latchkey.owners.get('bob', by)).rejects.toMatchObject(notFound);
    for (const change of ['suspend', 'resume', 'revokeAll'] as const) {
      await expect(latchkey.owners[change]('bob', {}, by)).rejects.toMatchObject(notFound);
      await expect(latchkey.owners[change]('nobody', {}, by)).rejects.toMatchObject(notFound);
    }
    await expect(latchkey.owners.update('bob', { maxKeys: 9 }, by)).rejects.toMatchObject(notFound);
    await issue({ owner: 'ada', scopes: ['articles:read'] });
    expect((await latchkey.owners.list({}, by)).data.map(({ id }) => id)).toEqual(['ada']);
    await latchkey.owners.suspend('ada', {}, by);
    await latchkey.owners.resume('ada', {}, by);
    await latchkey.owners.update('ada', { maxKeys: 9 }, by);
    await issue({ owner: 'ada', scopes: ['users:read'] });
    for (const change of [
      () => latchkey.owners.suspend('ada', {}, by),
      () => latchkey.owners.revokeAll('ada', {}, by),
      () => latchkey.owners.update('ada', { maxKeys: 8 }, by),
    ]) {
      await expect(change()).rejects.toMatchObject(forbidden);
    }
    await latchkey.close();
  });

  it('its own token is there for it, whatever it is bound to: it narrows and rotates itself, and widens nothing', async () => {
    const { latchkey, id, by } = await open();
    expect((await latchkey.keys.get(id, by)).id).toBe(id);
    await latchkey.keys.update(id, { scopes: ['keys:read', 'keys:write'] }, by);
    await latchkey.keys.rotate(id, { grace: '1h' }, by);
    await expect(latchkey.keys.update(id, { bounds: null }, by)).rejects.toMatchObject(forbidden);
    await expect(latchkey.keys.update(id, { scopes: ['keys:read', 'keys:verify'] }, by)).rejects.toMatchObject(forbidden);
    await latchkey.close();
  });

  it('tiers are counted within them, and the others are not there', async () => {
    const { latchkey, issue, by } = await open();
    for (const fields of [{}, { owner: 'bob' }, { environment: 'test' }, { tier: 'pro' }]) await issue({ ...within, ...fields });
    await latchkey.keys.revoke((await issue(within)).id);
    expect((await latchkey.tiers.list(by)).map(({ name, keys }) => [name, keys])).toEqual([['free', 1]]);
    expect((await latchkey.tiers.get('free', by)).keys).toBe(1);
    await expect(latchkey.tiers.get('pro', by)).rejects.toMatchObject(notFound);
    await latchkey.close();
  });

  it('a token outside them is counted as a guess like one that was never issued', async () => {
    const { latchkey, issue, by } = await open();
    const outside = await issue({ ...within, owner: 'bob' });
    const request = { ip: '203.0.113.9' };
    const never = `${outside.token.slice(0, -1)}x`;
    const answers = async (token: string) => {
      const codes: string[] = [];
      for (let i = 0; i < 61; i++) codes.push((await latchkey.verify(token, request, by)).code);
      return codes;
    };
    expect((await answers(outside.token)).at(-1)).toBe('rate_limited');
    expect((await latchkey.verify(never, request, by)).valid).toBe(false);
    await latchkey.close();
  });

  it('a repeated create does not show a key that is outside them by now', async () => {
    const harness = await openHarness({ environments: ['live', 'test'] });
    const { latchkey } = harness;
    const { id, by } = await operator(harness, { scopes: ['keys:write'] });
    const repeat = { ...by, idempotencyKey: 'order-1' };
    const create = () => latchkey.keys.create({ name: 'k', owner: 'ada', environment: 'test' }, repeat);
    await create();
    await latchkey.keys.update(id, { bounds: { environments: ['live'] } });
    await expect(create()).rejects.toMatchObject(notFound);
    await latchkey.close();
  });

  it('a token is bound from the moment of the change, whatever it was let in with', async () => {
    const { latchkey, issue, id } = await open();
    const other = await issue({ ...within, owner: 'bob' });
    const unbound: CallContext = { actor: { type: 'operator', id, scopes } };
    await expect(latchkey.keys.revoke(other.id, {}, unbound)).rejects.toMatchObject(notFound);
    await latchkey.close();
  });

  it('figures and entries of all keys are not for a bounded token', async () => {
    const { latchkey, by } = await open();
    for (const read of [
      async () => latchkey.overview(by),
      async () => latchkey.tiers.preview('free', { limits: [] }, by),
      async () => latchkey.events.list({}, by),
      async () => latchkey.events.head(by),
      async () => latchkey.events.verify(undefined, by),
      async () => latchkey.events.walk({}, by),
      async () => latchkey.usage.read({}, by),
      async () => latchkey.usage.byKey({ keys: ['key_1'] }, by),
      async () => latchkey.usage.busiest({}, by),
    ]) {
      await expect(read()).rejects.toMatchObject(forbidden);
    }
    await latchkey.close();
  });

  it('a portal is opened only for an owner within them', async () => {
    const harness = await openHarness();
    const { latchkey } = harness;
    const { by } = await operator(harness, { scopes: ['portal:write'], bounds: { owners: ['ada'] } });
    const link = await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }, by);
    const other = await latchkey.sessions.createLink({ ownerId: 'bob', details: {} });
    await expect(latchkey.sessions.createLink({ ownerId: 'bob', details: {} }, by)).rejects.toMatchObject(notFound);
    await expect(latchkey.sessions.withdrawLink(other.id, by)).rejects.toMatchObject(notFound);
    await latchkey.sessions.withdrawLink(link.id, by);
    await latchkey.close();
  });

  it.each([
    [{ environments: [] }, ['keys:read'], '/bounds/environments'],
    [{ environments: ['nowhere'] }, ['keys:read'], '/bounds/environments/0'],
    [{ environment: ['live'] }, ['keys:read'], '/bounds/environment'],
    [{ owners: 'ada' }, ['keys:read'], '/bounds/owners'],
    [{ owners: [''] }, ['keys:read'], '/bounds/owners/0'],
    [{ tiers: ['No Tier'] }, ['keys:read'], '/bounds/tiers/0'],
    [{ grants: ['articles'] }, ['keys:read'], '/bounds/grants/0'],
    [{}, ['keys:read'], '/bounds'],
    [['live'], ['keys:read'], '/bounds'],
    [{ environments: ['live'] }, ['*:*'], '/scopes'],
    [{ environments: ['live'] }, ['usage:read'], '/scopes'],
    [{ environments: ['live'] }, ['owners:read'], '/bounds/owners'],
    [{ environments: ['live'], owners: ['ada'] }, ['portal:write'], '/bounds/environments'],
    [{ grants: ['a:b'], owners: ['ada'] }, ['portal:write'], '/bounds/grants'],
    [{ tiers: ['free'], owners: ['ada'] }, ['owners:write'], '/bounds/tiers'],
  ])('%j with the scopes %j is refused at %s', async (wrong, held, pointer) => {
    const { latchkey, issue } = await openHarness();
    const input = { name: 'k', owner: 'ops', environment: 'operator', scopes: held, bounds: wrong as OperatorBounds };
    await expect(latchkey.keys.create(input)).rejects.toMatchObject({ code: 'invalid_input', issues: [{ pointer }] });
    const { id } = await issue({ environment: 'operator', scopes: held });
    await expect(latchkey.keys.update(id, { bounds: wrong as OperatorBounds })).rejects.toMatchObject({ issues: [{ pointer }] });
    await latchkey.close();
  });

  it('only operator tokens have any, and the log keeps them', async () => {
    const { latchkey, issue } = await openHarness();
    await expect(issue({ bounds: { environments: ['live'] } })).rejects.toMatchObject({ issues: [{ pointer: '/bounds' }] });
    const { id } = await issue({ environment: 'operator', scopes: ['keys:read'], bounds: { environments: ['live'] } });
    expect((await latchkey.keys.get(id)).bounds).toEqual({ environments: ['live'] });
    await latchkey.keys.update(id, { bounds: null });
    const [updated, created] = (await latchkey.events.list()).data;
    expect([created?.after?.['bounds'], updated?.before?.['bounds'], updated?.after?.['bounds']]).toEqual([
      { environments: ['live'] },
      { environments: ['live'] },
      null,
    ]);
    await latchkey.close();
  });
});
