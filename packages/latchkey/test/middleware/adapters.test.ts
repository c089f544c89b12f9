/** What is particular to one framework. */
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { VerifiedKey, Verifier, VerifyRequest } from 'latchkey';
import { requireApiKey as expressGuard } from 'latchkey/express';
import { apiKeyDecorator, requireApiKey as fastifyGuard } from 'latchkey/fastify';
import { withApiKey } from 'latchkey/fetch';
import { requireApiKey as honoGuard } from 'latchkey/hono';
import { nodeHeaderValues, queryOf, type ApiKeyAuth } from 'latchkey/middleware';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { FRAMEWORKS } from './frameworks.js';
import { openGuardedEngine, type GuardedEngine } from './guarded-engine.js';
import { HOURLY } from './routes.js';

let engine: GuardedEngine;

beforeAll(async () => {
  engine = await openGuardedEngine();
});

afterAll(async () => {
  await engine.latchkey.close();
});

function recorded(): { verifier: Verifier; asked: (VerifyRequest | undefined)[] } {
  const asked: (VerifyRequest | undefined)[] = [];
  const verify: Verifier['verify'] = async (token, request) => {
    asked.push(request);
    return engine.latchkey.verify(token, request);
  };
  return { verifier: { verify }, asked };
}

const withKey = (token: string, path = '/'): Request => new Request(`http://api${path}`, { headers: { 'x-api-key': token } });

describe('fetch', () => {
  it('what the platform passes after the request reaches the handler untouched, and is typed', async () => {
    const { token } = await engine.issue({ owner: 'team-9' });
    const params = { params: Promise.resolve({ slug: 'a' }) };
    const GET = withApiKey(engine.latchkey, {}, async (_request, { key }, context: typeof params, last: string) => {
      expectTypeOf(key).toEqualTypeOf<VerifiedKey>();
      return Response.json([key.owner, (await context.params).slug, last]);
    });
    expectTypeOf(GET).parameters.toEqualTypeOf<[Request, typeof params, string]>();
    expect(await (await GET(withKey(token), params, 'last')).json()).toEqual(['team-9', 'a', 'last']);
  });

  it('a preflight is answered without the handler, which could not say whose it is', async () => {
    const handler = withApiKey(engine.latchkey, {}, (_request, { key }) => new Response(key.owner));
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'GET' };
    expect((await handler(new Request('http://api/', { method: 'OPTIONS', headers }))).status).toBe(204);
  });

  it('a response whose headers cannot be changed has those of the limits, and its own', async () => {
    const { token } = await engine.issue();
    const handler = withApiKey(engine.latchkey, { limits: [HOURLY] }, () => Response.redirect('http://elsewhere/', 307));
    const response = await handler(withKey(token));
    expect([response.status, response.headers.get('location'), response.headers.get('x-ratelimit-remaining')]).toEqual([
      307,
      'http://elsewhere/',
      '1',
    ]);
  });

  it('without onError, what the handler throws is thrown on: platforms use it (redirects of Next.js)', async () => {
    const { token } = await engine.issue();
    const redirect = new Error('NEXT_REDIRECT');
    const handler = withApiKey(engine.latchkey, {}, () => {
      throw redirect;
    });
    await expect(handler(withKey(token))).rejects.toBe(redirect);
  });

  it('two layers in one handler after another are one request', async () => {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const inner = withApiKey(verifier, { scopes: ['articles:read'] }, (_request, { key }) => Response.json(key.owner));
    const outer = withApiKey(verifier, {}, async (request: Request) => inner(request));
    expect((await outer(withKey(token))).status).toBe(200);
    expect(asked).toHaveLength(1);
  });
});

