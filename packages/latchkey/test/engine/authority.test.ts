import { describe, expect, it } from 'vitest';
import type { Actor, CallContext } from '../../src/index.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { type Harness, openHarness, reveal } from './harness.js';

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

const HELD = ['keys:write', 'owners:write', 'tiers:write', 'portal:write'];

function as(id: string, scopes: readonly string[], more: Partial<CallContext> = {}): CallContext {
  return { actor: { type: 'operator', id, scopes } satisfies Actor, ...more };
}

async function openFaulty(): Promise<Harness & { faulty: FaultyStorage }> {
  let faulty: FaultyStorage | undefined;
  const harness = await openHarness({
    wrap: (storage) => {
      faulty = createFaultyStorage(storage);
      return faulty.storage;
    },
  });
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  return { ...harness, faulty };
}

describe('an operator whose authority ended while the request was under way', () => {
  const endings: [string, (harness: Harness, id: string) => Promise<unknown>][] = [
    ['was revoked', ({ latchkey }, id) => latchkey.keys.revoke(id)],
    ['was disabled', ({ latchkey }, id) => latchkey.keys.disable(id)],
    ['was rotated away from its scope', ({ latchkey }, id) => latchkey.keys.update(id, { scopes: ['events:read'] })],
    ['belongs to an owner that was suspended', ({ latchkey }) => latchkey.owners.suspend('ops')],
    ['expired', ({ latchkey, clock }, id) => latchkey.keys.update(id, { expiresIn: 1 }).then(() => clock.advance(1))],
  ];

  it.each(endings)('and %s changes nothing any more, whatever it was let in with', async (_, end) => {
    const harness = await openHarness();
    const { latchkey, issue } = harness;
    const operator = await issue({ owner: 'ops', environment: 'operator', scopes: HELD });
    const victim = await issue();
    const by = as(operator.id, HELD);
    await latchkey.tiers.put('pro', { limits: [] }, by);
    const link = await latchkey.sessions.createLink({ ownerId: 'ada', details: {} }, by);
    await end(harness, operator.id);
    const head = await latchkey.events.head();
    for (const change of [
      () => latchkey.keys.create({ name: 'k', owner: 'eve' }, by),
      () => latchkey.keys.rotate(victim.id, { grace: '1y' }, by),
      () => latchkey.keys.update(victim.id, { scopes: ['*:*'] }, by),
      () => latchkey.keys.revoke(victim.id, {}, by),
      () => latchkey.keys.revokeMany({ ids: [victim.id] }, by),
      () => latchkey.keys.retireSecret(victim.id, victim.secretId, by),
      () => latchkey.sessions.createLink({ ownerId: 'ada', details: {} }, by),
      () => latchkey.sessions.withdrawLink(link.id, by),
      () => latchkey.owners.update('ada', { maxKeys: 1 }, by),
      () => latchkey.owners.suspend('ada', {}, by),
      () => latchkey.owners.revokeAll('ada', {}, by),
      () => latchkey.tiers.put('pro', { limits: [{ name: 'd', limit: 1, window: '1d' }] }, by),
      () => latchkey.tiers.remove('pro', by),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await latchkey.events.head()).toEqual(head);
    await latchkey.close();
  });

  it('is stopped also by a revocation that is committed while the change waits for its turn', async () => {
    const { latchkey, issue, faulty } = await openFaulty();
    const operator = await issue({ environment: 'operator', scopes: ['keys:write'] });
    const gate = faulty.gate('keys.change', 'before');
    const create = latchkey.keys.create({ name: 'k', owner: 'eve' }, as(operator.id, ['keys:write']));
    await gate.reached;
    await latchkey.keys.revoke(operator.id);
    gate.release();
    await expect(create).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.close();
  });
});

describe('bringing back', () => {
  it('an owner does not hand out operator tokens that one could not issue', async () => {
    const { latchkey, issue } = await openHarness();
    await issue({ owner: 'root', environment: 'operator', scopes: ['*:*'] });
    const weak = await issue({ owner: 'ops', environment: 'operator', scopes: ['owners:write', 'keys:write'] });
    await latchkey.owners.suspend('root', { reason: 'compromised' });
    const by = as(weak.id, ['owners:write', 'keys:write']);
    await expect(latchkey.owners.resume('root', {}, by)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await latchkey.owners.get('root')).status).toBe('suspended');
    await latchkey.close();
  });

  it('the token of a repeated request is only for who could still issue it', async () => {
    const { latchkey, issue } = await openHarness();
    const operator = await issue({ environment: 'operator', scopes: ['*:*'] });
    const by = as(operator.id, ['*:*'], { idempotencyKey: UUID });
    const mint = (): ReturnType<typeof latchkey.keys.create> =>
      latchkey.keys.create({ name: 'k', owner: 'ops', environment: 'operator', scopes: ['*:*'] }, by);
    const first = await mint();
    expect(reveal((await mint()).token)).toBe(reveal(first.token));
    await latchkey.keys.update(operator.id, { scopes: ['keys:write'] });
    await expect(mint()).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.close();
  });
});

