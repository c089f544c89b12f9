import { inspect } from 'node:util';
import {
  ConfigurationError,
  ForbiddenError,
  InvalidInputError,
  UnavailableError,
  type Verdict,
  type Verifier,
  type VerifyRequest,
} from 'latchkey';
import { apiKeyAuth, createGuard, type GuardOptions, type GuardRequest } from 'latchkey/middleware';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { openGuardedEngine, type GuardedEngine } from './guarded-engine.js';

let engine: GuardedEngine;

beforeAll(async () => {
  engine = await openGuardedEngine();
});

afterAll(async () => {
  await engine.latchkey.close();
});

function request(headers: Readonly<Record<string, string>>, native: object = {}): GuardRequest<unknown> {
  const headerValues = (name: string): readonly string[] => [headers[name] ?? []].flat();
  return { key: native, native, method: 'GET', query: '', headerValues };
}

/** The engine, and what it was asked. */
function recorded(): { verifier: Verifier; asked: (VerifyRequest | undefined)[] } {
  const asked: (VerifyRequest | undefined)[] = [];
  return {
    asked,
    verifier: {
      verify: async (token, asks) => {
        asked.push(asks);
        return engine.latchkey.verify(token, asks);
      },
    },
  };
}

const failing = (error: unknown): Verifier => ({
  verify: async () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
});

describe('a verifier that fails', () => {
  const throwing: Verifier = {
    verify() {
      throw new Error('acme_live_secret is at fault');
    },
  };
  const WHOLE = { id: 'k', owner: 'o', environment: 'live', scopes: [] };
  const nonsense = (value: unknown): Verifier => ({ verify: async () => Promise.resolve(value as Verdict) });
  const unavailable: Verdict = { valid: false, code: 'unavailable', message: '', key: null, degraded: false };
  const down: readonly (readonly [name: string, verifier: Verifier])[] = [
    ['rejects', failing(new UnavailableError('service'))],
    ['rejects with an error of its own', failing(new TypeError('fetch failed'))],
    ['throws before it promises', throwing],
    ['says that it cannot', nonsense(unavailable)],
    ['gives nothing', nonsense(undefined)],
    ['gives what is no verdict', nonsense({ valid: 'yes' })],
    ['refuses without a code', nonsense({ valid: false })],
    ['refuses with a code that is none', nonsense({ valid: false, code: 'nonsense', key: null })],
    ['admits with the code of a refusal', nonsense({ valid: true, code: 'revoked', key: { id: 'k', owner: 'o' }, limits: [] })],
    ['refuses with the code of a valid key', nonsense({ valid: false, code: 'valid', key: null })],
    ['says that a key is valid and does not say whose', nonsense({ valid: true, code: 'valid', key: {}, limits: [] })],
    ['says that a key is valid and names none', nonsense({ valid: true, code: 'valid', key: null, limits: [] })],
    ['says of a valid key no scopes', nonsense({ valid: true, code: 'valid', key: { id: 'k', owner: 'o', environment: 'live' } })],
    ['says of a valid key no environment', nonsense({ valid: true, code: 'valid', key: { id: 'k', owner: 'o', scopes: [] } })],
    ['gives limits that are none', nonsense({ valid: true, code: 'valid', key: WHOLE, limits: 'x' })],
  ];

  it.each(down)('that %s is a 503, and never access', async (_name, verifier) => {
    const decision = await createGuard(verifier)(request({ 'x-api-key': 'a' }));
    expect(decision).toMatchObject({ admitted: false, status: 503, headers: { 'Retry-After': '1', 'Cache-Control': 'no-store' } });
    expect(JSON.stringify(decision)).not.toContain('secret');
  });

  it.each(down)('that %s lets pass unverified where the host chose so', async (_name, verifier) => {
    const decision = await createGuard(verifier, { onUnavailable: 'allow' })(request({ 'x-api-key': 'a' }));
    expect(decision).toEqual({ admitted: true, verdict: null, degraded: true, headers: {} });
  });

  it('says when to come again, where the service that it asks has said so', async () => {
    for (const [retryAfterMs, seconds] of [
      [6_001, '7'],
      [0, '1'],
      [null, '1'],
    ] as const) {
      const decision = await createGuard(failing(new UnavailableError('service', { retryAfterMs })))(request({ 'x-api-key': 'a' }));
      expect(decision).toMatchObject({ status: 503, headers: { 'Retry-After': seconds } });
    }
  });

  it('because it is used amiss is a 503 even where the host lets pass', async () => {
    for (const error of [new InvalidInputError([]), new ForbiddenError('no'), new ConfigurationError(['no'])]) {
      const decision = await createGuard(failing(error), { onUnavailable: 'allow' })(request({ 'x-api-key': 'a' }));
      expect(decision).toMatchObject({ admitted: false, status: 503 });
    }
    const { good } = await engine.tokens();
    for (const cost of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY]) {
      const decision = await createGuard(engine.latchkey, { cost: () => cost, onUnavailable: 'allow' })(request({ 'x-api-key': good }));
      expect(decision).toMatchObject({ admitted: false, status: 503 });
    }
  });

  it('tells the host, once for each request', async () => {
    const told: unknown[] = [];
    const error = new UnavailableError('service');
    const verifier = failing(error);
    const native = {};
    const options = { onFailure: (...args: unknown[]) => void told.push(args) };
    for (let layer = 0; layer < 2; layer++) await createGuard(verifier, options)(request({ 'x-api-key': 'a' }, native));
    expect(told).toEqual([[error, native]]);
  });

  it('refused for any other reason is refused under "allow" as well', async () => {
    const { revoked, unknown, expired } = await engine.tokens();
    for (const token of [revoked, unknown, expired, '']) {
      const decision = await createGuard(engine.latchkey, { onUnavailable: 'allow' })(request({ 'x-api-key': token }));
      expect(decision).toMatchObject({ admitted: false, status: 401 });
    }
  });

  it('by letting pass what lacks a scope, or is of another environment, still lets nobody pass', async () => {
    const { good } = await engine.tokens();
    const careless: Verifier = { verify: async (token) => engine.latchkey.verify(token) };
    const scoped = await createGuard(careless, { scopes: ['articles:write'] })(request({ 'x-api-key': good }));
    const environment = await createGuard(careless, { environment: 'test' })(request({ 'x-api-key': good }));
    expect([scoped, environment]).toMatchObject([{ status: 403 }, { status: 403 }]);
  });
});

