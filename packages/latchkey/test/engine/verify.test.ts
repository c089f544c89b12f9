import { describe, expect, it } from 'vitest';
import type { RefusalCode, Verdict, VerifyRequest } from '../../src/index.js';
import { systemEntropy } from '../../src/index.js';
import { mintToken } from '../../src/domain/token.js';
import { type Harness, openHarness } from './harness.js';
import { countReads } from './counting-storage.js';

const HOUR = 3_600_000;

function unknownToken(): string {
  return mintToken('lk', 'live', (length) => systemEntropy.bytes(length)).reveal();
}

function codeOf(verdict: Verdict): Verdict['code'] {
  return verdict.code;
}

describe('a verdict', () => {
  it('says of a good token whose it is, what it may do and which secret was used', async () => {
    const { latchkey, issue, clock } = await openHarness({ tiers: { free: [{ name: 'daily', limit: 3, window: '1d' }] } });
    const { id, token, secretId } = await issue({
      name: 'CI',
      tier: 'free',
      scopes: ['articles:*'],
      metadata: { plan: 7 },
      expiresIn: '1h',
      credits: { remaining: 5 },
    });
    const verdict = await latchkey.verify(token, { scopes: ['articles:read'], ip: '203.0.113.9' });
    expect(verdict).toEqual({
      valid: true,
      code: 'valid',
      key: {
        id,
        name: 'CI',
        owner: 'ada',
        tier: 'free',
        environment: 'live',
        scopes: ['articles:*'],
        metadata: { plan: 7 },
        expiresAt: clock.now() + HOUR,
      },
      secretId,
      limits: [
        {
          name: 'daily',
          limit: 3,
          remaining: 2,
          resetAt: Date.parse('2026-01-02T00:00:00Z'),
          algorithm: 'fixed-window',
          windowMs: 24 * HOUR,
        },
      ],
      credits: 4,
      degraded: false,
    });
    await latchkey.close();
  });

  const cases: { code: RefusalCode; arrange: (harness: Harness) => Promise<{ token: string | null; request?: VerifyRequest }> }[] = [
    { code: 'missing', arrange: async () => ({ token: '' }) },
    { code: 'malformed', arrange: async ({ issue }) => ({ token: `${(await issue()).token.slice(0, -1)}_` }) },
    { code: 'malformed', arrange: async () => ({ token: 'x'.repeat(100_000) }) },
    { code: 'not_found', arrange: async () => ({ token: unknownToken() }) },
    {
      code: 'revoked',
      arrange: async ({ issue, latchkey }) => {
        const { id, token } = await issue();
        await latchkey.keys.revoke(id, { reason: 'lost' });
        return { token };
      },
    },
    {
      code: 'revoked',
      arrange: async ({ issue, latchkey }) => {
        const { id, token } = await issue();
        await latchkey.keys.rotate(id);
        return { token };
      },
    },
    {
      code: 'disabled',
      arrange: async ({ issue, latchkey }) => {
        const { id, token } = await issue();
        await latchkey.keys.disable(id);
        return { token };
      },
    },
    { code: 'not_yet_active', arrange: async ({ issue }) => issue({ notBefore: '2026-01-01T00:00:00.001Z' }) },
    {
      code: 'owner_suspended',
      arrange: async ({ issue, latchkey }) => {
        const { token } = await issue();
        await latchkey.owners.suspend('ada');
        return { token };
      },
    },
    {
      code: 'expired',
      arrange: async ({ issue, clock }) => {
        const { token } = await issue({ expiresIn: 1000 });
        await clock.advance(1000);
        return { token };
      },
    },
    {
      code: 'wrong_environment',
      arrange: async ({ issue }) => ({ ...(await issue({ environment: 'test' })), request: { environment: 'live' } }),
    },
    { code: 'wrong_environment', arrange: async ({ issue }) => issue({ environment: 'operator', scopes: ['keys:read'] }) },
    { code: 'ip_denied', arrange: async ({ issue }) => ({ ...(await issue({ ipRules: ['10.0.0.0/8'] })), request: { ip: '11.0.0.1' } }) },
    { code: 'ip_denied', arrange: async ({ issue }) => issue({ ipRules: ['10.0.0.0/8'] }) },
    {
      code: 'insufficient_scope',
      arrange: async ({ issue }) => ({ ...(await issue({ scopes: ['a:read'] })), request: { scopes: ['a:write'] } }),
    },
    {
      code: 'rate_limited',
      arrange: async ({ issue, latchkey }) => {
        const { token } = await issue({ limits: [{ name: 'one', limit: 1, window: '1m' }] });
        await latchkey.verify(token);
        return { token };
      },
    },
    { code: 'credits_exhausted', arrange: async ({ issue }) => issue({ credits: { remaining: 0 } }) },
  ];

  it.each(cases)('refuses with $code, in a message that says what would mend it and nothing of the token', async ({ code, arrange }) => {
    const harness = await openHarness();
    const { token, request } = await arrange(harness);
    for (const dryRun of [false, true]) {
      const verdict = await harness.latchkey.verify(token, { ...request, dryRun });
      expect(codeOf(verdict)).toBe(code);
      expect(verdict.valid ? '' : verdict.message).not.toBe('');
      if (token) expect(JSON.stringify(verdict)).not.toContain(token);
      if (dryRun) expect(verdict.steps?.at(-1)?.passed).toBe(false);
    }
    await harness.latchkey.close();
  });

  it('is valid one millisecond before the expiry and refused at it', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { token } = await issue({ expiresIn: 1000 });
    await clock.advance(999);
    expect(codeOf(await latchkey.verify(token))).toBe('valid');
    await clock.advance(1);
    expect(codeOf(await latchkey.verify(token))).toBe('expired');
    await latchkey.close();
  });

  it('follows the order of the steps: what comes first in the table wins', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id, token } = await issue({ expiresIn: 1000, environment: 'test', ipRules: ['10.0.0.1'], credits: { remaining: 0 } });
    const ask = async (): Promise<string> => codeOf(await latchkey.verify(token, { environment: 'live', scopes: ['a:b'] }));
    expect(await ask()).toBe('wrong_environment');
    await clock.advance(1000);
    expect(await ask()).toBe('expired');
    await latchkey.owners.suspend('ada');
    expect(await ask()).toBe('owner_suspended');
    await latchkey.keys.revoke(id);
    expect(await ask()).toBe('revoked');
    await latchkey.close();
  });
});

