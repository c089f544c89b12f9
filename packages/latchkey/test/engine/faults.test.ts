import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Latchkey } from '../../src/index.js';
import { createFaultyStorage, type FaultPoint, type FaultyStorage } from '../../src/testing/faulty-storage.js';
import { type Harness, openHarness } from './harness.js';

interface Scene {
  readonly harness: Harness;
  readonly faulty: FaultyStorage;
  readonly id: string;
  readonly token: string;
}

type Act = (latchkey: Latchkey, scene: Scene) => Promise<unknown>;

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';
const repeatable = { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] }, idempotencyKey: UUID } as const;
const imported = { scheme: 'sha256', digest: createHash('sha256').update('sk_old').digest('hex'), encoding: 'hex' } as const;

/** Every change, what must be done before it can be, and whether repeating it after an unknown outcome is a conflict. */
const CHANGES: readonly { name: string; prepare?: Act; act: Act; conflictOnRepeat?: string }[] = [
  {
    name: 'create, with an idempotency key',
    act: (latchkey) => latchkey.keys.create({ name: 'second', owner: 'bob', credits: { remaining: 3 } }, repeatable),
  },
  { name: 'update', act: (latchkey, { id }) => latchkey.keys.update(id, { scopes: ['b:write'], credits: { remaining: 9 } }) },
  { name: 'rotate, with an idempotency key', act: (latchkey, { id }) => latchkey.keys.rotate(id, { grace: '1h' }, repeatable) },
  { name: 'revoke', act: (latchkey, { id }) => latchkey.keys.revoke(id, { reason: 'lost' }) },
  { name: 'disable', act: (latchkey, { id }) => latchkey.keys.disable(id) },
  { name: 'enable', prepare: (latchkey, { id }) => latchkey.keys.disable(id), act: (latchkey, { id }) => latchkey.keys.enable(id) },
  { name: 'suspend', act: (latchkey) => latchkey.owners.suspend('ada') },
  { name: 'resume', prepare: (latchkey) => latchkey.owners.suspend('ada'), act: (latchkey) => latchkey.owners.resume('ada') },
  {
    name: 'update an owner',
    act: (latchkey) => latchkey.owners.update('ada', { maxKeys: 7, limits: [{ name: 'all', limit: 9, window: '1h' }] }),
  },
  {
    name: 'revoke all of an owner',
    prepare: (latchkey) => latchkey.keys.create({ name: 'other', owner: 'ada' }),
    act: (latchkey) => latchkey.owners.revokeAll('ada'),
  },
  ...(['revokeWhere', 'disableWhere', 'extendWhere'] as const).map((call) => ({
    name: `${call}: of all keys of an owner`,
    prepare: (latchkey: Latchkey) => latchkey.keys.create({ name: 'other', owner: 'ada', expiresIn: '1h' }),
    act: (latchkey: Latchkey) =>
      latchkey.keys[call]({ where: { owner: 'ada' }, expect: 2, ...(call === 'extendWhere' && { expiresAt: '2026-06-01T00:00:00Z' }) }),
    ...(call !== 'extendWhere' && { conflictOnRepeat: 'count_changed' }),
  })),
  { name: 'put a tier', act: (latchkey) => latchkey.tiers.put('pro', { limits: [{ name: 'd', limit: 5, window: '1d' }] }) },
  {
    name: 'remove a tier',
    prepare: (latchkey) => latchkey.tiers.put('pro', { limits: [] }),
    act: (latchkey) => latchkey.tiers.remove('pro'),
    conflictOnRepeat: 'not_found',
  },
  {
    name: 'import',
    act: (latchkey) => latchkey.keys.import([{ name: 'old', owner: 'bob', secret: imported }]),
    conflictOnRepeat: 'already_imported',
  },
];

async function openScene({ prepare }: { prepare?: Act }): Promise<Scene> {
  let faulty: FaultyStorage | undefined;
  const harness = await openHarness({
    wrap: (storage) => {
      faulty = createFaultyStorage(storage);
      return faulty.storage;
    },
  });
  const { id, token } = await harness.issue({ scopes: ['a:read'] });
  if (faulty === undefined) throw new Error('The storage was not wrapped.');
  const scene = { harness, faulty, id, token };
  await prepare?.(harness.latchkey, scene);
  await harness.latchkey.verify(token);
  faulty.reset();
  return scene;
}

/** All that can be seen from outside, but for ids, tokens and the order of ids, which are drawn anew by a repeated call. */
async function outlook({ harness: { latchkey }, token }: Scene): Promise<string> {
  const listed = (await latchkey.keys.list()).data.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const keys = listed.map(({ name, owner, status, scopes, credits, secrets }) => [
    name,
    owner,
    status,
    scopes,
    credits,
    secrets.map(({ validUntil }) => validUntil),
  ]);
  const owners = (await latchkey.owners.list()).data;
  const tiers = await latchkey.tiers.list();
  const events = (await latchkey.events.list({ order: 'oldest' })).data.map(({ action, target }) => [action, target.type]);
  const verdict = await latchkey.verify(token, { dryRun: true });
  return JSON.stringify({ keys, owners, tiers, events, code: verdict.code });
}

