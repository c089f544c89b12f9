/** API keys and JWTs side by side: one table of requests, in every framework, over a socket or as its users call it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { SignJWT, type JWTPayload } from 'jose';
import { ConfigurationError, type Latchkey } from 'latchkey';
import { authenticate as expressAuth, requireApiKey as expressGuard } from 'latchkey/express';
import { authenticate as fastifyAuth, requireApiKey as fastifyGuard } from 'latchkey/fastify';
import { authenticate as fetchAuth, withApiKey } from 'latchkey/fetch';
import { authenticate as honoAuth, requireApiKey as honoGuard, type ApiKeyEnv, type AuthEnv } from 'latchkey/hono';
import { createJwtVerifier, type JwtVerifier } from 'latchkey/jwt';
import { createAuthenticator, type Authentication } from 'latchkey/middleware';
import { createTestClock } from 'latchkey/testing';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { openGuardedEngine, type GuardedEngine } from './guarded-engine.js';

const SECRET = 'a-secret-shared-with-the-issuer-0123456789';
const BASE = { issuer: 'https://id.example/', audience: 'articles' };
const clock = createTestClock();
const jwt = createJwtVerifier({ ...BASE, secret: SECRET, clock });

const JWT_ALONE = { jwt, apiKeys: false };
const KEY_ALONE = { credentials: { authorization: false } };

let engine: GuardedEngine;
let key: { readonly id: string; readonly token: string };
beforeAll(async () => {
  engine = await openGuardedEngine();
  key = await engine.issue({ owner: 'machine' });
});
afterAll(async () => engine.latchkey.close());

async function sign(claims: JWTPayload = {}): Promise<string> {
  return new SignJWT({ iss: BASE.issuer, aud: BASE.audience, sub: 'user-1', exp: clock.now() / 1_000 + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

type Ask = (headers: Readonly<Record<string, string>>) => Promise<Response>;

interface Mounted {
  readonly ask: Ask;
  readonly close: () => Promise<void>;
}

const shown = (auth: Authentication | undefined) => ({ method: auth?.method, keyId: auth?.keyId, ownerId: auth?.ownerId });

async function listening(server: Server): Promise<Mounted> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ask: async (headers) => fetch(`http://127.0.0.1:${port}/`, { headers }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const inProcess = (handler: (request: Request) => Promise<Response>): Mounted => ({
  ask: async (headers) => handler(new Request('http://api/', { headers })),
  close: async () => undefined,
});

const FRAMEWORKS: Readonly<Record<string, (latchkey: Latchkey, options: { jwt: JwtVerifier; anonymous?: boolean }) => Promise<Mounted>>> = {
  express: async (latchkey, options) => {
    const app = express();
    app.get('/', expressAuth(latchkey, options), (request, response) => void response.json(shown(request.auth)));
    return listening(createServer(app));
  },
  fastify: async (latchkey, options) => {
    const app = fastify();
    app.get('/', { onRequest: fastifyAuth(latchkey, options) }, async (request) => shown(request.auth));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { ask: async (headers) => fetch(url, { headers }), close: async () => app.close() };
  },
  hono: async (latchkey, options) => {
    const app = new Hono<AuthEnv>();
    app.get('/', honoAuth(latchkey, options), (c) => c.json(shown(c.get('auth'))));
    return inProcess(async (request) => app.fetch(request));
  },
  fetch: async (latchkey, options) =>
    inProcess(fetchAuth(latchkey, options, async (_request: Request, auth) => Response.json(shown(auth)))),
};

describe.each(Object.entries(FRAMEWORKS))('authenticate in %s', (_, mount) => {
  async function asking(anonymous: boolean, run: (ask: Ask) => Promise<void>): Promise<void> {
    const mounted = await mount(engine.latchkey, { jwt, anonymous });
    try {
      await run(mounted.ask);
    } finally {
      await mounted.close();
    }
  }

  it('says who calls: a key, a JWT, or nobody', async () => {
    await asking(true, async (ask) => {
      const byKey = { method: 'api_key', keyId: key.id, ownerId: 'machine' };
      expect(await (await ask({ authorization: `Bearer ${key.token}` })).json()).toEqual(byKey);
      expect(await (await ask({ 'x-api-key': key.token })).json()).toEqual(byKey);
      const token = await sign();
      expect(await (await ask({ authorization: `bearer ${token}` })).json()).toEqual({ method: 'jwt', keyId: null, ownerId: 'user-1' });
      expect(await (await ask({})).json()).toEqual({ method: 'anonymous', keyId: null, ownerId: null });
    });
  });

  it('limits keys, and nobody else', async () => {
    const limited = await engine.issue({ owner: 'limited', limits: [{ name: 'once', limit: 1, window: '1h' }] });
    await asking(true, async (ask) => {
      const statuses: number[] = [];
      for (let n = 0; n < 2; n++) {
        const answer = await ask({ authorization: `Bearer ${limited.token}` });
        statuses.push(answer.status);
        expect(answer.headers.get('x-ratelimit-limit')).toBe('1');
      }
      expect(statuses).toEqual([200, 429]);
      for (const headers of [{ authorization: `Bearer ${await sign()}` }, {}]) {
        for (let n = 0; n < 3; n++) {
          const answer = await ask(headers);
          expect([answer.status, answer.headers.get('x-ratelimit-limit')]).toEqual([200, null]);
        }
      }
    });
  });

  it('takes nobody for anonymous whose token is refused', async () => {
    const good = await sign();
    await asking(true, async (ask) => {
      for (const token of [
        await sign({ aud: 'x' }),
        await sign({ exp: 1 }),
        `${good}x`,
        'a.b.c',
        '..',
        `${good.slice(0, good.lastIndexOf('.'))}.`,
      ]) {
        const answer = await ask({ authorization: `Bearer ${token}` });
        expect([answer.status, (await answer.json()) as object]).toMatchObject([
          401,
          { code: 'invalid', detail: 'Invalid or expired token' },
        ]);
        expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
      }
      for (const headers of [
        { authorization: 'Bearer acme_live_nonsense' },
        { authorization: 'Bearer' },
        { authorization: 'Basic YTpi' },
        { 'x-api-key': good },
        { 'x-api-key': good, authorization: `Bearer ${good}` },
        { 'x-api-key': key.token, authorization: `Bearer ${good}` },
      ]) {
        expect((await ask(headers)).status, JSON.stringify(headers)).toBe(401);
      }
    });
  });

  it('lets nobody in who presents nothing, unless that was allowed', async () => {
    await asking(false, async (ask) => {
      const answer = await ask({});
      expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([401, 'Missing Authorization header']);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    });
  });
});

/** A route that demands both: a JWT in `Authorization`, and a key in `X-API-Key`. */
const BOTH: Readonly<Record<string, (latchkey: Latchkey) => Promise<Mounted>>> = {
  express: async (latchkey) => {
    const app = express();
    app.get('/', expressAuth(latchkey, JWT_ALONE), expressGuard(latchkey, KEY_ALONE), (request, response) => {
      response.json([request.auth?.ownerId, request.latchkey?.key.owner]);
    });
    return listening(createServer(app));
  },
  fastify: async (latchkey) => {
    const app = fastify();
    const onRequest = [fastifyAuth(latchkey, JWT_ALONE), fastifyGuard(latchkey, KEY_ALONE)];
    app.get('/', { onRequest }, async (request) => [request.auth?.ownerId, request.latchkey?.key.owner]);
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return { ask: async (headers) => fetch(url, { headers }), close: async () => app.close() };
  },
  hono: async (latchkey) => {
    const app = new Hono<AuthEnv & ApiKeyEnv>();
    app.get('/', honoAuth(latchkey, JWT_ALONE), honoGuard(latchkey, KEY_ALONE), (c) =>
      c.json([c.get('auth').ownerId, c.get('latchkey').key.owner]),
    );
    return inProcess(async (request) => app.fetch(request));
  },
  fetch: async (latchkey) => {
    const handler = withApiKey(latchkey, KEY_ALONE, (_request: Request, { key: { owner } }, user: string | null) =>
      Response.json([user, owner]),
    );
    return inProcess(fetchAuth(latchkey, JWT_ALONE, async (request: Request, { ownerId }) => handler(request, ownerId)));
  },
};

