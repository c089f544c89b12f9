import { createLatchkey, type CreateKeyInput, type Latchkey, type VerifyRequest } from 'latchkey';
import { createClient, type CacheOptions, type Client } from 'latchkey/client';
import { createTestClock, type TestClock } from 'latchkey/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

let clock: TestClock;
let latchkey: Latchkey;
let fetch: typeof globalThis.fetch;
/** How often the service was asked for a verdict. */
let asked: number;

beforeEach(async () => {
  clock = createTestClock();
  latchkey = await createLatchkey({ database: ':memory:', clock, tiers: { free: [{ name: 'daily', limit: 9, window: '1d' }], plain: [] } });
  const app = createApp(latchkey, { adminKey: ADMIN_KEY, clock });
  asked = 0;
  fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url.endsWith('/v1/keys/verify')) asked += 1;
    return app.fetch(request);
  };
});

afterEach(async () => latchkey.close());

function open(cache: CacheOptions | undefined = { ttlMs: 10_000 }): Client {
  return createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch, cache: cache && { clock, ...cache } });
}

async function issue(input: Partial<CreateKeyInput> = {}): Promise<{ readonly id: string; readonly token: string }> {
  const { key, token } = await latchkey.keys.create({ name: 'a key', owner: 'ada', scopes: ['a:read'], ...input });
  return { id: key.id, token: token?.reveal() ?? '' };
}

async function askedBy(work: () => Promise<unknown>): Promise<number> {
  const before = asked;
  await work();
  return asked - before;
}

describe('a client that was not asked to repeat verdicts', () => {
  it('asks each time, so that what was revoked elsewhere is refused at once', async () => {
    const client = createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch });
    const { id, token } = await issue();
    const verdict = await client.verify(token);
    expect(verdict).toMatchObject({ valid: true });
    expect(verdict).not.toHaveProperty('cachedForMs');
    await latchkey.keys.revoke(id);
    expect((await client.verify(token)).code).toBe('revoked');
    expect(asked).toBe(2);
  });
});

