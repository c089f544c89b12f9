import {
  ConfigurationError,
  createClient,
  createOwnKeysClient,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
  type Client,
  type ClientOptions,
} from 'latchkey/client';
import { describe, expect, it, vi } from 'vitest';
import { answering, nowhere, rejection } from './answering.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

/** Makes a request of the global fetch, and counts. */
function counted(target: (attempt: number) => string): { fetch: typeof globalThis.fetch; attempts: () => number } {
  let attempts = 0;
  const counting: typeof globalThis.fetch = async (input, init) => {
    attempts += 1;
    const { pathname, search } = new URL(new Request(input).url);
    return fetch(target(attempts) + pathname + search, init);
  };
  return { fetch: counting, attempts: () => attempts };
}

describe('a client rejects with an error that says what happened', () => {
  it('where the service cannot be reached, is no Latchkey, or answers with nonsense', async () => {
    const html = await answering((_request, response) => void response.writeHead(200).end('<html>'));
    const other = await answering((_request, response) => void response.writeHead(404).end('{"error":"x"}'));
    const gateway = await answering((_request, response) => void response.writeHead(502).end('<html>'));
    const calls = [
      createClient({ url: await nowhere(), credentials: 'omit' }).keys.get('a'),
      createClient({ url: html.url, credentials: 'omit' }).keys.get('a'),
      createClient({ url: other.url, credentials: 'omit' }).keys.get('a'),
      createClient({ url: gateway.url, credentials: 'omit' }).keys.get('a'),
    ];
    for (const error of await Promise.all(calls.map(rejection))) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(error).toMatchObject({ dependency: 'service', retryAfterMs: null });
    }
  });

  it('in the words of the service where it has no such thing, and asks for the address only where another server answers', async () => {
    const missing = async (body: object): Promise<string> => {
      const { url } = await answering((_request, response) => void response.writeHead(404).end(JSON.stringify(body)));
      const error = await rejection(createClient({ url, credentials: 'omit' }).portal.open({ link: 'a' }));
      expect(error).toBeInstanceOf(UnavailableError);
      return error.message;
    };
    const detail = 'There is no such link. Ask for another where you got it.';
    expect(await missing({ code: 'link_unknown', detail })).toBe(detail);
    expect(await missing({ detail: 'Cannot POST /v1/portal-session' })).toBe('The service answered 404: is this its address?');
    expect(await missing({ code: 'link_unknown' })).toBe('The service answered 404: is this its address?');
  });

  it.each([
    '{"valid":true}',
    '{"valid":"yes","code":"valid","key":{"id":"k"},"limits":[]}',
    '{"valid":true,"code":"valid","key":{"id":"k","expiresAt":null}}',
    '{"valid":true,"code":"valid","key":{"id":"k","expiresAt":"soon"},"limits":[]}',
    '{"valid":true,"code":"revoked","key":{"id":"k","expiresAt":null},"limits":[]}',
    '{"valid":false}',
    '{"valid":false,"code":"revoked"}',
    'null',
    '[]',
    '7',
  ])('where it answers a verification with what is no verdict: %s', async (answer) => {
    const { url } = await answering((_request, response) => void response.end(answer));
    expect(await rejection(createClient({ url, credentials: 'omit' }).verify('a'))).toBeInstanceOf(UnavailableError);
    const batch = await answering((_request, response) => void response.end(`{"results":[${answer}]}`));
    expect(await rejection(createClient({ url: batch.url, credentials: 'omit' }).verifyBatch([{ token: 'a' }]))).toBeInstanceOf(
      UnavailableError,
    );
  });

  it('where a batch has fewer verdicts than questions, or more', async () => {
    const refusal = '{"valid":false,"code":"not_found","message":"","key":null,"degraded":false}';
    const { url } = await answering((_request, response) => void response.end(`{"results":[${refusal}]}`));
    const client = createClient({ url, credentials: 'omit' });
    await expect(client.verifyBatch([{ token: 'a' }])).resolves.toHaveLength(1);
    expect(await rejection(client.verifyBatch([{ token: 'a' }, { token: 'b' }]))).toBeInstanceOf(UnavailableError);
  });

  it('where the service does not answer in time, and where the call is given up', async () => {
    const silent = await answering(() => undefined);
    const late = await rejection(createClient({ url: silent.url, timeoutMs: 50, credentials: 'omit' }).keys.get('a'));
    expect(late).toMatchObject({ code: 'unavailable', message: expect.stringContaining('within 50 ms') as string });
    expect(silent.asked.length).toBeLessThan(2);
    const aborted = await rejection(createClient({ url: silent.url, credentials: 'omit' }).keys.get('a', { signal: AbortSignal.abort() }));
    expect(aborted).toMatchObject({ code: 'unavailable', message: expect.stringContaining('given up') as string });
  });

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 00:01:30 GMT', date: 'Fri, 02 Jan 2026 00:00:00 GMT' }, 90_000],
    [{ 'retry-after': 'Fri, 02 Jan 2026 00:00:00 GMT', date: 'Fri, 02 Jan 2026 00:01:30 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('with how long to wait, in milliseconds, where the service says it: %j', async (headers, retryAfterMs) => {
    for (const [status, problem] of [
      [503, { code: 'unavailable', dependency: 'store', detail: 'x' }],
      [503, {}],
      [429, { code: 'too_many_attempts', detail: 'Wait.' }],
    ] as const) {
      const { url } = await answering((_request, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.writeHead(status).end(JSON.stringify(problem));
      });
      expect(await rejection(createClient({ url, credentials: 'omit' }).keys.revoke('a'))).toMatchObject({
        code: 'unavailable',
        retryAfterMs,
      });
    }
  });

  it('and keeps no part of an answer that it could not read, which may carry a token', async () => {
    const { url } = await answering((_request, response) => void response.end('{"token":lk_live_0123456789'));
    const error = await rejection(createClient({ url, credentials: 'omit' }).keys.rotate('a'));
    expect([error.message, String(error.cause)].join()).not.toMatch(/lk_live|0123/);
  });
});