describe('what the host gives and what fails in it', () => {
  it('a cost, an address or a problem that throws lets nobody pass', async () => {
    const { good } = await engine.tokens();
    const fail = (): never => {
      throw new Error('the host failed');
    };
    for (const options of [{ cost: fail }, { address: fail }, { problem: fail, scopes: ['articles:write'] }, { now: fail }]) {
      await expect(createGuard(engine.latchkey, options)(request({ 'x-api-key': good }))).rejects.toThrow('the host failed');
    }
  });

  it('the verifier is asked with all of the options, and with the caller behind the request', async () => {
    const { verifier, asked } = recorded();
    const { good } = await engine.tokens();
    const native = { units: 3 };
    const guard = createGuard<unknown>(verifier, {
      scopes: ['articles:read'],
      environment: 'live',
      cost: (given) => (given === native ? native.units : 0),
      limits: [{ name: 'hourly', limit: 9, window: '1h' }],
      resource: 'search',
      address: () => '192.0.2.7',
    });
    await guard({ ...request({ 'x-api-key': good, 'user-agent': 'curl' }, native), address: '10.0.0.1' });
    expect(asked).toEqual([
      {
        scopes: ['articles:read'],
        environment: 'live',
        cost: 3,
        limits: [{ name: 'hourly', limit: 9, windowMs: 3_600_000, algorithm: 'fixed-window' }],
        resource: 'search',
        ip: '192.0.2.7',
        userAgent: 'curl',
      },
    ]);
  });

  it('options are read once: one frozen list for all requests, which later changes do not touch', async () => {
    const { verifier, asked } = recorded();
    const { good } = await engine.tokens();
    const scopes = ['articles:read'];
    const limits = [{ name: 'hourly', limit: 9, window: '1h' }];
    const guard = createGuard<unknown>(verifier, { scopes, limits });
    scopes.pop();
    limits.pop();
    for (let i = 0; i < 2; i++) await guard(request({ 'x-api-key': good }));
    expect(asked[0]?.limits).toBe(asked[1]?.limits);
    expect(asked[0]?.scopes).toBe(asked[1]?.scopes);
    expect([asked[0]?.scopes, asked[0]?.limits].map((list) => [list?.length, Object.isFrozen(list)])).toEqual([
      [1, true],
      [1, true],
    ]);
    expect(Object.isFrozen(asked[0]?.limits?.[0])).toBe(true);
  });

  const wrong: readonly (readonly [named: string, options: unknown])[] = [
    ['scopes[0]', { scopes: ['articles'] }],
    ['scopes[1]', { scopes: ['articles:read', 7] }],
    ['scopes', { scopes: 'articles:read' }],
    ['anyScope', { anyScope: [] }],
    ['anyScope', { anyScope: 'articles:read' }],
    ['anyScope[1]', { anyScope: ['articles:read', 'articles'] }],
    ['scope', { scope: ['articles:read'] }],
    ['environment', { environment: 'Live' }],
    ['environment', { environment: 'operator' }],
    ['cost', { cost: -1 }],
    ['cost', { cost: '1' }],
    ['limits/0/limit', { limits: [{ name: 'a', limit: 0, window: '1h' }] }],
    ['limits', { limits: {} }],
    ['resource', { resource: '' }],
    ['credentials.query', { credentials: { query: true } }],
    ['credentials.allowQuery', { credentials: { allowQuery: 'no' } }],
    ['credentials.headers', { credentials: { headers: 'x-api-key' as never } }],
    ['credentials.headers', { credentials: { headers: ['x api key'] } }],
    ['credentials.headers', { credentials: { headers: ['Authorization'] } }],
    ['credentials.cookie', { credentials: { cookie: 'a=b' } }],
    ['credentials.authorization', { credentials: { authorization: 'no' } }],
    ['credentials', { credentials: { authorization: false, headers: [] } }],
    ['scopes', { scopes: Array.from({ length: 65 }, (_, index) => `a:s${index}`) }],
    ['realm', { realm: 'the "best" API' }],
    ['preflight', { preflight: true }],
    ['onUnavailable', { onUnavailable: 'pass' }],
    ['problem', { problem: {} }],
    ...['scopes', 'anyScope', 'environment', 'cost', 'limits', 'resource', 'credentials', 'address', 'preflight', 'onUnavailable'].map(
      (name) => [name, { [name]: null }] as const,
    ),
    ['Use an object of options.', null],
  ];

  it.each(wrong)('%s that cannot be is refused when the guard is made (%j)', (named, options) => {
    let thrown: unknown = null;
    try {
      createGuard(engine.latchkey, options as GuardOptions<unknown>);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown instanceof ConfigurationError && thrown.problems.map((problem) => problem.split(':')[0])).toEqual([named]);
  });

  it('what is no verifier is refused when the guard is made', () => {
    for (const verifier of [undefined, null, {}, () => null]) {
      expect(() => createGuard(verifier as unknown as Verifier)).toThrow(ConfigurationError);
    }
  });
});