describe('a verification', () => {
  it('does no I/O when the key is in memory, and one read when it is not', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    await latchkey.verify(token);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    for (let i = 0; i < 100; i++) await latchkey.verify(token);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    await latchkey.close();
  });

  it('shares one read between all that ask for the same token at once', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => latchkey.verify(token)));
    expect(verdicts.every((verdict) => verdict.valid)).toBe(true);
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    await latchkey.close();
  });

  it('refuses a token with a wrong checksum without touching the store', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap });
    const { token } = await issue();
    reads.reset();
    await latchkey.verify(token.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    expect(reads.calls()).toEqual({});
    await latchkey.close();
  });

  it('keeps good keys in memory through a flood of unknown tokens, and reads a repeated one once', async () => {
    const reads = countReads();
    const { latchkey, issue } = await openHarness({ wrap: reads.wrap, cacheKeys: 4, cacheUnknown: 100 });
    const { token } = await issue();
    const repeated = unknownToken();
    await latchkey.verify(token);
    for (let i = 0; i < 1000; i++) await latchkey.verify(unknownToken());
    reads.reset();
    expect(codeOf(await latchkey.verify(token))).toBe('valid');
    expect(reads.calls()).toEqual({});
    for (let i = 0; i < 10; i++) expect(codeOf(await latchkey.verify(repeated))).toBe('not_found');
    expect(reads.calls()).toEqual({ findByDigests: 1 });
    expect(latchkey.stats().cache.unknown).toBeLessThanOrEqual(100);
    await latchkey.close();
  });

  it('remembers an unknown token for its time and no longer', async () => {
    const reads = countReads();
    const { latchkey, clock } = await openHarness({ wrap: reads.wrap, unknownTtlMs: 5000 });
    const token = unknownToken();
    reads.reset();
    await latchkey.verify(token);
    await clock.advance(4999);
    await latchkey.verify(token);
    expect(reads.calls()['findByDigests']).toBe(1);
    await clock.advance(1);
    await latchkey.verify(token);
    expect(reads.calls()['findByDigests']).toBe(2);
    await latchkey.close();
  });

  it('holds no more keys in memory than its bound', async () => {
    const { latchkey, issue } = await openHarness({ cacheKeys: 10 });
    for (let i = 0; i < 50; i++) await latchkey.verify((await issue()).token);
    expect(latchkey.stats().cache.keys).toBeLessThanOrEqual(10);
    await latchkey.close();
  });

  it('slows an address that guesses, while a good token from there still passes', async () => {
    const { latchkey, issue, clock } = await openHarness({ guessesPerMinute: 5 });
    const { token } = await issue();
    const guess = (ip: string): Promise<Verdict> => latchkey.verify(unknownToken(), { ip });
    for (let i = 0; i < 5; i++) expect(codeOf(await guess('2001:db8::1'))).toBe('not_found');
    const refused = await guess('2001:db8::ffff');
    expect(refused).toMatchObject({ code: 'rate_limited', key: null, retryAfterMs: 12_000 });
    expect(codeOf(await latchkey.verify(token, { ip: '2001:db8::1' }))).toBe('valid');
    expect(codeOf(await guess('2001:db8:0:1::1'))).toBe('not_found');
    await clock.advance(12_000);
    expect(codeOf(await guess('2001:db8::1'))).toBe('not_found');
    await latchkey.close();
  });

  it('refuses a request that is itself wrong by an error, not by a verdict', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue();
    await expect(latchkey.verify(token, { cost: -1 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(latchkey.verify(token, { cost: 0.5 })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(latchkey.verify(token, { scopes: ['Nonsense'] })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(latchkey.verify(token, { limits: [{ name: 'x', limit: 0, window: '1s' }] })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await latchkey.close();
  });

  it('answers a caller who changes what it was given without harm to the next', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue({ scopes: ['a:read'], metadata: { deep: { plan: 1 } } });
    await latchkey.verify(token);
    const verdict = await latchkey.verify(token);
    if (verdict.key === null) throw new Error('no key');
    Object.assign(verdict.key, { owner: 'eve', expiresAt: 1 });
    expect(() => (verdict.key?.scopes as string[]).push('admin:*')).toThrow(TypeError);
    expect(() => Object.assign((verdict.key?.metadata as { deep: object }).deep, { plan: 2 })).toThrow(TypeError);
    expect(await latchkey.verify(token, { scopes: ['a:read'] })).toMatchObject({
      valid: true,
      key: { owner: 'ada', expiresAt: null, metadata: { deep: { plan: 1 } } },
    });
    expect(codeOf(await latchkey.verify(token, { scopes: ['admin:all'] }))).toBe('insufficient_scope');
    await latchkey.close();
  });
});

describe('limits and credits', () => {
  it('are charged together or not at all, whichever refuses', async () => {
    const { latchkey, issue } = await openHarness();
    const { id, token } = await issue({
      limits: [
        { name: 'wide', limit: 100, window: '1h' },
        { name: 'narrow', limit: 2, window: '1h' },
      ],
      credits: { remaining: 10 },
    });
    await latchkey.owners.update('ada', { limits: [{ name: 'shared', limit: 50, window: '1h' }] });
    const remaining = async (): Promise<(number | null)[]> => {
      const verdict = await latchkey.verify(token, { cost: 0, dryRun: true });
      return [...(verdict.limits ?? []).map((limit) => limit.remaining), verdict.valid ? verdict.credits : null];
    };
    await latchkey.verify(token, { cost: 2 });
    expect(await remaining()).toEqual([98, 0, 48, 8]);
    expect(codeOf(await latchkey.verify(token, { cost: 1 }))).toBe('rate_limited');
    expect(codeOf(await latchkey.verify(token, { scopes: ['no:way'] }))).toBe('insufficient_scope');
    expect(await remaining()).toEqual([98, 0, 48, 8]);
    await latchkey.keys.update(id, { limits: [{ name: 'wide', limit: 100, window: '1h' }], credits: { remaining: 1 } });
    expect(codeOf(await latchkey.verify(token, { cost: 2 }))).toBe('credits_exhausted');
    expect(await remaining()).toEqual([98, 48, 1]);
    await latchkey.close();
  });

  it('admit exactly 50 of 400 calls at once under a limit of 50', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue({ limits: [{ name: 'fifty', limit: 50, window: '1h' }] });
    const verdicts = await Promise.all(Array.from({ length: 400 }, () => latchkey.verify(token)));
    expect(verdicts.filter((verdict) => verdict.valid)).toHaveLength(50);
    await latchkey.close();
  });

  it('give exactly one success for one credit to 8 verifications at once', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue({ credits: { remaining: 1 }, limits: [{ name: 'many', limit: 100, window: '1h' }] });
    const verdicts = await Promise.all(Array.from({ length: 8 }, () => latchkey.verify(token)));
    expect(verdicts.map((verdict) => verdict.code).sort()).toEqual(['credits_exhausted', ...Array(6).fill('credits_exhausted'), 'valid']);
    expect((await latchkey.verify(token, { cost: 0 })).limits?.[0]?.remaining).toBe(99);
    await latchkey.close();
  });

  it('of the call are counted for each key and resource, beside those of the key', async () => {
    const { latchkey, issue } = await openHarness();
    const { token } = await issue();
    const ask = (resource: string): Promise<Verdict> =>
      latchkey.verify(token, { resource, limits: [{ name: 'each', limit: 1, window: '1h' }] });
    expect(codeOf(await ask('search'))).toBe('valid');
    expect(codeOf(await ask('search'))).toBe('rate_limited');
    expect(codeOf(await ask('export'))).toBe('valid');
    await latchkey.close();
  });

  it('of the key stand in place of those of its tier with the same name', async () => {
    const { latchkey, issue } = await openHarness({
      tiers: {
        free: [
          { name: 'daily', limit: 1, window: '1d' },
          { name: 'hourly', limit: 9, window: '1h' },
        ],
      },
    });
    const { token } = await issue({ tier: 'free', limits: [{ name: 'daily', limit: 7, window: '1d' }] });
    expect((await latchkey.verify(token)).limits?.map(({ name, limit }) => [name, limit])).toEqual([
      ['daily', 7],
      ['hourly', 9],
    ]);
    await latchkey.close();
  });

  it('of a tier change for all its keys at once', async () => {
    const { latchkey, issue } = await openHarness();
    await latchkey.tiers.put('free', { limits: [{ name: 'daily', limit: 1, window: '1d' }] });
    const { token } = await issue({ tier: 'free' });
    await latchkey.verify(token);
    expect(codeOf(await latchkey.verify(token))).toBe('rate_limited');
    await latchkey.tiers.put('free', { limits: [{ name: 'daily', limit: 2, window: '1d' }] });
    expect(codeOf(await latchkey.verify(token))).toBe('valid');
    await latchkey.close();
  });
});