describe('a client asks again, once,', () => {
  it('only where that is safe: reads, explanations, and issuing under an idempotency key', async () => {
    const cases: readonly (readonly [times: number, call: (client: Client) => Promise<unknown>])[] = [
      [2, async (c) => c.keys.get('a')],
      [2, async (c) => c.ready()],
      [2, async (c) => c.keys.create({ name: 'a', owner: 'b' }, { idempotencyKey: 'k' })],
      [2, async (c) => c.keys.rotate('a', {}, { idempotencyKey: 'k' })],
      [2, async (c) => c.verify('a', { dryRun: true })],
      [1, async (c) => c.keys.create({ name: 'a', owner: 'b' })],
      [1, async (c) => c.keys.rotate('a')],
      [1, async (c) => c.keys.revoke('a')],
      [1, async (c) => c.verify('a')],
      [1, async (c) => c.verify('a', { cost: 0 })],
      [1, async (c) => c.verifyBatch([{ token: 'a' }])],
      [1, async (c) => c.tiers.put('a', { limits: [] })],
    ];
    for (const [times, call] of cases) {
      const dropping = await answering((request) => void request.socket.destroy());
      expect(await rejection(call(createClient({ url: dropping.url, credentials: 'omit' })))).toBeInstanceOf(UnavailableError);
      expect(dropping.asked, String(call)).toHaveLength(times);
      const overloaded = await answering((_request, response) => void response.writeHead(503).end());
      expect(await rejection(call(createClient({ url: overloaded.url, credentials: 'omit' })))).toBeInstanceOf(UnavailableError);
      expect(overloaded.asked, String(call)).toHaveLength(times);
    }
  });

  it('whatever was asked, where the connection was refused: nothing has been sent', async () => {
    const refusal = '{"valid":false,"code":"not_found","message":"","key":null,"degraded":false}';
    const there = await answering((_request, response) => void response.end(refusal));
    const gone = await nowhere();
    const recovered = counted((attempt) => (attempt === 1 ? gone : there.url));
    const client = createClient({ url: 'http://service', fetch: recovered.fetch, credentials: 'omit' });
    expect(await client.verify('a')).toMatchObject({ code: 'not_found' });
    expect([recovered.attempts(), there.asked.length]).toEqual([2, 1]);
    const down = counted(() => gone);
    expect(
      await rejection(createClient({ url: 'http://service', fetch: down.fetch, credentials: 'omit' }).keys.revoke('a')),
    ).toBeInstanceOf(UnavailableError);
    expect(down.attempts()).toBe(2);
  });
});

