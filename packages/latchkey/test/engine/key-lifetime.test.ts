/** The lifetimes that the settings allow keys, and who is bound by them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/index.js';
import { readSettings } from '../../src/internal/index.js';
import { createTestClock } from '../../src/testing/test-clock.js';
import { openHarness, propertyRuns, reveal } from './harness.js';

const DAY = 86_400_000;
const KEY = { name: 'CI', owner: 'ada' };

describe('the lifetime of a new key', () => {
  it('default lifetime: holds for a key without an expiry, and for no other', async () => {
    const { latchkey, clock } = await openHarness({ defaultKeyLifetime: '90d' });
    const expiryOf = async (more: object) => (await latchkey.keys.create({ ...KEY, ...more })).key.expiresAt;
    const ahead = (days: number) => new Date(clock.now() + days * DAY).toISOString();
    expect(await expiryOf({})).toBe(ahead(90));
    expect(await expiryOf({ expiresIn: '1y' })).toBe(ahead(365));
    expect(await expiryOf({ expiresAt: ahead(7) })).toBe(ahead(7));
    expect(await expiryOf({ expiresAt: null })).toBeNull();
    await latchkey.close();
  });

  it('is the longest where no default is set', async () => {
    const { latchkey } = await openHarness({ maxKeyLifetime: '30d' });
    expect((await latchkey.keys.create(KEY)).key).toMatchObject({ daysUntilExpiry: 30 });
    await latchkey.close();
  });

  it('is bounded: a longer and a shorter one are refused, none too, and both bounds are taken', async () => {
    const clock = createTestClock();
    const { latchkey } = await openHarness({ clock, minKeyLifetime: '1h', maxKeyLifetime: '90d' });
    const refusal = async (more: object) => latchkey.keys.create({ ...KEY, ...more }).catch((error: unknown) => error);
    const longest = 'Use an expiry at most 90d ahead, the longest lifetime of keys.';
    const shortest = 'Use an expiry at least 1h ahead, the shortest lifetime of keys. To end a key sooner, disable or revoke it.';
    expect(await refusal({ expiresAt: null })).toMatchObject({
      issues: [{ pointer: '/expiresAt', message: `Every key expires here. ${longest}` }],
    });
    expect(await refusal({ expiresIn: 90 * DAY + 1 })).toMatchObject({
      issues: [{ pointer: '/expiresIn', message: `The key would live too long. ${longest}` }],
    });
    expect(await refusal({ expiresAt: new Date(clock.now() + 90 * DAY + 1) })).toMatchObject({ issues: [{ pointer: '/expiresAt' }] });
    expect(await refusal({ expiresIn: 90 })).toMatchObject({ issues: [{ pointer: '/expiresIn', message: shortest }] });
    expect(await refusal({ expiresIn: DAY / 24 - 1 })).toMatchObject({ issues: [{ pointer: '/expiresIn', message: shortest }] });
    expect(await latchkey.events.list()).toMatchObject({ data: [] });
    for (const expiresIn of ['1h', '90d']) await expect(latchkey.keys.create({ ...KEY, expiresIn })).resolves.toBeDefined();
    await latchkey.close();
  });

  it('bounds what keys.extendWhere gives to many keys, too', async () => {
    const { latchkey } = await openHarness({ minKeyLifetime: '1h', maxKeyLifetime: '30d' });
    await latchkey.keys.create(KEY);
    const extend = async (expiry: object) => latchkey.keys.extendWhere({ where: { owner: 'ada' }, expect: 1, ...expiry });
    await expect(extend({ expiresIn: '31d' })).rejects.toMatchObject({ issues: [{ pointer: '/expiresIn' }] });
    await expect(extend({ expiresAt: null })).rejects.toMatchObject({ issues: [{ pointer: '/expiresAt' }] });
    await expect(extend({ expiresIn: '59m' })).rejects.toMatchObject({ issues: [{ pointer: '/expiresIn' }] });
    expect(await extend({ expiresIn: '20d' })).toMatchObject({ changed: 1 });
    await latchkey.close();
  });

  it('binds operator tokens and owners as it does the library', async () => {
    const { latchkey } = await openHarness({ maxKeyLifetime: '30d', defaultKeyLifetime: '7d' });
    const token = { ...KEY, environment: 'operator', scopes: ['keys:read'] };
    expect((await latchkey.keys.create(token)).key).toMatchObject({ daysUntilExpiry: 7 });
    await expect(latchkey.keys.create({ ...token, expiresIn: '31d' })).rejects.toMatchObject({ code: 'invalid_input' });
    const own = latchkey.selfService({}).for({ ownerId: 'ada', expiresAt: null });
    expect((await own.account()).policy).toMatchObject({ maxExpiry: '30d', defaultExpiry: '1w' });
    await expect(own.create({ name: 'CI', expiresIn: '31d' })).rejects.toMatchObject({ issues: [{ pointer: '/expiresIn' }] });
    expect((await own.create({ name: 'CI' })).key).toMatchObject({ daysUntilExpiry: 7 });
    await latchkey.close();
  });

  it('any input: the key expires within the bounds or is refused', async () => {
    const { latchkey, clock } = await openHarness({ minKeyLifetime: '1h', maxKeyLifetime: '90d' });
    const ms = fc.integer({ min: 1, max: 200 * DAY });
    const expiry = fc.oneof(
      fc.constant({}),
      fc.constant({ expiresAt: null }),
      ms.map((expiresIn) => ({ expiresIn })),
      ms.map((ahead) => ({ expiresAt: new Date(clock.now() + ahead) })),
    );
    await fc.assert(
      fc.asyncProperty(expiry, async (given) => {
        const created = await latchkey.keys.create({ ...KEY, ...given }).catch(() => null);
        if (created === null) return;
        const lifetime = Date.parse(created.key.expiresAt ?? '') - clock.now();
        expect(lifetime).toBeGreaterThanOrEqual(DAY / 24);
        expect(lifetime).toBeLessThanOrEqual(90 * DAY);
      }),
      propertyRuns(100),
    );
    await latchkey.close();
  });
});

describe('the lifetime of a key that is there', () => {
  it('is bounded when somebody sets an expiry, and left alone by other changes and by a rotation', async () => {
    const clock = createTestClock();
    const harness = await openHarness({ clock, minKeyLifetime: '1h', maxKeyLifetime: '90d' });
    const { keys } = harness.latchkey;
    const digest = 'a'.repeat(64);
    const [old] = await keys.import([{ ...KEY, secret: { scheme: 'sha256', digest, encoding: 'hex' } }]);
    const id = old?.id ?? '';
    expect(old).toMatchObject({ expiresAt: null });
    // As it is: a form sends it back.
    expect((await keys.update(id, { name: 'Renamed', expiresAt: null })).key).toMatchObject({ name: 'Renamed', expiresAt: null });
    expect((await keys.rotate(id)).key).toMatchObject({ expiresAt: null });
    await expect(keys.update(id, { expiresIn: '91d' })).rejects.toMatchObject({ issues: [{ pointer: '/expiresIn' }] });
    await expect(keys.update(id, { expiresIn: '59m' })).rejects.toMatchObject({ issues: [{ pointer: '/expiresIn' }] });
    expect((await keys.update(id, { expiresIn: '90d' })).key).toMatchObject({ daysUntilExpiry: 90 });
    await expect(keys.update(id, { expiresAt: null })).rejects.toMatchObject({ issues: [{ pointer: '/expiresAt' }] });
    await harness.latchkey.close();
  });

  it('imports keep the expiry that they give, or none', async () => {
    const { latchkey, clock } = await openHarness({ minKeyLifetime: '1d', maxKeyLifetime: '30d', defaultKeyLifetime: '7d' });
    const secret = (letter: string) => ({ scheme: 'sha256' as const, digest: letter.repeat(64), encoding: 'hex' as const });
    const late = new Date(clock.now() + 365 * DAY);
    const imported = await latchkey.keys.import([
      { ...KEY, secret: secret('a') },
      { ...KEY, expiresAt: late, secret: secret('b') },
      { ...KEY, expiresIn: '1h', secret: secret('c') },
    ]);
    expect(imported.map(({ expiresAt }) => expiresAt)).toEqual([null, late.toISOString(), expect.any(String)]);
    await latchkey.close();
  });

  it('a repeated request is answered with the same key', async () => {
    const { latchkey } = await openHarness({ defaultKeyLifetime: '7d' });
    const options = { idempotencyKey: '5a6e7c0d-1f7b-4a53-9d0e-7a51c0b0e9d4' };
    const first = await latchkey.keys.create(KEY, options);
    const again = await latchkey.keys.create(KEY, options);
    expect([again.key.id, reveal(again.token)]).toEqual([first.key.id, reveal(first.token)]);
    await latchkey.close();
  });
});

describe('lifetimes in the settings', () => {
  it.each([
    [{ minKeyLifetime: '2d', maxKeyLifetime: '1d' }, 'minKeyLifetime: use a duration that is not longer than maxKeyLifetime.'],
    [{ defaultKeyLifetime: '2d', maxKeyLifetime: '1d' }, 'defaultKeyLifetime: use a duration that is not longer than maxKeyLifetime.'],
    [{ defaultKeyLifetime: '1d', minKeyLifetime: '2d' }, 'defaultKeyLifetime: use a duration that is not shorter than minKeyLifetime.'],
  ])('that contradict one another are refused, and both are named: %j', (settings, problem) => {
    expect(() => readSettings(settings)).toThrow(new ConfigurationError([problem]));
  });

  it.each(['0', 0, -1, 1.5, '90', 'soon', '', true, '101y'])('that are no duration are refused: %j', (given) => {
    for (const name of ['minKeyLifetime', 'maxKeyLifetime', 'defaultKeyLifetime'])
      expect(() => readSettings({ [name]: given })).toThrow(`${name}: use a duration such as "90d"`);
  });

  it.each([
    [{ maxExpiry: '31d' }, 'maxExpiry, maxKeyLifetime: '],
    [{ neverExpires: true }, 'neverExpires, maxKeyLifetime: '],
    [{ maxExpiry: '1h' }, 'maxExpiry, minKeyLifetime: '],
    [{ defaultExpiry: '1h' }, 'defaultExpiry, minKeyLifetime: '],
  ])('bound the policy of self-service: %j', async (policy, problem) => {
    const { latchkey } = await openHarness({ minKeyLifetime: '2h', maxKeyLifetime: '30d' });
    expect(() => latchkey.selfService(policy)).toThrow(problem);
    await latchkey.close();
  });
});
