import { ConfigurationError, createLatchkey, InvalidInputError, REFUSAL_CODES, type RefusalCode, type VerifyRequest } from 'latchkey';
import { createTestClock, fakeVerifier, TEST_CLOCK_START, type FakeToken } from 'latchkey/testing';
import { withApiKey } from 'latchkey/fetch';
import { createGuard } from 'latchkey/middleware';
import { describe, expect, it } from 'vitest';
import { ask } from '../middleware/ask.js';
import { FRAMEWORKS } from '../middleware/frameworks.js';

const READ = { scopes: ['articles:read'] };
const bearer = (token: string): { headers: [string, string][] } => ({ headers: [['authorization', `Bearer ${token}`]] });

function problemsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).problems;
  }
  throw new Error('Nothing was refused.');
}

describe.each(Object.entries(FRAMEWORKS))('fake verifier behind a guard of %s', (_name, framework) => {
  it('gives each token the answer that an engine would give, and records what the guard asked', async () => {
    const keys = fakeVerifier({
      reader: { owner: 'ada', ...READ },
      other: { owner: 'bob' },
      old: 'expired',
      gone: 'revoked',
      busy: { code: 'rate_limited', retryAfterMs: 30_000 },
      down: 'unavailable',
    });
    const running = await framework(keys, [{ path: '/', layers: [READ], handler: 'echo' }]);
    try {
      const answers = new Map<string, Awaited<ReturnType<typeof ask>>>();
      for (const token of ['reader', 'other', 'old', 'gone', 'busy', 'down', 'stranger'])
        answers.set(token, await ask(running.url, { path: '/', ...bearer(token) }));
      const seen = [...answers].map(([token, { status, text }]) => [token, status, (JSON.parse(text) as { code?: string }).code]);
      expect(seen).toEqual([
        ['reader', 200, undefined],
        ['other', 403, 'insufficient_scope'],
        ['old', 401, 'expired'],
        ['gone', 401, 'invalid'],
        ['busy', 429, 'rate_limited'],
        ['down', 503, 'unavailable'],
        ['stranger', 401, 'invalid'],
      ]);
      expect(JSON.parse(answers.get('reader')?.text ?? '')).toMatchObject({ verified: true, owner: 'ada' });
      expect(answers.get('busy')?.headers['retry-after']).toBe('30');
      expect(keys.calls.map(({ token, verdict }) => [token, verdict.code])).toEqual([
        ['reader', 'valid'],
        ['other', 'insufficient_scope'],
        ['old', 'expired'],
        ['gone', 'revoked'],
        ['busy', 'rate_limited'],
        ['down', 'unavailable'],
        ['stranger', 'not_found'],
      ]);
      expect(keys.calls[0]?.request).toMatchObject({ scopes: ['articles:read'], cost: 1 });
      expect((await ask(running.url, { path: '/' })).status).toBe(401);
      expect(keys.calls).toHaveLength(7);
    } finally {
      await running.close();
    }
  });
});