describe('a client keeps credentials and promises', () => {
  it('does not follow a redirect, so that credentials reach nobody else', async () => {
    const elsewhere = await answering((_request, response) => void response.end('{}'));
    const redirecting = await answering((_request, response) => void response.writeHead(307, { location: elsewhere.url }).end());
    const error = await rejection(createClient({ url: redirecting.url, adminKey: ADMIN_KEY }).keys.get('a'));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('redirect') as string });
    expect(elsewhere.asked).toHaveLength(0);
  });

  it('an address of any length is read in linear time', () => {
    const url = `http://127.0.0.1:1${'/'.repeat(500_000)}x`;
    expect(() => createClient({ url, adminKey: ADMIN_KEY })).not.toThrow();
  });

  it('asks frameworks to keep no answer: Next.js 13 and 14 would answer a GET from their data cache', async () => {
    const { url } = await answering((_request, response) => response.end('{"data":[],"nextCursor":null}'));
    const fetched = vi.fn<typeof fetch>(async (input, init) => fetch(input, init));
    await createClient({ url, token: 'a-token-for-this-test', fetch: fetched }).keys.list();
    expect(fetched.mock.lastCall?.[1]).toMatchObject({ method: 'GET', next: { revalidate: 0 } });
    expect(fetched.mock.lastCall?.[1]).not.toHaveProperty('cache');
  });

  it('an id is one part of the path, whatever it holds', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(new URL(new Request(input).url).pathname);
      return Response.json({}, { status: 200 });
    };
    const recording = createClient({ url: 'http://service/base/', fetch, credentials: 'omit' });
    for (const id of ['../tiers', 'a/b', 'a?b#c', '%2e%2e', 'é ü', '...']) await recording.owners.get(id);
    expect(asked).toEqual(
      ['..%2Ftiers', 'a%2Fb', 'a%3Fb%23c', '%252e%252e', '%C3%A9%20%C3%BC', '...'].map((id) => `/base/v1/owners/${id}`),
    );
    for (const id of ['', '.', '..']) expect(await rejection(recording.owners.get(id))).toBeInstanceOf(InvalidInputError);
  });

  it('no token at all is a verdict that needs no service, but for an explanation; and no questions are no request', async () => {
    const offline = createClient({ url: await nowhere(), credentials: 'omit' });
    for (const nothing of [null, undefined, '']) expect(await offline.verify(nothing)).toMatchObject({ valid: false, code: 'missing' });
    expect(await rejection(offline.verify(null, { dryRun: true }))).toBeInstanceOf(UnavailableError);
    expect(await offline.verifyBatch([])).toEqual([]);
  });

  it('refuses options that cannot work, without repeating a credential', () => {
    const secret = 'a secret\nwith a break';
    const url = 'http://service';
    const wrong: ClientOptions[] = [
      { url: 'service:8787' },
      { url: 'nonsense' },
      { url: '/v1' },
      { url: 'http://user:password@service' },
      { url: 'http://service/?a=b' },
      { url, adminKey: secret },
      { url, token: secret },
      { url, adminKey: 'a', token: 'b' },
      { url, timeoutMs: 0 },
      { url, timeoutMs: Number.NaN },
      { url, cache: { ttlMs: 0 } },
      { url, cache: { ttlMs: 60_001 } },
      { url, cache: { ttlMs: 1_000, maxEntries: 0 } },
    ];
    for (const options of wrong) {
      const make = () => createClient({ credentials: 'omit', ...options });
      expect(make, JSON.stringify(options)).toThrow(ConfigurationError);
      expect(make).not.toThrow(/password|secret/);
    }
    expect(() => createOwnKeysClient({ url, jwt: secret })).toThrow(ConfigurationError);
  });

  it('a client without a credential is not made, unless its options name the cookie, or no credential, in its place', () => {
    const unset: string | undefined = undefined;
    expect(() => createClient({ url: 'http://service', adminKey: unset, token: unset })).toThrow(/^.*Give adminKey or token/);
    expect(() => createOwnKeysClient({ url: 'http://service/v1/me', jwt: unset })).toThrow(/^.*Give jwt/);
    for (const given of [{ token: null }, { adminKey: null }, { token: 5 }, { token: () => 'a' }, { credentials: 'x' }, { adminKey: '' }])
      expect(() => createClient({ url: 'http://service', ...given } as never), JSON.stringify(given)).toThrow(ConfigurationError);
    for (const jwt of [null, 5, ''])
      expect(() => createOwnKeysClient({ url: 'http://service/v1/me', jwt } as never)).toThrow(ConfigurationError);
    for (const make of [createClient, createOwnKeysClient])
      for (const options of [undefined, null, 'http://service']) expect(() => make(options as never)).toThrow(ConfigurationError);
    for (const credentials of ['omit', 'same-origin', 'include'] as const) {
      expect(() => createClient({ url: 'http://service', credentials })).not.toThrow();
      expect(() => createOwnKeysClient({ url: 'http://service/v1/me', credentials })).not.toThrow();
    }
  });
});