describe('hono', () => {
  it('a middleware that puts another request in place between two layers does not make it two', async () => {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const app = new Hono();
    app.use(honoGuard(verifier));
    app.use(async (c, next) => {
      c.req.raw = new Request(c.req.raw);
      await next();
    });
    app.get('/', honoGuard(verifier, { scopes: ['articles:read'] }), (c) => {
      expectTypeOf(c.get('latchkey')).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(c.var.latchkey.key.owner).toEqualTypeOf<string>();
      return c.text(c.var.latchkey.key.owner);
    });
    expect(await (await app.fetch(withKey(token))).text()).toBe('team-7');
    expect(asked).toHaveLength(1);
  });

  it('a Hono application behind a fetch guard is the same request', async () => {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const app = new Hono().get('/', honoGuard(verifier), (c) => c.text('in'));
    const handler = withApiKey(verifier, {}, async (request: Request) => app.fetch(request));
    expect(await (await handler(withKey(token))).text()).toBe('in');
    expect(asked).toHaveLength(1);
  });

  it('a header of limits that the handler sets itself is left alone', async () => {
    const { token } = await engine.issue();
    const own = (): Response => new Response('own', { headers: { 'X-RateLimit-Limit': 'own' } });
    const app = new Hono().get('/', honoGuard(engine.latchkey, { limits: [HOURLY] }), own);
    const response = await app.fetch(withKey(token));
    expect([response.headers.get('x-ratelimit-limit'), response.headers.get('x-ratelimit-remaining')]).toEqual(['own', '1']);
  });
});

describe('fastify', () => {
  it('works with and without its decoration, which may be registered twice', async () => {
    const { token } = await engine.issue();
    for (const times of [0, 1, 2]) {
      const app = fastify();
      for (let i = 0; i < times; i++) await app.register(apiKeyDecorator);
      app.get('/', { onRequest: fastifyGuard(engine.latchkey) }, async (request) => {
        expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
        return request.latchkey.key.owner;
      });
      app.get('/open', async (request) => ('latchkey' in request ? 'decorated' : 'not decorated'));
      expect((await app.inject({ url: '/', headers: { 'x-api-key': token } })).body).toBe('team-7');
      expect((await app.inject({ url: '/open' })).body).toBe(times > 0 ? 'decorated' : 'not decorated');
      await app.close();
    }
  });

  it('a hook of the whole application and one of a route are one request', async () => {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const app = fastify();
    app.addHook('onRequest', fastifyGuard(verifier));
    app.get('/', { onRequest: fastifyGuard(verifier, { scopes: ['articles:read'] }) }, async () => 'in');
    expect((await app.inject({ url: '/', headers: { 'x-api-key': token } })).body).toBe('in');
    expect(asked).toHaveLength(1);
    await app.close();
  });
});

describe('express', () => {
  it('a guard of a mounted router sees the query that the caller sent, and the address that Express has', async () => {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const app = express();
    app.set('trust proxy', true);
    const router = express.Router();
    router.get('/inner', expressGuard(verifier), (request, response) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
      response.end(request.latchkey.key.owner);
    });
    app.use('/outer', router);
    const inject = async (url: string): Promise<number> => {
      const request = new IncomingMessage(new Socket());
      Object.assign(request, { url, method: 'GET', headers: { 'x-api-key': token, 'x-forwarded-for': '192.0.2.44' } });
      const response = new ServerResponse(request);
      return new Promise((resolve) => {
        response.end = () => {
          resolve(response.statusCode);
          return response;
        };
        app(request, response);
      });
    };
    expect([await inject('/outer/inner'), await inject(`/outer/inner?api_key=${token}`)]).toEqual([200, 401]);
    expect(asked.map((request) => request?.ip)).toEqual(['192.0.2.44']);
  });
});

/** An application that trusts these peers, and whose only route is guarded. Returns where it listens, and how to close it. */
type Behind = (verifier: Verifier, trusted: readonly string[]) => Promise<{ readonly url: string; readonly close: () => Promise<unknown> }>;

const behindExpress =
  (make: typeof express): Behind =>
  async (verifier, trusted) => {
    const app = make();
    app.set('trust proxy', [...trusted]);
    app.get('/', expressGuard(verifier), (_request, response) => void response.end('in'));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, close: async () => new Promise((resolve) => server.close(resolve)) };
  };

const BEHIND: Readonly<Record<string, Behind>> = {
  'express 5': behindExpress(express),
  'express 4': behindExpress(express4),
  'fastify 5': async (verifier, trusted) => {
    const app = fastify({ trustProxy: [...trusted] });
    app.get('/', { onRequest: fastifyGuard(verifier) }, async () => 'in');
    return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: async () => app.close() };
  },
};

