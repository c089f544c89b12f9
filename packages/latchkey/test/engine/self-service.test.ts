/** What of self-service is the engine's alone; what it shares with every way to it is in self-service/conformance.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { ConfigurationError, type OwnKeys, type Principal, type SelfServicePolicy } from '../../src/index.js';
import { createFaultyStorage, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { type Harness, openHarness, reveal } from './harness.js';

const DAY = 86_400_000;
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

describe('what an owner may choose', () => {
  it.each<[string, object]>([
    ['scopes that are no list', { scopes: 'articles:read' }],
    ['scopes that are no texts', { scopes: [{}] }],
  ])('is not %s', async (_, fields) => {
    const { as, latchkey } = await open();
    await expect(as('ada').create({ name: 'CI', ...fields })).rejects.toMatchObject({ code: 'invalid_input' });
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

  it.each<[string, object]>([
    ['scopes', { scopes: ['all'] }],
    ['tiers', { tiers: ['No Tier'] }],
    ['environments', { environments: ['operator'] }],
    ['environments', { environments: [] }],
    ['maxExpiry', { maxExpiry: 'soon' }],
    ['defaultExpiry', { maxExpiry: '1d', defaultExpiry: '2d' }],
    ['maxKeys', { maxKeys: 0 }],
    ['changesPerHour', { changesPerHour: 0 }],
    ['changesPerHour', { changesPerHour: 1e7 }],
    ['maxkeys', { maxkeys: 3 }],
  ])('is not left open by a policy that cannot be: %s', async (name, policy) => {
    const { latchkey } = await open();
    expect(() => latchkey.selfService(policy)).toThrow(ConfigurationError);
    expect(() => latchkey.selfService(policy)).toThrow(name);
    await latchkey.close();
  });
});

describe('an owner that may not act any more', () => {
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
        const seen = async (): Promise<unknown> => [await ada.list(), await ada.usage({ from: '2025-12-30', until: '2025-12-31' })];
        for (const { call, target, wait } of actions) {
          clock.set(clock.now() + wait);
          const before = await seen();
          const id = ids[target % ids.length] ?? '';
          const [, run] = call;
          await (run === undefined ? as('bob').create({ name: 'bob’s' }) : run(as('bob'), id)).catch(() => undefined);
          expect(await seen()).toEqual(before);
        }
        expect((await latchkey.events.list({ actor: 'bob', limit: 100 })).data.every(({ owner }) => owner === 'bob')).toBe(true);
        await latchkey.close();
      }),
      runs(12),
    );
  });
});

describe('self-service: a request that is repeated under its idempotency key', () => {
  it('is no further change, and is answered even where no more changes are left', async () => {
    const { as, latchkey } = await open();
    const ada = as('ada', { policy: { changesPerHour: 2 } });
    const context = { idempotencyKey: 'b7d6c9a0-5a0e-4f6e-9f0e-0c6f1f3a7c11' };
    const first = await ada.create({ name: 'CI' }, context);
    for (let turn = 0; turn < 3; turn += 1) {
      const again = await ada.create({ name: 'CI' }, context);
      expect([again.replayed, again.key.id, reveal(again.token)]).toEqual([true, first.key.id, reveal(first.token)]);
    }
    const rotating = { idempotencyKey: 'd1f0a3a4-30f1-4f0c-8a56-7a3f4a0f9e22' };
    const rotated = await ada.rotate(first.key.id, { grace: '1h' }, rotating);
    await expect(ada.create({ name: 'CI 2' }, { idempotencyKey: '5f3c' })).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(ada.rotate(first.key.id, {})).rejects.toMatchObject({ code: 'rate_limited' });
    const again = await ada.rotate(first.key.id, { grace: '1h' }, rotating);
    expect([again.replayed, reveal(again.token)]).toEqual([true, reveal(rotated.token)]);
    await expect(ada.create({ name: 'CI 2' })).rejects.toMatchObject({ code: 'rate_limited' });
    await latchkey.close();
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
