/** Options are closed: each name misspelt by one letter is refused, and the right one is offered. */
import { describe, expect, it } from 'vitest';
import {
  createClient,
  createOwnKeysClient,
  type CacheOptions,
  type ClientOptions,
  type OwnKeysClientOptions,
} from '../src/client/index.js';
import { LIBRARY_SETTINGS } from '../src/contract/settings/settings.js';
import { ConfigurationError, createLatchkey, type Latchkey, type LatchkeyOptions } from '../src/index.js';
import { createMemoryLimiter } from '../src/internal/index.js';
import { createJwtVerifier, type JwtOptions } from '../src/jwt/index.js';
import type { MemoryLimiterOptions } from '../src/limiters/memory.js';
import { authenticate as authenticateExpress, requireApiKey as requireExpress } from '../src/middleware/express.js';
import { requireApiKey as requireFastify } from '../src/middleware/fastify.js';
import { authenticate, withApiKey, type FetchOptions } from '../src/middleware/fetch.js';
import { requireApiKey as requireHono } from '../src/middleware/hono.js';
import { createGuard, type GuardOptions } from '../src/middleware/index.js';
import type { AuthenticateOptions } from '../src/middleware/authenticator.js';
import { createSelfServiceHandler, type SelfServiceHandlerOptions } from '../src/self-service/index.js';
import { createTestClock, fakeVerifier, type FakeKey, type FakeRefusal, type FakeVerifierOptions } from '../src/testing/index.js';
import { slipsOf } from '../../../tools/name-slips.js';

type Names<Options> = Readonly<Record<keyof Options, true>>;

const GUARD: Names<GuardOptions<unknown>> = {
  scopes: true,
  anyScope: true,
  environment: true,
  cost: true,
  limits: true,
  resource: true,
  credentials: true,
  address: true,
  realm: true,
  preflight: true,
  onUnavailable: true,
  problem: true,
  onFailure: true,
  now: true,
};
const AUTHENTICATE: Names<AuthenticateOptions<unknown>> = { ...GUARD, jwt: true, apiKeys: true, anonymous: true };
const FETCH: Names<FetchOptions> = { ...GUARD, onError: true };
const LATCHKEY: Readonly<Record<Exclude<keyof LatchkeyOptions, keyof typeof LIBRARY_SETTINGS>, true>> = {
  onNotice: true,
  clock: true,
  entropy: true,
};
const CLIENT: Names<ClientOptions> = {
  url: true,
  fetch: true,
  credentials: true,
  timeoutMs: true,
  adminKey: true,
  token: true,
  cache: true,
};
const CACHE: Names<CacheOptions> = { ttlMs: true, maxEntries: true, clock: true };
const OWN_KEYS: Names<OwnKeysClientOptions> = { url: true, fetch: true, credentials: true, timeoutMs: true, jwt: true };
const JWT: Names<JwtOptions> = {
  jwksUrl: true,
  publicKey: true,
  secret: true,
  issuer: true,
  audience: true,
  algorithms: true,
  ownerClaim: true,
  clockToleranceSeconds: true,
  requiredClaims: true,
  typ: true,
  clock: true,
};
const SELF_SERVICE: Names<SelfServiceHandlerOptions> = {
  latchkey: true,
  policy: true,
  authenticate: true,
  basePath: true,
  address: true,
  onFailure: true,
};
const FAKE: Names<FakeVerifierOptions> = { scopes: true, environment: true, clock: true };
const FAKE_KEY: Names<FakeKey> = {
  id: true,
  name: true,
  owner: true,
  tier: true,
  environment: true,
  scopes: true,
  metadata: true,
  expiresAt: true,
  limits: true,
  credits: true,
  secretId: true,
};
const FAKE_REFUSAL: Names<FakeRefusal> = {
  code: true,
  key: true,
  limits: true,
  retryAfterMs: true,
  missingScopes: true,
  missingAnyScope: true,
};
const MEMORY: Names<MemoryLimiterOptions> = { counters: true, clock: true, maxSubjects: true, flushMs: true };

const verifier = { verify: async (): Promise<never> => Promise.reject(new Error('Nothing is verified here.')) };
const jwt = async (): Promise<never> => Promise.reject(new Error('Nobody signs in here.'));
const latchkey = { selfService: () => ({}) } as unknown as Latchkey;

type Make = (options: never) => unknown;