describe('fake verifier', () => {
  it('makes up what the test does not state, by the place of the token', async () => {
    const keys = fakeVerifier({ one: {}, two: { name: 'CI', tier: 'pro', credits: 7 } });
    expect(await keys.verify('one')).toEqual({
      valid: true,
      code: 'valid',
      key: {
        id: 'key_0000000000000001',
        name: 'Key 1',
        owner: 'owner-1',
        tier: null,
        environment: 'live',
        scopes: [],
        metadata: {},
        expiresAt: null,
      },
      secretId: 'sec_0000000000000001',
      limits: [],
      credits: null,
      degraded: false,
    });
    expect(await keys.verify('two')).toMatchObject({ key: { id: 'key_0000000000000002', name: 'CI', tier: 'pro' }, credits: 7 });
  });

  it('refuses by every code there is, and only by those', async () => {
    for (const code of REFUSAL_CODES) {
      const verdict = await fakeVerifier({ a: code, b: { code, key: { owner: 'ada' } } }).verify('a');
      expect(verdict).toMatchObject({ valid: false, code });
      expect(verdict.valid ? '' : verdict.message).toMatch(/^[A-Z].*\.$/s);
    }
    expect(problemsOf(() => fakeVerifier({ a: 'expird' as RefusalCode }))).toEqual([
      'token 1: there is no such refusal; did you mean "expired"?',
    ]);
    expect(await fakeVerifier({}).verify(null)).toMatchObject({ code: 'missing', key: null });
    expect(await fakeVerifier({}).verify('')).toMatchObject({ code: 'missing', key: null });
    // A name that every object inherits is no token.
    expect(await fakeVerifier({}).verify('toString')).toMatchObject({ code: 'not_found', key: null });
  });

  it('judges scopes and environments as an engine does', async () => {
    const latchkey = await createLatchkey({
      database: ':memory:',
      scopes: ['articles:read', 'articles:write'],
      environments: ['live', 'test'],
    });
    try {
      const stated = [
        { scopes: [] },
        { scopes: ['articles:read'] },
        { scopes: ['articles:*'] },
        { environment: 'test', scopes: ['articles:write', 'articles:read'] },
      ] as const;
      const requests: readonly VerifyRequest[] = [
        {},
        { scopes: ['articles:read'] },
        { scopes: ['articles:read', 'articles:write'] },
        { environment: 'test' },
        { environment: 'live', scopes: ['articles:write'] },
      ];
      const issued = await Promise.all(stated.map(async (fields) => latchkey.keys.create({ name: 'a', owner: 'ada', ...fields })));
      const tokens: Record<string, FakeToken> = {};
      for (const [index, { token }] of issued.entries()) tokens[token.reveal()] = stated[index] ?? {};
      const keys = fakeVerifier(tokens, { scopes: ['articles:read', 'articles:write'] });
      for (const { token } of issued) {
        for (const request of requests) {
          const [real, fake] = [await latchkey.verify(token, request as object), await keys.verify(token, request)];
          expect(fake.code).toBe(real.code);
          if (!real.valid && !fake.valid) expect(fake.missingScopes).toEqual(real.missingScopes);
        }
      }
    } finally {
      await latchkey.close();
    }
  });

  it('expires a key at its instant, by the clock of the test', async () => {
    const clock = createTestClock();
    const keys = fakeVerifier({ a: { expiresAt: TEST_CLOCK_START + 1_000 } }, { clock });
    await clock.advance(999);
    expect(await keys.verify('a')).toMatchObject({ code: 'valid' });
    await clock.advance(1);
    expect(await keys.verify('a')).toMatchObject({ code: 'expired', key: { id: 'key_0000000000000001' } });
  });

  it('has the environment of its options where a call and a key name none', async () => {
    const keys = fakeVerifier({ a: {}, b: { environment: 'live' } }, { environment: 'test' });
    expect([(await keys.verify('a')).code, (await keys.verify('b')).code]).toEqual(['valid', 'wrong_environment']);
  });

  it('rejects the requests that an engine rejects, and records none of them', async () => {
    const keys = fakeVerifier({ a: {} }, { scopes: ['articles:read'] });
    for (const request of [{ scope: ['a:b'] }, { cost: -1 }, { scopes: ['articles:raed'] }, { ip: 'nowhere' }, null]) {
      await expect(keys.verify('a', request as VerifyRequest)).rejects.toBeInstanceOf(InvalidInputError);
    }
    expect(keys.calls).toEqual([]);
    expect(() => createGuard(keys, { scopes: ['articles:raed'] })).toThrow(ConfigurationError);
  });

  it('shows the limits that a key and a refusal state, in the headers of the answer', async () => {
    const daily = {
      name: 'daily',
      limit: 100,
      remaining: 7,
      resetAt: TEST_CLOCK_START + 5_000,
      algorithm: 'fixed-window',
      windowMs: 86_400_000,
    } as const;
    const keys = fakeVerifier({
      a: { limits: [daily] },
      b: 'rate_limited',
      c: { code: 'rate_limited', limits: [{ ...daily, remaining: 0 }] },
    });
    const handler = withApiKey(keys, { now: () => TEST_CLOCK_START }, () => new Response());
    const limitsOf = async (token: string): Promise<readonly (string | null)[]> => {
      const { headers } = await handler(new Request('http://localhost/', { headers: { Authorization: `Bearer ${token}` } }));
      return ['x-ratelimit-limit', 'x-ratelimit-remaining', 'retry-after'].map((name) => headers.get(name));
    };
    expect(await limitsOf('a')).toEqual(['100', '7', null]);
    expect(await limitsOf('b')).toEqual(['1', '0', '1']);
    expect(await limitsOf('c')).toEqual(['100', '0', '1']);
  });

  it('forgets its calls when it is reset', async () => {
    const keys = fakeVerifier({ a: {} });
    await keys.verify('a');
    keys.reset();
    await keys.verify('b');
    expect(keys.calls.map(({ token }) => token)).toEqual(['b']);
  });

  it('refuses values that no key has, all at once, and repeats no token', () => {
    const problems = problemsOf(() =>
      fakeVerifier({
        'two words': {},
        secret: {
          owner: '',
          scopes: ['articles'],
          environment: 'No',
          expiresAt: Number.NaN,
          credits: 0.5,
          limits: [{ name: 'a' }],
        } as object,
        other: { code: 'rate_limited', retryAfterMs: -1, key: { tier: '' } },
        none: null as unknown as FakeToken,
      }),
    );
    expect(problems.map((problem) => /^token \d: (?:\w+(?:\[0\])?|use)/.exec(problem)?.[0])).toEqual([
      'token 1: use',
      'token 2: owner',
      'token 2: environment',
      'token 2: expiresAt',
      'token 2: credits',
      'token 2: scopes',
      'token 2: limits[0]',
      'token 3: retryAfterMs',
      'token 3: tier',
      'token 4: use',
    ]);
    expect(problems.join()).not.toMatch(/secret|two words/);
  });

  it('refuses tokens and options that are no objects', () => {
    for (const tokens of [null, undefined, [], 'a']) expect(problemsOf(() => fakeVerifier(tokens as never))).toHaveLength(1);
    for (const options of [{ scopes: 'articles:read' }, { environment: 'No' }, { clock: {} }])
      expect(problemsOf(() => fakeVerifier({}, options as object))).toHaveLength(1);
  });
});