describe('an owner', () => {
  it('is one, however its id is written: what is done to it is done to its keys', async () => {
    const { latchkey, issue } = await openHarness();
    const written = 'cafe\u0301';
    const { token } = await issue({ owner: written });
    await latchkey.owners.update(written, { maxKeys: 1 });
    await expect(issue({ owner: 'caf\u00e9' })).rejects.toMatchObject({ code: 'too_many_keys' });
    expect((await latchkey.keys.list({ owner: written })).data).toHaveLength(1);
    await latchkey.owners.suspend(written);
    expect((await latchkey.verify(token)).code).toBe('owner_suspended');
    await latchkey.owners.resume(written);
    expect(await latchkey.owners.revokeAll(written)).toMatchObject({ revoked: 1, owner: { id: 'caf\u00e9' } });
    expect((await latchkey.owners.list()).data).toHaveLength(1);
    await latchkey.close();
  });

  it('that nobody wrote anything of is not made by a change that changes nothing', async () => {
    const { latchkey } = await openHarness();
    await expect(latchkey.owners.update('ghost', {})).rejects.toMatchObject({ code: 'not_found' });
    expect(await latchkey.events.head()).toBeNull();
    await latchkey.close();
  });
});

describe('an operator for whom an identity provider vouches', () => {
  it('changes and mints what the identity came with, and no more', async () => {
    const { latchkey, issue } = await openHarness();
    const victim = await issue();
    const by = as('oidc:ada', ['keys:write', 'keys:read']);
    await latchkey.keys.revoke(victim.id, {}, by);
    await expect(latchkey.owners.suspend('ada', {}, by)).rejects.toMatchObject({ missingScopes: ['owners:write'] });
    const mint = async (scopes: string[]) => latchkey.keys.create({ name: 'k', owner: 'ops', environment: 'operator', scopes }, by);
    await expect(mint(['owners:write'])).rejects.toMatchObject({ missingScopes: ['owners:write'] });
    expect((await mint(['keys:read'])).key.createdBy).toBe('operator:oidc:ada');
    const { data } = await latchkey.events.list({ actor: 'oidc:ada', order: 'oldest' });
    expect(data.map(({ action, actor }) => [action, actor])).toEqual([
      ['key.revoked', { type: 'operator', id: 'oidc:ada' }],
      ['key.created', { type: 'operator', id: 'oidc:ada' }],
    ]);
    await latchkey.close();
  });

  it('is nobody by the name alone: an owner of that id is an owner', async () => {
    const { latchkey } = await openHarness();
    const by: CallContext = { actor: { type: 'owner', id: 'oidc:ada', scopes: ['*:*'] } };
    await expect(latchkey.tiers.put('pro', { limits: [] }, by)).rejects.toMatchObject({ code: 'forbidden' });
    await latchkey.close();
  });
});