describe('usage', () => {
  it('is counted by hour, day and outcome, with the last use, at most a second behind', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id, token } = await issue({ scopes: ['a:read'] });
    await latchkey.verify(token, { ip: '203.0.113.9', userAgent: 'curl/8' });
    await latchkey.verify(token, { scopes: ['a:write'] });
    await latchkey.verify(unknownToken());
    await clock.advance(HOUR);
    await latchkey.verify(token);
    await clock.advance(1000);
    const usage = await latchkey.usage.read({ key: id, by: 'hour' });
    expect(usage.points).toEqual([
      { start: '2026-01-01T00:00:00.000Z', counts: { valid: 1, insufficient_scope: 1 } },
      { start: '2026-01-01T01:00:00.000Z', counts: { valid: 1 } },
    ]);
    expect((await latchkey.usage.read({ by: 'day' })).totals).toEqual({ valid: 2, insufficient_scope: 1, not_found: 1 });
    const key = await latchkey.keys.get(id);
    expect(key.lastUsedAt).toBe('2026-01-01T01:00:00.000Z');
    expect(key.secrets[0]?.lastUsedAt).toBe('2026-01-01T01:00:00.000Z');
    await latchkey.close();
  });

  it('knows the last use of each secret of a key, also where both are used within the same second', async () => {
    const { latchkey, issue, clock } = await openHarness();
    const { id, token } = await issue();
    const rotated = (await latchkey.keys.rotate(id, { grace: '1d' })).token;
    for (const presented of [token, rotated, token, rotated]) {
      await latchkey.verify(presented);
      await clock.advance(100);
    }
    await clock.advance(1_000);
    const { lastUsedAt, secrets } = await latchkey.keys.get(id);
    expect(secrets.map((secret) => secret.lastUsedAt)).toEqual(['2026-01-01T00:00:00.300Z', '2026-01-01T00:00:00.200Z']);
    expect(lastUsedAt).toBe('2026-01-01T00:00:00.300Z');
    await latchkey.close();
  });
});