describe.each(CHANGES)('a store that fails at any call of: $name', (change) => {
  it('leaves all of it done or nothing, whole in the log, and a retry completes it', async () => {
    const sound = await openScene(change);
    const before = await outlook(sound);
    sound.faulty.reset();
    await change.act(sound.harness.latchkey, sound);
    const calls = sound.faulty.calls();
    const after = await outlook(sound);
    await sound.harness.latchkey.close();
    expect(calls.length).toBeGreaterThan(2);

    for (const point of ['before', 'after'] satisfies FaultPoint[]) {
      for (let n = 1; n <= calls.length; n++) {
        const scene = await openScene(change);
        const { latchkey } = scene.harness;
        scene.faulty.failAt(n, point);
        await expect(change.act(latchkey, scene), `${calls[n - 1] ?? ''} ${point}`).rejects.toMatchObject({ code: 'unavailable' });
        const seen = await outlook(scene);
        expect([before, after], `${calls[n - 1] ?? ''} ${point}`).toContain(seen);
        expect(await latchkey.events.verify()).toMatchObject({ intact: true });
        const retried = await change.act(latchkey, scene).then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        expect(retried).toBe(seen === after && change.conflictOnRepeat !== undefined ? change.conflictOnRepeat : 'done');
        expect(await outlook(scene)).toBe(after);
        await latchkey.close();
      }
    }
  });
});

describe('an import whose answer is lost', () => {
  it('lets in at once a token that was unknown until then', async () => {
    const scene = await openScene({});
    const { latchkey } = scene.harness;
    const token = 'sk_live_an-old-token-of-theirs';
    const digest = createHash('sha256').update(token).digest('hex');
    const record = { name: 'old', owner: 'ada', secret: { scheme: 'sha256', digest, encoding: 'hex' } } as const;
    expect((await latchkey.verify(token)).valid).toBe(false);
    scene.faulty.failAt(1, 'after');
    await expect(latchkey.keys.import([record])).rejects.toMatchObject({ code: 'unavailable' });
    expect((await latchkey.verify(token)).valid).toBe(true);
    await latchkey.close();
  });
});

describe('a store that is out of reach', () => {
  it('does not touch keys that are in memory; all others are refused as unavailable, never let in', async () => {
    const scene = await openScene({});
    const { latchkey, issue } = scene.harness;
    const other = await issue();
    scene.faulty.breakDown();
    expect((await latchkey.verify(scene.token)).code).toBe('valid');
    expect(await latchkey.verify(other.token)).toMatchObject({ valid: false, code: 'unavailable', degraded: true });
    await expect(latchkey.ready()).rejects.toMatchObject({ code: 'unavailable' });
    scene.faulty.mend();
    expect((await latchkey.verify(other.token)).code).toBe('valid');
    await latchkey.close();
  });

  it('gives back the limits of a call whose credits could not be spent', async () => {
    const scene = await openScene({});
    const { latchkey, issue } = scene.harness;
    const { token } = await issue({ credits: { remaining: 5 }, limits: [{ name: 'l', limit: 5, window: '1h' }] });
    await latchkey.verify(token);
    scene.faulty.breakDown();
    expect((await latchkey.verify(token)).code).toBe('unavailable');
    scene.faulty.mend();
    const verdict = await latchkey.verify(token);
    expect(verdict.valid && [verdict.credits, verdict.limits[0]?.remaining]).toEqual([3, 3]);
    await latchkey.close();
  });

  it('keeps the figures of usage until it can take them', async () => {
    const scene = await openScene({});
    const { latchkey, clock } = scene.harness;
    await clock.advance(2000);
    scene.faulty.breakDown();
    for (let i = 0; i < 5; i++) await latchkey.verify(scene.token, { ip: '192.0.2.7' });
    await clock.advance(5000);
    scene.faulty.mend();
    await clock.advance(2000);
    await expect.poll(async () => (await latchkey.usage.read({ key: scene.id })).totals).toEqual({ valid: 6 });
    expect((await latchkey.keys.get(scene.id)).lastUsedFrom).toMatchObject({ address: '192.0.2.7' });
    await latchkey.close();
  });

  it('keeps the last use of an old secret too, when the new one is used before the store is back', async () => {
    const scene = await openScene({});
    const { latchkey, clock } = scene.harness;
    const rotated = (await latchkey.keys.rotate(scene.id, { grace: '1d' })).token;
    for (const token of [scene.token, rotated]) await latchkey.verify(token);
    await clock.advance(2000);
    scene.faulty.breakDown();
    const usedAt = new Date(clock.now()).toISOString();
    await latchkey.verify(scene.token);
    await clock.advance(2000);
    await latchkey.verify(rotated);
    scene.faulty.mend();
    await clock.advance(2000);
    await expect.poll(async () => (await latchkey.keys.get(scene.id)).secrets[1]?.lastUsedAt).toBe(usedAt);
    await latchkey.close();
  });
});