describe.each(Object.entries(BOTH))('a route that demands a JWT and a key in %s', (_, mount) => {
  it('lets in who presents both, each in its own header', async () => {
    const { ask, close } = await mount(engine.latchkey);
    const answer = await ask({ authorization: `Bearer ${await sign()}`, 'x-api-key': key.token });
    expect([answer.status, await answer.json()]).toEqual([200, ['user-1', 'machine']]);
    await close();
  });

  it('refuses either without the other, or in the place of the other', async () => {
    const { ask, close } = await mount(engine.latchkey);
    const good = await sign();
    const bearer = { authorization: `Bearer ${good}` };
    const refused: readonly (readonly [Readonly<Record<string, string>>, detail: string, scheme: string])[] = [
      [{}, 'Missing Authorization header', 'Bearer'],
      [bearer, 'Missing x-api-key header', 'ApiKey'],
      [{ 'x-api-key': key.token }, 'Missing Authorization header', 'Bearer'],
      [{ 'x-api-key': good }, 'Missing Authorization header', 'Bearer'],
      [{ authorization: `Bearer ${key.token}`, 'x-api-key': key.token }, 'Invalid or expired token', 'Bearer'],
      [{ ...bearer, 'x-api-key': good }, 'Invalid or inactive API key', 'ApiKey'],
      [{ ...bearer, 'x-api-key': `${key.token}x` }, 'Invalid or inactive API key', 'ApiKey'],
      [{ authorization: `Bearer ${await sign({ exp: 1 })}`, 'x-api-key': key.token }, 'Invalid or expired token', 'Bearer'],
      [{ authorization: 'Basic YTpi', 'x-api-key': key.token }, 'Invalid Authorization format. Use: Bearer YOUR_API_KEY', 'Bearer'],
    ];
    for (const [headers, detail, scheme] of refused) {
      const answer = await ask(headers);
      expect([answer.status, ((await answer.json()) as { detail: string }).detail], JSON.stringify(headers)).toEqual([401, detail]);
      expect(answer.headers.get('www-authenticate')).toMatch(new RegExp(`^${scheme} `));
    }
    await close();
  });
});

