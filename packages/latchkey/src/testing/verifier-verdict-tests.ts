/** What a verification says, in which order it judges, and what it never does. */
import assert from 'node:assert/strict';
import type { RefusalCode, Verdict } from '../domain/verdict.js';
import { HOUR_MS } from '../domain/time.js';
import type { VerifyRequest } from '../ports/verifier.js';
import { codesOf, refusesInput, textOf, unknownToken, type LatchkeyTest, type Subject } from './latchkey-suite-fixture.js';
import { mistyped } from './mistyped.js';

const TIERS = { free: [{ name: 'daily', limit: 3, window: '1d' }] };

interface Presented {
  readonly token: string | null | undefined;
  readonly request?: VerifyRequest;
}

type Arrange = (subject: Subject) => Promise<Presented>;

const REFUSALS: readonly (readonly [code: RefusalCode, what: string, arrange: Arrange])[] = [
  ['missing', 'nothing', async () => ({ token: undefined })],
  ['missing', 'an empty token', async () => ({ token: '' })],
  ['malformed', 'a token with a wrong checksum', async ({ issue }) => ({ token: mistyped((await issue()).token) })],
  ['not_found', 'a token that nobody was given', async () => ({ token: unknownToken() })],
  ['revoked', 'the token of a key that was revoked', async ({ issue, admin }) => after(await issue(), ({ id }) => admin.keys.revoke(id))],
  ['revoked', 'a token that a rotation replaced', async ({ issue, admin }) => after(await issue(), ({ id }) => admin.keys.rotate(id))],
  [
    'disabled',
    'the token of a key that was disabled',
    async ({ issue, admin }) => after(await issue(), ({ id }) => admin.keys.disable(id)),
  ],
  ['not_yet_active', 'the token of a key that begins later', ({ issue }) => issue({ notBefore: '2026-01-01T00:00:00.001Z' })],
  [
    'owner_suspended',
    'the token of an owner that is suspended',
    async ({ issue, admin }) => after(await issue(), () => admin.owners.suspend('ada')),
  ],
  [
    'expired',
    'the token of a key that has expired',
    async ({ issue, clock }) => after(await issue({ expiresIn: 1000 }), () => clock.advance(1000)),
  ],
  [
    'wrong_environment',
    'a token of another environment',
    async ({ issue }) => ({ ...(await issue({ environment: 'test' })), request: { environment: 'live' } }),
  ],
  ['wrong_environment', 'an operator token', ({ issue }) => issue({ environment: 'operator', scopes: ['keys:read'] })],
  [
    'ip_denied',
    'a token from elsewhere',
    async ({ issue }) => ({ ...(await issue({ ipRules: ['10.0.0.0/8'] })), request: { ip: '11.0.0.1' } }),
  ],
  ['ip_denied', 'a token from nobody knows where', ({ issue }) => issue({ ipRules: ['10.0.0.0/8'] })],
  [
    'insufficient_scope',
    'a token without the scope',
    async ({ issue }) => ({ ...(await issue({ scopes: ['a:read'] })), request: { scopes: ['a:write'] } }),
  ],
  [
    'insufficient_scope',
    'a token with none of several scopes',
    async ({ issue }) => ({ ...(await issue({ scopes: ['a:read'] })), request: { anyScope: ['a:write', 'b:*'] } }),
  ],
  [
    'insufficient_scope',
    'a token with one of several scopes, and without another that is asked for',
    async ({ issue }) => ({
      ...(await issue({ scopes: ['a:read'] })),
      request: { scopes: ['a:write'], anyScope: ['a:read', 'b:read'] },
    }),
  ],
  [
    'rate_limited',
    'a token whose limit is used up',
    async ({ issue, admin }) =>
      after(await issue({ limits: [{ name: 'one', limit: 1, window: '1m' }] }), ({ token }) => admin.verify(token)),
  ],
  ['credits_exhausted', 'a token whose credits are spent', ({ issue }) => issue({ credits: { remaining: 0 } })],
];