describe('one request', () => {
  it('is verified once, however many layers ask, one after another or all at once', async () => {
    const layers = fc.array(fc.constantFrom<GuardOptions<unknown>>({}, { scopes: ['articles:read'] }, { environment: 'live' }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(layers, fc.boolean(), async (options, atOnce) => {
        const { verifier, asked } = recorded();
        const { token } = await engine.issue();
        const guards = options.map((each) => createGuard(verifier, each));
        const one = request({ 'x-api-key': token });
        const decisions = atOnce ? await Promise.all(guards.map(async (guard) => guard(one))) : [];
        if (!atOnce) for (const guard of guards) decisions.push(await guard(one));
        expect(decisions.every((decision) => decision.admitted)).toBe(true);
        expect(asked).toHaveLength(1);
      }),
      runs(30),
    );
  });

  it('that was refused stays refused, and is not asked about again', async () => {
    const { verifier, asked } = recorded();
    const { good } = await engine.tokens();
    const one = request({ 'x-api-key': good });
    const decisions = [await createGuard(verifier, { environment: 'test' })(one), await createGuard(verifier)(one)];
    expect(decisions).toMatchObject([{ status: 403 }, { status: 403 }]);
    expect(asked).toHaveLength(1);
  });

  it('is another one for another verifier, and for another token', async () => {
    const [first, second] = [recorded(), recorded()];
    const { good, other } = await engine.tokens();
    const one = request({ 'x-api-key': good, 'x-partner-key': other });
    const keys = [];
    // Twice round: of several tokens, too, none is asked about again.
    for (const verifier of [first.verifier, second.verifier, first.verifier, second.verifier]) {
      for (const headers of [['x-api-key'], ['x-partner-key']]) {
        const decision = await createGuard(verifier, { credentials: { headers } })(one);
        keys.push(decision.admitted && decision.verdict?.key.id);
      }
    }
    expect([first.asked.length, second.asked.length, new Set(keys).size, keys[0] === keys[2]]).toEqual([2, 2, 2, true]);
  });

  it('may be frozen, or stand behind a proxy, and shows and passes on nothing of what was asked', async () => {
    const { verifier, asked } = recorded();
    const { good } = await engine.tokens();
    const one = request({ 'x-api-key': good });
    const guard = createGuard(verifier);
    const plain = { of: 'the host' };
    for (const key of [plain, Object.freeze({}), new Proxy({}, {})]) {
      const before = asked.length;
      for (let layer = 0; layer < 2; layer++) expect((await guard({ ...one, key })).admitted).toBe(true);
      expect(asked).toHaveLength(before + 1);
    }
    expect([Reflect.ownKeys(plain), inspect(plain, { showHidden: true })]).toEqual([['of'], "{ of: 'the host' }"]);
    await guard({ ...one, key: { ...plain } });
    await guard({ ...one, key: Object.create(plain) as object });
    expect(asked).toHaveLength(5);
  });

  it('is not one with the next, even of the same key', async () => {
    const { verifier, asked } = recorded();
    const { good } = await engine.tokens();
    const guard = createGuard(verifier);
    for (let i = 0; i < 3; i++) await guard(request({ 'x-api-key': good }));
    expect(asked).toHaveLength(3);
  });

  it('cannot be charged otherwise by a later layer, but may be stated the same', async () => {
    const { token } = await engine.issue();
    const limits = [{ name: 'hourly', limit: 5, window: '1h' }];
    const one = request({ 'x-api-key': token });
    const first = createGuard<unknown>(engine.latchkey, { limits, cost: 2 });
    expect(await first(one)).toMatchObject({ admitted: true, headers: { 'X-RateLimit-Remaining': '3' } });
    const same = await createGuard<unknown>(engine.latchkey, { limits: [...limits], cost: () => 2 })(one);
    expect(same).toMatchObject({ admitted: true, headers: { 'X-RateLimit-Remaining': '3' } });
    for (const other of [{ cost: 1 }, { cost: 2, limits: [] }, { cost: 2, limits, resource: 'a' }]) {
      await expect(createGuard<unknown>(engine.latchkey, other)(one)).rejects.toThrow(ConfigurationError);
    }
  });
});

describe('what a request carries', () => {
  it('a key where there is a verdict, and otherwise an error instead of nobody', async () => {
    const { good } = await engine.tokens();
    const decision = await createGuard(engine.latchkey)(request({ 'x-api-key': good }));
    const auth = decision.admitted ? apiKeyAuth(decision) : null;
    expect(auth?.key).toBe(auth?.verdict?.key);
    const nobody = apiKeyAuth({ verdict: null, degraded: true });
    expect(() => nobody.key).toThrow(ForbiddenError);
    expect(JSON.stringify(nobody)).toBe('{"verdict":null,"degraded":true}');
  });
});