describe('a client of one’s own keys', () => {
  const page = '{"data":[],"total":0,"active":0,"nextCursor":null}';
  const headerOf = ({ asked }: Awaited<ReturnType<typeof answering>>): (string | undefined)[] =>
    asked.map(({ headers }) => headers.authorization);

  it('signs in with the JWT, or with a fresh one for each call, or with none where nobody is signed in', async () => {
    const there = await answering((_request, response) => void response.end(page));
    let calls = 0;
    for (const jwt of ['a.b.c', () => `fresh.${++calls}`, async () => `fresh.${++calls}`, () => null, undefined]) {
      const keys = createOwnKeysClient({ url: there.url, jwt, credentials: 'same-origin' });
      await keys.list();
      await keys.list();
    }
    const expected = ['a.b.c', 'a.b.c', 'fresh.1', 'fresh.2', 'fresh.3', 'fresh.4'].map((jwt) => `Bearer ${jwt}`);
    expect(headerOf(there)).toEqual([...expected, undefined, undefined, undefined, undefined]);
  });

  it('asks nothing where no JWT can be had, in time and in a form that can be sent', async () => {
    const there = await answering((_request, response) => void response.end(page));
    const listWith = async (jwt: () => Promise<string>) => rejection(createOwnKeysClient({ url: there.url, timeoutMs: 50, jwt }).list());
    expect(await listWith(async () => Promise.reject(new Error('the issuer is down')))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('jwt') as string,
      cause: { message: 'the issuer is down' },
    });
    expect(await listWith(async () => new Promise(() => undefined))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('within 50 ms') as string,
    });
    const broken = await listWith(async () => 'a.b.secret\n');
    expect(broken).toBeInstanceOf(ConfigurationError);
    expect(broken.message).not.toContain('secret');
    expect(there.asked).toHaveLength(0);
  });

  it('is where it was mounted, of which a page need name the path alone', async () => {
    const asked: [string, string | undefined][] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push([new Request(input, init).url, init?.credentials]);
      return new Response(page);
    };
    await createOwnKeysClient({ url: 'https://app.example/api/me/', fetch, jwt: 'a.b.c' }).list({ limit: 5 });
    Object.defineProperty(globalThis, 'location', { value: { href: 'https://page.example/settings/keys' }, configurable: true });
    try {
      await createOwnKeysClient({ url: '/api/me', fetch, credentials: 'include' }).usage({ by: 'day' });
    } finally {
      Reflect.deleteProperty(globalThis, 'location');
    }
    expect(asked).toEqual([
      ['https://app.example/api/me/keys?limit=5', undefined],
      ['https://page.example/api/me/usage?by=day', 'include'],
    ]);
  });

  it('is told apart: not signed in, not allowed, not there, and not configured', async () => {
    const errors: Error[] = [];
    for (const [status, code] of [
      [401, 'invalid'],
      [403, 'forbidden'],
      [404, 'not_found'],
      [404, 'self_service_not_configured'],
    ] as const) {
      const { url } = await answering(
        (_request, response) => void response.writeHead(status).end(JSON.stringify({ code, detail: `it is ${code}` })),
      );
      errors.push(await rejection(createOwnKeysClient({ url, credentials: 'omit' }).get('key_a')));
    }
    expect(errors.map((error) => error.constructor)).toEqual([ForbiddenError, ForbiddenError, NotFoundError, UnavailableError]);
    expect(errors.slice(0, 2)).toMatchObject([{ unauthenticated: true }, { unauthenticated: false }]);
    expect(errors[3]?.message).toBe('it is self_service_not_configured');
  });
});