export const verdictTests: readonly LatchkeyTest[] = [
  ['a valid verdict says whose the key is, what it may do and which secret was used', saysAll, { tiers: TIERS }],
  ...refusalTests(),
  ['one of several scopes suffices, beside all of those that are asked for, and an explanation names them', takesAnyScope],
  ['a store that does not answer is a verdict as well, and is none on the key', isUnavailable],
  ['a key is valid one millisecond before its expiry, and expired at it', endsAtExpiry],
  ['a key is valid from its notBefore on, and not a millisecond earlier', beginsAtNotBefore],
  ['of several reasons the first in the order of the steps is the one that is given', keepsOrder],
  ['an address that guesses is told to wait, while a good token from there still passes', slowsGuesses, { guessesPerMinute: 5 }],
  ['an address is read with its port, brackets and zone; a text that is none is an error, and never no address', refusesUnreadable],
  ['a request that is itself wrong is an error that names the place, and no verdict', refusesRequests],
  ['an explanation goes through every step and charges and records nothing', explains],
  ['whoever changes the verdict that it was given changes no other', isolates],
  ['a verification of a token as an object is that of its text', takesTokens],
  ['a token of any length and any characters is no more than refused', refusesNoise],
];

async function saysAll({ admin, issue, clock }: Subject): Promise<void> {
  const fields = { name: 'CI', tier: 'free', scopes: ['articles:*'], metadata: { plan: 7 }, expiresIn: '1h', credits: { remaining: 5 } };
  const { id, token, secretId } = await issue(fields);
  const expiresAt = clock.now() + HOUR_MS;
  assert.deepEqual(await admin.verify(token, { scopes: ['articles:read'], ip: '203.0.113.9' }), {
    valid: true,
    code: 'valid',
    key: { id, name: 'CI', owner: 'ada', tier: 'free', environment: 'live', scopes: ['articles:*'], metadata: { plan: 7 }, expiresAt },
    secretId,
    limits: [
      {
        name: 'daily',
        limit: 3,
        remaining: 2,
        resetAt: Date.parse('2026-01-02T00:00:00Z'),
        algorithm: 'fixed-window',
        windowMs: 24 * HOUR_MS,
      },
    ],
    credits: 4,
    degraded: false,
  });
}

function refusalTests(): readonly LatchkeyTest[] {
  return REFUSALS.map(([code, what, arrange]) => [
    `${what} is refused as ${code}, in words that say what would mend it and nothing of the token`,
    (subject) => refuses(subject, code, arrange),
  ]);
}

async function refuses({ admin, ...rest }: Subject, code: RefusalCode, arrange: Arrange): Promise<void> {
  const { token, request } = await arrange({ admin, ...rest });
  for (const dryRun of [false, true]) {
    const verdict = await admin.verify(token, { ...request, dryRun });
    assert.equal(verdict.code, code);
    assert.ok(!verdict.valid && verdict.message !== '');
    assert.equal(verdict.degraded, false);
    if (token) assert.ok(!JSON.stringify(verdict).includes(token));
    assert.equal(verdict.steps?.at(-1)?.passed, dryRun ? false : undefined);
    if (code === 'insufficient_scope') {
      const { scopes, anyScope } = request ?? {};
      assert.deepEqual([verdict.missingScopes, verdict.missingAnyScope], [scopes, scopes === undefined ? anyScope : undefined]);
    }
    if (code === 'rate_limited') assert.equal(verdict.retryAfterMs, 60_000);
  }
}

async function after<Key>(issued: Key, act: (issued: Key) => Promise<unknown>): Promise<Key> {
  await act(issued);
  return issued;
}

async function isUnavailable({ admin, issue, faulty }: Subject): Promise<void> {
  const { token } = await issue();
  faulty.breakDown();
  const verdict = await admin.verify(token);
  assert.deepEqual([verdict.valid, verdict.code, verdict.key], [false, 'unavailable', null]);
  faulty.mend();
  assert.equal((await admin.verify(token)).code, 'valid');
}

async function endsAtExpiry({ admin, issue, clock }: Subject): Promise<void> {
  const { token } = await issue({ expiresIn: 1000 });
  await clock.advance(999);
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
  await clock.advance(1);
  assert.deepEqual(await codesOf(admin, [token]), ['expired']);
}

async function beginsAtNotBefore({ admin, issue, clock }: Subject): Promise<void> {
  const { token } = await issue({ notBefore: '2026-01-01T00:00:01Z' });
  await clock.advance(999);
  assert.deepEqual(await codesOf(admin, [token]), ['not_yet_active']);
  await clock.advance(1);
  assert.deepEqual(await codesOf(admin, [token]), ['valid']);
}

