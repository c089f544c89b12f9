import { describe, expect, it } from 'vitest';
import type { CallContext, Latchkey } from '../../src/index.js';
import { openHarness } from './harness.js';
import { forbidden, type Operator, operator } from './operators.js';

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