describe('an authenticator', () => {
  const request = (headers: Readonly<Record<string, string>>) => ({
    key: {},
    native: null,
    method: 'GET',
    query: '',
    headerValues: (name: string) => (headers[name] === undefined ? [] : [headers[name]]),
  });

  it('lets nobody in by a JWT that cannot be checked, whatever is allowed for keys', async () => {
    const failures: unknown[] = [];
    const down = createJwtVerifier({ ...BASE, jwksUrl: 'http://127.0.0.1:1/', clock });
    const broken: JwtVerifier = () => Promise.reject(new Error('broken'));
    const ofNobody = [undefined, '', 5].map(
      (ownerId): JwtVerifier =>
        async () =>
          ({ ok: true, ownerId, claims: {}, expiresAt: 1 }) as never,
    );
    for (const verifier of [down, broken, ...ofNobody]) {
      const options = {
        jwt: verifier,
        anonymous: true,
        onUnavailable: 'allow',
        onFailure: (error: unknown) => failures.push(error),
      } as const;
      const decide = createAuthenticator<null>(engine.latchkey, options);
      // By its header, for a public key of the set.
      const token = `${btoa('{"alg":"ES256"}')}.${btoa('{}').replaceAll('=', '')}.AAAA`.replaceAll('=', '');
      expect(await decide(request({ authorization: `Bearer ${token}` }))).toMatchObject({
        admitted: false,
        status: 503,
        headers: { 'Retry-After': '1' },
      });
    }
    const named = new TypeError('The verifier of JWTs named no owner.');
    expect(failures).toEqual([new Error('broken'), named, named, named]);
  });

  it('is not made without a way to check JWTs, nor with options that are none', () => {
    const make = (options: object) => () => createAuthenticator(engine.latchkey, options as { jwt: JwtVerifier });
    for (const options of [undefined, null]) expect(make(options as never)).toThrow(ConfigurationError);
    expect(make({})).toThrow('jwt: use what createJwtVerifier gives.');
    expect(make({ jwt, anonymous: 'yes' })).toThrow('anonymous: use true or false.');
    expect(make({ jwt, anonymus: true })).toThrow('anonymus: No such option; did you mean "anonymous"?');
    expect(make({ jwt, apiKeys: 'no' })).toThrow('apiKeys: use true or false.');
    expect(make({ jwt, credentials: { authorization: false } })).toThrow('credentials.authorization: a JWT comes in that header.');
    expect(make({ jwt, apiKeys: false, scopes: ['a:read'], cost: 2 })).toThrow(/scopes: it is about API keys.*cost: it is about API keys/s);
  });

  it('tells the type of who calls by the method', () => {
    expectTypeOf<Extract<Authentication, { method: 'jwt' }>['ownerId']>().toEqualTypeOf<string>();
    expectTypeOf<Extract<Authentication, { method: 'anonymous' }>['ownerId']>().toEqualTypeOf<null>();
    expectTypeOf<Authentication['method']>().toEqualTypeOf<'api_key' | 'jwt' | 'anonymous'>();
  });
});

it('a preflight is answered as the option says, before anybody is taken for anonymous', async () => {
  const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
  const ask = async (preflight?: 'pass' | 'answer' | 'check') => {
    const handler = fetchAuth(engine.latchkey, { jwt, anonymous: true, preflight }, () => new Response('handled'));
    return (await handler(new Request('http://api/', { method: 'OPTIONS', headers }))).status;
  };
  expect([await ask(), await ask('answer'), await ask('pass'), await ask('check')]).toEqual([204, 204, 200, 200]);
});