describe.each(Object.entries(BEHIND))('%s behind a proxy that it trusts', (_name, listen) => {
  async function addressesOf(trusted: readonly string[], forwarded: readonly (string | null)[]): Promise<readonly unknown[]> {
    const { verifier, asked } = recorded();
    const { token } = await engine.issue();
    const { url, close } = await listen(verifier, trusted);
    for (const value of forwarded) {
      await fetch(url, { headers: { 'x-api-key': token, connection: 'close', ...(value !== null && { 'x-forwarded-for': value }) } });
    }
    await close();
    return asked.map((request) => request?.ip);
  }

  it('reads the caller from what the proxy forwards, and has no address where the proxy names nobody', async () => {
    const forwarded = ['192.0.2.44', '203.0.113.9, 192.0.2.44', '192.0.2.44:4711', 'unknown', 'garbage', '', ' ', '192.0.2.44,', ',', null];
    const nobody = Array.from({ length: 7 }, () => null);
    expect(await addressesOf(['127.0.0.1'], forwarded)).toEqual(['192.0.2.44', '192.0.2.44', '192.0.2.44', ...nobody]);
  });

  it('believes nobody else: a peer that is no proxy is the caller', async () => {
    expect(await addressesOf(['10.0.0.0/8'], ['192.0.2.44', '', null])).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });
});

describe('requests of Node', () => {
  it.each(['express 5', 'express 4', 'fastify 5', 'hono'])(
    '%s: of those with more header fields than anybody sends, none passes',
    async (name) => {
      const { token } = await engine.issue();
      const running = await FRAMEWORKS[name]?.(engine.latchkey, [{ path: '/', layers: [{}], handler: 'echo' }]);
      const ask = async (count: number) => {
        const fields = Array.from({ length: count }, (_, index) => [`x-${index}`, '1']);
        return fetch(`${running?.url}/`, { headers: Object.fromEntries([...fields, ['x-api-key', token]]) });
      };
      expect((await ask(150)).status).toBe(200);
      const refused = await ask(250);
      expect([refused.status, await refused.json()]).toMatchObject([431, { code: 'too_many_headers' }]);
      await running?.close();
    },
  );

  it('headers are seen as often as they were sent; where a platform gives the record alone, that is read', () => {
    const rawHeaders = ['X-API-Key', 'a', 'Host', 'b', 'x-api-key', 'c'];
    expect(nodeHeaderValues({ rawHeaders, headers: { 'x-api-key': 'a' } })('x-api-key')).toEqual(['a', 'c']);
    expect(nodeHeaderValues({ rawHeaders, headers: { other: 'd' } })('other')).toEqual([]);
    const record = nodeHeaderValues({ rawHeaders: [], headers: { 'x-api-key': 'a', cookie: ['b', 'c'] } });
    expect([record('x-api-key'), record('cookie'), record('host')]).toEqual([['a'], ['b', 'c'], []]);
  });

  it('the query is what stands between the first question mark and a fragment', () => {
    const targets = ['/', '/?', '/a?b=c', '/a?b=?c', '/a?b#c', 'http://a/b#c?d', ''];
    expect(targets.map(queryOf)).toEqual(['', '', 'b=c', 'b=?c', 'b', 'd', '']);
  });
});

describe('types', () => {
  it('nothing that a guarded request carries is any', () => {
    expectTypeOf<ApiKeyAuth['key']>().not.toBeAny();
    expectTypeOf<ApiKeyAuth['verdict']>().not.toBeAny();
    expectTypeOf<NonNullable<Express.Request['latchkey']>>().toEqualTypeOf<ApiKeyAuth>();
    expectTypeOf(expressGuard).parameter(0).toEqualTypeOf<Verifier>();
    expectTypeOf<Parameters<NonNullable<NonNullable<Parameters<typeof expressGuard>[1]>['address']>>[0]>().toEqualTypeOf<express.Request>();
    expectTypeOf<Parameters<NonNullable<NonNullable<Parameters<typeof fastifyGuard>[1]>['address']>>[0]>().not.toBeAny();
    // @ts-expect-error -- a misspelt option
    expect(() => expressGuard(engine.latchkey, { scope: ['articles:read'] })).toThrow('scope: No such option; did you mean "scopes"?');
  });
});