async function keepsOrder({ admin, issue, clock }: Subject): Promise<void> {
  const { id, token } = await issue({ expiresIn: 1000, environment: 'test', ipRules: ['10.0.0.1'], credits: { remaining: 0 } });
  const limits = [{ name: 'one', limit: 1, window: '1h' }];
  const ask = async (request: VerifyRequest = {}): Promise<string> => (await admin.verify(token, { limits, cost: 2, ...request })).code;
  assert.equal(await ask({ environment: 'test', ip: '10.0.0.1', limits: [] }), 'credits_exhausted');
  assert.equal(await ask({ environment: 'test', ip: '10.0.0.1' }), 'rate_limited');
  assert.equal(await ask({ environment: 'test', ip: '10.0.0.1', scopes: ['a:b'] }), 'insufficient_scope');
  assert.equal(await ask({ environment: 'test', scopes: ['a:b'] }), 'ip_denied');
  assert.equal(await ask({ environment: 'live', scopes: ['a:b'] }), 'wrong_environment');
  await clock.advance(1000);
  assert.equal(await ask({ environment: 'live' }), 'expired');
  await admin.owners.suspend('ada');
  assert.equal(await ask({ environment: 'live' }), 'owner_suspended');
  await admin.keys.revoke(id);
  assert.equal(await ask({ environment: 'live' }), 'revoked');
}

async function slowsGuesses({ admin, issue, clock }: Subject): Promise<void> {
  const { token } = await issue();
  const guess = (ip: string | null): Promise<Verdict> => admin.verify(unknownToken(), { ip });
  for (let i = 0; i < 5; i++) assert.equal((await guess('2001:db8::1')).code, 'not_found');
  const refused = await guess('2001:db8::ffff');
  assert.ok(!refused.valid);
  assert.deepEqual([refused.code, refused.key, refused.retryAfterMs], ['rate_limited', null, 12_000]);
  assert.equal((await admin.verify(token, { ip: '2001:db8::1' })).code, 'valid');
  assert.equal((await guess('2001:db8:0:1::1')).code, 'not_found');
  await clock.advance(12_000);
  assert.equal((await guess('2001:db8::1')).code, 'not_found');
  // Sockets, frameworks and proxies write addresses so. A caller that hides its address is slowed too.
  for (const address of ['192.0.2.7', '192.0.2.7:52241', '::ffff:192.0.2.7', '[::ffff:192.0.2.7]:443', '192.0.2.7:1'])
    assert.equal((await guess(address)).code, 'not_found');
  assert.equal((await guess('192.0.2.7:2')).code, 'rate_limited');
  for (let i = 0; i < 5; i++) assert.equal((await guess(null)).code, 'not_found');
  assert.equal((await guess(null)).code, 'rate_limited');
}

/** A malformed condition is not a missing condition. */
async function takesAnyScope({ admin, issue }: Subject): Promise<void> {
  const { id, token } = await issue({ scopes: ['a:read', 'b:*'] });
  for (const anyScope of [['a:read'], ['x:y', 'b:write'], ['b:*', 'x:y']]) {
    for (const scopes of [undefined, [], ['a:read']]) assert.equal((await admin.verify(token, { anyScope, scopes })).code, 'valid');
  }
  const explained = await admin.verify(token, { scopes: ['a:read'], anyScope: ['x:y', 'b:write'], dryRun: true });
  const told = explained.steps?.find(({ step }) => step === 'scopes');
  assert.equal(told?.detail, 'The key holds a:read. The key holds at least one of x:y, b:write.');
  const refused = await admin.keys.explain(id, { anyScope: ['x:y', 'x:z'] });
  assert.ok(!refused.valid);
  assert.deepEqual([refused.code, refused.message], ['insufficient_scope', 'The key holds none of x:y, x:z.']);
  await refusesInput(admin.keys.explain(id, { anyScope: [] }), '/anyScope');
}

async function refusesUnreadable({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ ipRules: ['192.0.2.7', 'fe80::/16'] });
  for (const ip of ['192.0.2.7:52241', '[fe80::1%eth0]:443', 'fe80::1%eth0', '::ffff:192.0.2.7'])
    assert.equal((await admin.verify(token, { ip })).code, 'valid', ip);
  for (const ip of [null, undefined]) assert.equal((await admin.verify(token, { ip })).code, 'ip_denied');
  for (const ip of ['', 'unknown', '192.0.2.7, 10.0.0.1', '192.0.2.7:', '192.0.2.7%eth0', 'x'.repeat(1_000)])
    await refusesInput(admin.verify(token, { ip }), '/ip');
}