describe('a client with a cache', () => {
  it('repeats a verdict for the time that it was given, says how old it is, and then asks again', async () => {
    const client = open();
    const { token } = await issue({ metadata: { plan: { name: 'yearly' } } });
    const first = await client.verify(token, { scopes: ['a:read'] });
    expect(first).not.toHaveProperty('cachedForMs');
    expect(await client.verify(token, { scopes: ['a:read'] })).toEqual({ ...first, cachedForMs: 0 });
    await clock.advance(9_999);
    expect(await client.verify(token, { scopes: ['a:read'] })).toEqual({ ...first, cachedForMs: 9_999 });
    expect(asked).toBe(1);
    await clock.advance(1);
    expect(await client.verify(token, { scopes: ['a:read'] })).toEqual(first);
    expect(asked).toBe(2);
  });

  it('learns of what was changed elsewhere when that time is over, and no later, however often it is asked', async () => {
    const client = open();
    const { id, token } = await issue();
    await client.verify(token);
    await latchkey.keys.revoke(id);
    for (let second = 0; second < 10; second++) {
      expect(await client.verify(token)).toMatchObject({ valid: true, cachedForMs: second * 1_000 });
      await clock.advance(1_000);
    }
    expect((await client.verify(token)).code).toBe('revoked');
  });

  it('counts from when it asked, and not from when it was answered', async () => {
    const { id, token } = await issue();
    const { fetch: real } = { fetch };
    fetch = async (input, init) => {
      const response = await real(input, init);
      // An answer that is long under way: by then the key is revoked.
      await clock.advance(9_000);
      return response;
    };
    const client = open();
    await client.verify(token);
    await latchkey.keys.revoke(id);
    expect(await client.verify(token)).toMatchObject({ valid: true, cachedForMs: 9_000 });
    await clock.advance(1_000);
    expect((await client.verify(token)).code).toBe('revoked');
  });

  it('repeats nothing that an expiry has overtaken, at its very instant', async () => {
    const client = open();
    const { token } = await issue({ expiresIn: 5_000 });
    await client.verify(token);
    await clock.advance(4_999);
    expect(await client.verify(token)).toMatchObject({ valid: true, cachedForMs: 4_999 });
    await clock.advance(1);
    expect((await client.verify(token)).code).toBe('expired');
  });

  it('repeats nothing past its time where the wall clock is set back, or the machine slept', async () => {
    const client = open();
    const { id, token } = await issue();
    await client.verify(token);
    await latchkey.keys.revoke(id);
    await clock.advance(9_999);
    clock.set(clock.now() - 3_600_000);
    expect((await client.verify(token)).valid).toBe(true);
    await clock.advance(1);
    expect((await client.verify(token)).code).toBe('revoked');
    // While a machine sleeps monotonic time stands still.
    const sleeper = await issue();
    await client.verify(sleeper.token);
    await latchkey.keys.revoke(sleeper.id);
    clock.set(clock.now() + 10_000);
    expect((await client.verify(sleeper.token)).code).toBe('revoked');
  });

  const CHANGES: readonly (readonly [name: string, change: (client: Client, id: string) => Promise<unknown>, code: string])[] = [
    ['keys.revoke', (client, id) => client.keys.revoke(id), 'revoked'],
    ['keys.disable', (client, id) => client.keys.disable(id), 'disabled'],
    ['keys.rotate', (client, id) => client.keys.rotate(id), 'revoked'],
    ['keys.update', (client, id) => client.keys.update(id, { scopes: [] }), 'insufficient_scope'],
    ['owners.suspend', (client) => client.owners.suspend('ada'), 'owner_suspended'],
    ['owners.revokeAll', (client) => client.owners.revokeAll('ada'), 'revoked'],
    ['owners.update', (client) => client.owners.update('ada', { limits: [{ name: 'l', limit: 9, window: '1d' }] }), 'valid'],
    ['tiers.put', (client) => client.tiers.put('pro', { limits: [{ name: 'l', limit: 9, window: '1d' }] }), 'valid'],
    ['keys.create', (client) => client.keys.create({ name: 'another', owner: 'ada' }), 'valid'],
    ['a change that is refused', (client) => client.keys.update('key_none', { name: 'x' }).catch(() => undefined), 'valid'],
  ];

  it.each(CHANGES)('asks again at once after %s through it', async (_name, change, code) => {
    const client = open();
    await latchkey.tiers.put('pro', { limits: [] });
    const { id, token } = await issue({ tier: 'pro' });
    const ask = async () => client.verify(token, { scopes: ['a:read'] });
    await ask();
    expect(await askedBy(ask)).toBe(0);
    await change(client, id);
    expect(await askedBy(async () => expect((await ask()).code).toBe(code))).toBe(1);
  });

  it('keeps what it knows through calls that change nothing', async () => {
    const client = open();
    const { id, token } = await issue();
    await client.verify(token);
    await client.keys.get(id);
    await client.keys.list();
    await client.events.verify();
    await client.verify('lk_live_nonsense');
    await client.verifyBatch([{ token }]);
    expect(await askedBy(async () => client.verify(token))).toBe(0);
  });

  it('does not keep a verdict that a change through it has overtaken', async () => {
    const { id, token } = await issue();
    const { fetch: real } = { fetch };
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let answered: () => void = () => undefined;
    const judged = new Promise<void>((resolve) => (answered = resolve));
    fetch = async (input, init) => {
      const response = await real(input, init);
      if (asked === 1 && new Request(input).url.endsWith('/verify')) {
        answered();
        await held;
      }
      return response;
    };
    const client = open();
    const early = client.verify(token);
    await judged;
    await client.keys.revoke(id);
    letGo();
    // It was asked before the revocation, and may say so; but nobody after.
    expect((await early).valid).toBe(true);
    expect((await client.verify(token)).code).toBe('revoked');
  });

  it('holds no more entries than it may: the newest stay', async () => {
    const client = open({ ttlMs: 60_000, maxEntries: 3 });
    const tokens: string[] = [];
    for (let i = 0; i < 6; i++) tokens.push((await issue()).token);
    for (const token of tokens) await client.verify(token);
    for (const token of tokens.slice(3)) expect(await askedBy(async () => client.verify(token))).toBe(0);
    for (const token of tokens.slice(0, 3)) expect(await askedBy(async () => client.verify(token))).toBe(1);
  });

  it('gives no room to guesses', async () => {
    const client = open({ ttlMs: 60_000, maxEntries: 3 });
    const { token } = await issue();
    await client.verify(token);
    for (let i = 0; i < 50; i++) await client.verify(`lk_live_${i}`, { ip: '192.0.2.1' });
    expect(await askedBy(async () => client.verify(token))).toBe(0);
  });

  it('hands out verdicts that whoever gets them may spoil', async () => {
    const client = open();
    const { token } = await issue({ metadata: { deep: { plan: 1 } } });
    const verdicts = [await client.verify(token), await client.verify(token)];
    for (const { key } of verdicts) {
      Object.assign(key ?? {}, { owner: 'eve' });
      Object.assign((key?.metadata as { deep: object }).deep, { plan: 2 });
      (key?.scopes as string[]).push('admin:*');
    }
    expect(await client.verify(token)).toMatchObject({ key: { owner: 'ada', scopes: ['a:read'], metadata: { deep: { plan: 1 } } } });
  });
});