/** What takes options, with those that it needs. */
const DOORS: Readonly<Record<string, readonly [names: object, needed: object, make: Make, at?: string]>> = {
  createLatchkey: [{ ...LIBRARY_SETTINGS, ...LATCHKEY }, { database: ':memory:' }, createLatchkey],
  'createLatchkey, peppers': [
    { id: true, secret: true },
    {},
    async (pepper) => createLatchkey({ database: ':memory:', peppers: [pepper] }),
    'peppers[0].',
  ],
  createClient: [CLIENT, { url: 'http://service', adminKey: 'a-key' }, createClient],
  'createClient, cache': [CACHE, { ttlMs: 1_000 }, (cache) => createClient({ url: 'http://service', adminKey: 'a-key', cache }), 'cache.'],
  createOwnKeysClient: [OWN_KEYS, { url: 'http://service', jwt: 'a.b.c' }, createOwnKeysClient],
  createJwtVerifier: [JWT, { jwksUrl: 'https://id.example/jwks', issuer: 'a', audience: 'b' }, createJwtVerifier],
  createMemoryLimiter: [MEMORY, { counters: null, clock: createTestClock() }, createMemoryLimiter],
  createSelfServiceHandler: [SELF_SERVICE, { latchkey, policy: {}, authenticate: jwt, basePath: '/api/me' }, createSelfServiceHandler],
  createGuard: [GUARD, {}, (options) => createGuard(verifier, options)],
  'createGuard, credentials': [
    { authorization: true, headers: true, cookie: true, queryParameter: true, allowQuery: true },
    {},
    (credentials) => createGuard(verifier, { credentials }),
    'credentials.',
  ],
  'requireApiKey of Express': [GUARD, {}, (options) => requireExpress(verifier, options)],
  'requireApiKey of Fastify': [GUARD, {}, (options) => requireFastify(verifier, options)],
  'requireApiKey of Hono': [GUARD, {}, (options) => requireHono(verifier, options)],
  withApiKey: [FETCH, {}, (options) => withApiKey(verifier, options, () => new Response())],
  authenticate: [AUTHENTICATE, { jwt }, (options) => authenticate(verifier, options, () => new Response())],
  'authenticate of Express': [AUTHENTICATE, { jwt }, (options) => authenticateExpress(verifier, options)],
  fakeVerifier: [FAKE, {}, (options) => fakeVerifier({}, options)],
  'fakeVerifier, key': [FAKE_KEY, {}, (key) => fakeVerifier({ a: key }), 'token 1: '],
  'fakeVerifier, refusal': [FAKE_REFUSAL, { code: 'expired' }, (refusal) => fakeVerifier({ a: refusal }), 'token 1: '],
  'fakeVerifier, key of a refusal': [FAKE_KEY, {}, (key) => fakeVerifier({ a: { code: 'expired', key } }), 'token 1: key.'],
};

/** The problems that a door has with options; none where it takes them. */
async function problemsOf(make: Make, options: object): Promise<readonly string[]> {
  try {
    await make(options as never);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

describe.each(Object.entries(DOORS))('%s', (_, [names, needed, make, at = '']) => {
  const known = Object.keys(names);

  it.each(known)('the option %s misspelt by one letter is refused by name, and the right one is offered', async (name) => {
    const slips = slipsOf(name, known);
    const problems = await problemsOf(make, { ...needed, ...Object.fromEntries(slips.map((slip) => [slip, 'x'])) });
    expect(slips.length).toBeGreaterThan(0);
    expect(problems).toEqual(expect.arrayContaining(slips.map((slip) => `${at}${slip}: No such option; did you mean "${name}"?`)));
  });
});

describe('createLatchkey', () => {
  it('lists every problem at once, nested ones included, and repeats no value', async () => {
    const secret = 'lk_live_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
    const options = {
      pepper: [{ id: 'p1', secret }],
      databasePool: 2,
      tiers: { free: [{ name: 'daily', limit: 0, window: '1d' }] },
      usageHoursKeptDays: 100,
      usageDaysKept: 95,
      [secret]: secret,
    };
    const problems = await problemsOf(createLatchkey, options);
    expect(problems).toEqual([
      'pepper: No such option; did you mean "peppers"?',
      expect.stringMatching(/^an option with an unusual name: No such option; use database, /),
      'databasePool: use a whole number from 3 to 1000.',
      'tiers.free[0].limit: Use an integer from 1 to 1000000000.',
      'usageDaysKept: keep days at least as long as hours.',
    ]);
    expect(problems.join('\n')).not.toContain(secret);
  });

  it('takes null exactly for settings whose default it is', async () => {
    for (const [field, { fallback }] of Object.entries(LIBRARY_SETTINGS)) {
      // The other settings are none: what is looked for is the problem with this one.
      const problems = await problemsOf(createLatchkey, { [field]: null, nodes: 0 });
      expect(
        problems.some((problem) => problem.startsWith(`${field}: `)),
        field,
      ).toBe(field === 'nodes' || fallback !== null);
    }
  });

  it.each([null, 'file:./latchkey.db', 7])('options that are no object are refused: %s', async (options) => {
    expect(await problemsOf(createLatchkey, options as never)).toEqual(['Use an object of options.']);
  });
});
