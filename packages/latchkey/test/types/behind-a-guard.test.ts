/**
 * Behind a guard, what it sets is there, and the compiler knows it; elsewhere it is not known to be there. The types are checked by
 * `tsc -p tsconfig.test.json`, strictly; the same routes are then asked, with and without a guard.
 */
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import fastify, { type FastifyPluginAsync, type FastifyReply, type FastifyRequest, type onRequestHookHandler } from 'fastify';
import { Hono } from 'hono';
import type { Verifier } from 'latchkey';
import * as forExpress from 'latchkey/express';
import * as forFastify from 'latchkey/fastify';
import * as forHono from 'latchkey/hono';
import type { JwtVerifier } from 'latchkey/jwt';
import type { ApiKeyAuth, Authentication } from 'latchkey/middleware';
import { fakeVerifier } from 'latchkey/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';

const keys: Verifier = fakeVerifier({ good: { owner: 'ada' } });
const jwt: JwtVerifier = async () => Promise.resolve({ ok: false, reason: 'issuer' });
const HEADERS = { authorization: 'Bearer good' };

describe('Express: req.latchkey', () => {
  const { apiKeyOf, authenticate, authOf, requireApiKey } = forExpress;

  it('is not undefined for handlers of a guarded route, which also know its parameters', () => {
    const validate: RequestHandler = (_req, _res, next) => next();
    const app = express();
    app.get('/a/:id', requireApiKey(keys), (req, res) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
      res.locals['mine'] = req.latchkey.key.owner;
    });
    app.post('/a', requireApiKey(keys), express.json(), validate, (req) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(req.auth).toEqualTypeOf<Authentication | undefined>();
    });
    app.post('/b', validate, requireApiKey(keys), async (req) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth>();
    });
    const router = express.Router();
    router.route('/c/:id').get(requireApiKey(keys), (req) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(req.params.id).toEqualTypeOf<string>();
    });
    app.get('/d', authenticate(keys, { jwt }), (req) => {
      expectTypeOf(req.auth).toEqualTypeOf<Authentication>();
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
    });
    expect(app).toBeTypeOf('function');
  });

  it('may be undefined where the compiler sees no guard', () => {
    const app = express();
    app.use(requireApiKey(keys));
    app.use('/api', requireApiKey(keys));
    app.get('/a', (req, res) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
      // @ts-expect-error -- no guard on this route
      res.json(req.latchkey.key);
    });
    app.get<{ id: string }>('/b/:id', requireApiKey(keys), (req) => {
      expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
    });
    const named: RequestHandler = (req) => expectTypeOf(req.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
    app.get('/c', requireApiKey(keys), named);
    const handlers: RequestHandler[] = [requireApiKey(keys), authenticate(keys, { jwt })];
    app.get('/d', handlers, named);
    interface Mine {
      user: string;
    }
    const typed: RequestHandler<object, unknown, unknown, unknown, Mine> = (_req, res) => res.json(res.locals.user);
    app.get('/e', requireApiKey(keys) as RequestHandler, typed);
    expect(app).toBeTypeOf('function');
  });

  it('apiKeyOf gives it behind any guard, and is an error behind none', async () => {
    const app = express();
    app.get('/open', (req, res) => res.json(apiKeyOf(req).key.owner));
    app.get('/open-auth', (req, res) => res.json(authOf(req).method));
    app.use(requireApiKey(keys), authenticate(keys, { jwt }));
    app.get('/', (req, res) => res.json([apiKeyOf(req).key.owner, authOf(req).ownerId]));
    app.use(((error: unknown, _req, res, _next) => res.status(500).send(String(error))) satisfies express.ErrorRequestHandler);
    const server = app.listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ask = async (path: string): Promise<string> => (await fetch(url + path, { headers: HEADERS })).text();
      expect(await ask('/')).toBe('["ada","ada"]');
      expect(await ask('/open')).toContain('This request has passed no requireApiKey.');
      expect(await ask('/open-auth')).toContain('This request has passed no authenticate.');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('Fastify: request.latchkey', () => {
  const { apiKeyOf, authenticate, authOf, requireApiKey } = forFastify;
  const other = async (_request: FastifyRequest, _reply: FastifyReply): Promise<void> => Promise.resolve();

  it('is not undefined for the handler of a guarded route', () => {
    const app = fastify();
    const onRequest = requireApiKey(keys);
    app.get('/a', { onRequest }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(request.auth).toEqualTypeOf<Authentication | undefined>();
      return request.latchkey.key.owner;
    });
    app.get('/b', { onRequest: [onRequest, requireApiKey(keys)], schema: { response: {} } }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
    });
    app.get('/c', { onRequest, preHandler: async (request) => void request.routeOptions.url }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
    });
    app.route({
      method: ['GET'],
      url: '/d',
      onRequest,
      handler: async (request) => {
        expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
      },
    });
    app.get('/e', { onRequest: authenticate(keys, { jwt }) }, async (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<Authentication>();
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
    });
    expect(app.printRoutes()).toContain('e (GET');
  });

  it('may be undefined where the compiler sees no guard, and hooks fit every place that takes one', () => {
    const app = fastify();
    app.addHook('onRequest', requireApiKey(keys));
    app.get('/a', async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
      // @ts-expect-error -- no guard on this route
      return request.latchkey.key;
    });
    app.get<{ Params: { id: string } }>('/b/:id', { onRequest: requireApiKey(keys) }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
    });
    app.get('/c', { onRequest: requireApiKey(keys), config: { limit: 3 } }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
      expectTypeOf(request.routeOptions.config.limit).toEqualTypeOf<number>();
    });
    app.get('/d', { onRequest: [requireApiKey(keys), other] }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth | undefined>();
    });
    const named = async (request: FastifyRequest): Promise<string | undefined> => Promise.resolve(request.latchkey?.key.owner);
    app.get('/e', { onRequest: requireApiKey(keys) }, named);
    const hooks: onRequestHookHandler[] = [requireApiKey(keys), authenticate(keys, { jwt })];
    const plugin: FastifyPluginAsync = async (api) => {
      for (const hook of hooks) api.addHook('onRequest', hook);
      api.addHook('preHandler', requireApiKey(keys));
    };
    app.register(plugin);
    expect(hooks).toHaveLength(2);
  });

  it('apiKeyOf gives it behind any guard, and is an error behind none', async () => {
    const app = fastify();
    app.get('/open', async (request) => apiKeyOf(request).key.owner);
    app.get('/open-auth', async (request) => authOf(request).method);
    await app.register(async (api) => {
      api.addHook('onRequest', requireApiKey(keys));
      api.addHook('onRequest', authenticate(keys, { jwt }));
      api.get<{ Params: { id: string } }>('/in/:id', async (request) => [apiKeyOf(request).key.owner, authOf(request).ownerId]);
    });
    const ask = async (url: string): Promise<string> => (await app.inject({ url, headers: HEADERS })).body;
    expect(await ask('/in/1')).toBe('["ada","ada"]');
    expect(await ask('/open')).toContain('This request has passed no requireApiKey.');
    expect(await ask('/open-auth')).toContain('This request has passed no authenticate.');
    await app.close();
  });
});

