/** What of the life of a key is the engine's alone; what it shares with every way to it is in conformance.test.ts. */
import { describe, expect, it } from 'vitest';
import { openHarness, readsAtOnce, reveal } from './harness.js';

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
});

describe('rotating', () => {
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
    expect((await latchkey.verify(token)).code).toBe('revoked');
    expect((await latchkey.verify(reveal(won[0]?.token ?? null))).code).toBe('valid');
    expect((await latchkey.keys.get(id)).secrets).toHaveLength(2);
    await latchkey.close();
  });
});

describe('the log', () => {
  it('keeps from where and in which request a change was made, as the edge says', async () => {
    const { latchkey, issue } = await openHarness();
    const { id } = await issue();
    const actor = { type: 'admin', id: 'admin', scopes: ['*:*'] } as const;
    await latchkey.keys.update(id, { name: 'renamed' }, { actor, address: '192.0.2.1', requestId: 'req-1' });
    const { data } = await latchkey.events.list({ key: id });
    expect(data[0]).toMatchObject({ actor: { type: 'admin', id: 'admin' }, address: '192.0.2.1', requestId: 'req-1' });
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
});