describe('a client with a cache asks the service each time', () => {
  type Arrange = () => Promise<{ readonly token: string; readonly request?: VerifyRequest }>;

  const CASES: readonly (readonly [what: string, code: string, arrange: Arrange])[] = [
    ['for a key with limits', 'valid', async () => issue({ limits: [{ name: 'l', limit: 9, window: '1d' }] })],
    ['for a key whose tier has limits', 'valid', async () => issue({ tier: 'free' })],
    ['for a key with credits', 'valid', async () => issue({ credits: { remaining: 9 } })],
    ['where it states limits', 'valid', async () => ({ ...(await issue()), request: { limits: [{ name: 'l', limit: 9, window: '1d' }] } })],
    ['where it states a cost', 'valid', async () => ({ ...(await issue()), request: { cost: 2 } })],
    ['where the call is free', 'valid', async () => ({ ...(await issue()), request: { cost: 0 } })],
    ['where it asks for an explanation', 'valid', async () => ({ ...(await issue()), request: { dryRun: true } })],
    ['for what is no token', 'malformed', async () => ({ token: 'nonsense' })],
    ['for a disabled key', 'disabled', async () => after(await issue(), (id) => latchkey.keys.disable(id))],
    ['for a key that begins later', 'not_yet_active', async () => issue({ notBefore: '2027-01-01' })],
    ['for a suspended owner', 'owner_suspended', async () => after(await issue(), () => latchkey.owners.suspend('ada'))],
    ['for another environment', 'wrong_environment', async () => ({ ...(await issue()), request: { environment: 'test' } })],
    ['for another address', 'ip_denied', async () => issue({ ipRules: ['10.0.0.1'] })],
    ['for a scope that is lacking', 'insufficient_scope', async () => ({ ...(await issue()), request: { scopes: ['b:read'] } })],
    ['for spent credits', 'credits_exhausted', async () => issue({ credits: { remaining: 0 } })],
  ];

  async function after<Key extends { readonly id: string }>(issued: Key, change: (id: string) => Promise<unknown>): Promise<Key> {
    await change(issued.id);
    return issued;
  }

  it.each(CASES)('%s', async (_what, code, arrange) => {
    const client = open();
    const { token, request } = await arrange();
    for (let i = 0; i < 3; i++) expect(await client.verify(token, request)).toMatchObject({ code });
    expect(asked).toBe(3);
  });

  it('so that a limit admits exactly what it says, and credits are spent exactly', async () => {
    const client = open();
    const { token } = await issue({ limits: [{ name: 'five', limit: 5, window: '1d' }], credits: { remaining: 3 } });
    const verdicts = await Promise.all(Array.from({ length: 20 }, async () => client.verify(token)));
    expect(verdicts.filter(({ valid }) => valid)).toHaveLength(3);
  });

  it('but for what nothing mends: a key that was revoked or has expired', async () => {
    const client = open();
    const [revoked, expired] = [await issue(), await issue({ expiresIn: 1 })];
    await latchkey.keys.revoke(revoked.id);
    await clock.advance(1);
    for (const { token } of [revoked, expired]) {
      expect(await askedBy(async () => client.verify(token))).toBe(1);
      expect(await askedBy(async () => client.verify(token))).toBe(0);
    }
    expect(await client.verify(revoked.token)).toMatchObject({ valid: false, code: 'revoked', cachedForMs: 0 });
  });
});
