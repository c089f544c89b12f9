import { describe, expect, it } from 'vitest';
import type { CallContext, CreateKeyInput, OperatorBounds } from '../../src/index.js';
import { openHarness } from './harness.js';
import { forbidden, notFound, operator } from './operators.js';

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