async function refusesRequests({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue();
  await refusesInput(admin.verify(token, { cost: -1 }), '/cost');
  await refusesInput(admin.verify(token, { cost: 0.5 }), '/cost');
  await refusesInput(admin.verify(token, { scopes: ['a:read', 'Nonsense'] }), '/scopes/1');
  await refusesInput(admin.verify(token, { limits: [{ name: 'x', limit: 0, window: '1s' }] }), '/limits/0/limit');
  await refusesInput(admin.verify(token, { resource: '' }), '/resource');
  await refusesInput(admin.verify(token, { resource: `/articles?key=${token}` }), '/resource');
  await refusesInput(admin.verify(token, { scope: ['a:read'] } as object), '/scope');
  await refusesInput(admin.verify(token, { scopes: 'a:read' } as object), '/scopes');
  const none: readonly string[] = Object.freeze([]);
  assert.equal((await admin.verify(token, { scopes: none })).code, 'valid');
  // Also where the same list was taken for another field.
  for (const anyScope of [none, null, 'a:read', {}]) await refusesInput(admin.verify(token, { anyScope } as object), '/anyScope');
  await refusesInput(admin.verify(token, { anyScope: ['a:read', 'Nonsense'] }), '/anyScope/1');
  await refusesInput(admin.verify(token, { anyScopes: ['a:read'] } as object), '/anyScopes');
}

async function explains({ admin, issue, clock }: Subject): Promise<void> {
  const { id, token } = await issue({ limits: [{ name: 'daily', limit: 3, window: '1d' }], credits: { remaining: 5 } });
  for (let i = 0; i < 5; i++) {
    const verdict = await admin.verify(token, { dryRun: true });
    assert.ok(verdict.valid && verdict.steps !== undefined);
    assert.ok(verdict.steps.length >= 8 && verdict.steps.every(({ passed, detail }) => passed && detail !== ''));
  }
  await clock.advance(10_000);
  assert.equal((await admin.usage.read({ key: id })).total, 0);
  assert.equal((await admin.keys.get(id)).lastUsedAt, null);
  const verdict = await admin.verify(token);
  assert.deepEqual(verdict.valid && [verdict.limits[0]?.remaining, verdict.credits, verdict.steps], [2, 4, undefined]);
}

async function isolates({ admin, issue }: Subject): Promise<void> {
  const { token } = await issue({ scopes: ['a:read'], metadata: { deep: { plan: 1 } } });
  await admin.verify(token);
  const spoilt = await admin.verify(token);
  assert.ok(spoilt.key);
  const { scopes, metadata } = spoilt.key;
  Object.assign(spoilt.key, { owner: 'eve', expiresAt: 1 });
  for (const spoil of [() => (scopes as string[]).push('admin:*'), () => Object.assign((metadata as { deep: object }).deep, { plan: 2 })]) {
    // What is shared between verdicts is frozen; what is not may be spoilt.
    try {
      spoil();
    } catch (error) {
      assert.ok(error instanceof TypeError);
    }
  }
  const next = await admin.verify(token, { scopes: ['a:read'] });
  assert.ok(next.valid);
  assert.deepEqual([next.key.owner, next.key.expiresAt, next.key.metadata], ['ada', null, { deep: { plan: 1 } }]);
  assert.equal((await admin.verify(token, { scopes: ['admin:all'] })).code, 'insufficient_scope');
}

async function takesTokens({ admin }: Subject): Promise<void> {
  const { token } = await admin.keys.create({ name: 'k', owner: 'ada' });
  assert.ok(token !== null);
  const [wrapped, text] = [await admin.verify(token), await admin.verify(textOf(token))];
  assert.ok(wrapped.valid && text.valid);
  assert.deepEqual(wrapped.key, text.key);
}

async function refusesNoise({ admin }: Subject): Promise<void> {
  for (const token of ['x'.repeat(100_000), 'ü'.repeat(513), '\u0000', '\ud800', '"\\', '{}', 'null']) {
    const verdict = await admin.verify(token, { ip: null, userAgent: 'y'.repeat(20_000) });
    assert.equal(verdict.code, 'malformed', JSON.stringify(token.slice(0, 10)));
  }
  for (const token of ['', ' ', '\t \n']) {
    assert.equal((await admin.verify(token)).code, 'missing', JSON.stringify(token));
    assert.equal((await admin.verify(token, { dryRun: true })).code, 'missing', JSON.stringify(token));
  }
}