describe("Hono: c.get('latchkey')", () => {
  const { apiKeyOf, authenticate, authOf, requireApiKey } = forHono;

  it('is not undefined for handlers of a guarded route, and not known elsewhere', () => {
    const app = new Hono();
    app.get('/a/:id', requireApiKey(keys), authenticate(keys, { jwt }), (c) => {
      expectTypeOf(c.get('latchkey')).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(c.get('auth')).toEqualTypeOf<Authentication>();
      expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
      return c.text('');
    });
    app.use(requireApiKey(keys));
    app.get('/b', (c) => {
      // @ts-expect-error -- no guard on this route
      c.get('latchkey');
      return c.text('');
    });
    expect(app.routes).toHaveLength(5);
  });

  it('apiKeyOf gives it behind any guard, and is an error behind none', async () => {
    const app = new Hono<{ Bindings: { name: string } }>();
    app.onError((error, c) => c.text(String(error), 500));
    app.get('/open', (c) => c.json(apiKeyOf(c).key.owner));
    app.get('/open-auth', (c) => c.json(authOf(c).method));
    app.use(requireApiKey(keys), authenticate(keys, { jwt }));
    app.get('/', (c) => c.json([apiKeyOf(c).key.owner, authOf(c).ownerId]));
    const ask = async (path: string): Promise<string> => (await app.request(path, { headers: HEADERS })).text();
    expect(await ask('/')).toBe('["ada","ada"]');
    expect(await ask('/open')).toContain('This request has passed no requireApiKey.');
    expect(await ask('/open-auth')).toContain('This request has passed no authenticate.');
  });
});
