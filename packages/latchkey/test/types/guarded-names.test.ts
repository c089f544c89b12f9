/** The names of a verifier, in the options of every guard of every framework. Checked as names.test.ts says. */
import express from 'express';
import fastify from 'fastify';
import { Hono, type Context } from 'hono';
import { ConfigurationError, createLatchkey, type Latchkey, type VerifiedKey } from 'latchkey';
import { createClient } from 'latchkey/client';
import { authenticate as expressAuth, authOf as expressAuthOf, requireApiKey as expressGuard } from 'latchkey/express';
import { authenticate as fastifyAuth, authOf as fastifyAuthOf, requireApiKey as fastifyGuard } from 'latchkey/fastify';
import { authenticate as fetchAuth, withApiKey } from 'latchkey/fetch';
import { authenticate as honoAuth, requireApiKey as honoGuard } from 'latchkey/hono';
import { createJwtVerifier } from 'latchkey/jwt';
import { createAuthenticator, createGuard, type ApiKeyAuth, type Authentication, type GuardOptions } from 'latchkey/middleware';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';

const open = async () =>
  createLatchkey({ database: ':memory:', scopes: ['articles:read', 'articles:write'], environments: ['live', 'test'] });

let latchkey: Awaited<ReturnType<typeof open>>;

beforeAll(async () => {
  latchkey = await open();
});

afterAll(async () => {
  await latchkey.close();
});

const jwt = createJwtVerifier({ secret: 'a secret of at least 32 bytes, as it must', issuer: 'https://issuer', audience: 'api' });
const handler = (): Response => new Response();
const good = { scopes: ['articles:read', 'articles:*'], environment: 'test' } as const;

describe('names in guards', () => {
  it('are accepted by every framework, where the verifier knows them', () => {
    expect(expressGuard(latchkey, good)).toBeTypeOf('function');
    expect(expressAuth(latchkey, { ...good, jwt })).toBeTypeOf('function');
    expect(fastifyGuard(latchkey, good)).toBeTypeOf('function');
    expect(fastifyAuth(latchkey, { ...good, jwt })).toBeTypeOf('function');
    expect(honoGuard(latchkey, good)).toBeTypeOf('function');
    expect(honoAuth(latchkey, { ...good, jwt })).toBeTypeOf('function');
    expect(withApiKey(latchkey, good, handler)).toBeTypeOf('function');
    expect(fetchAuth(latchkey, { ...good, jwt }, handler)).toBeTypeOf('function');
    expect(createGuard(latchkey, good)).toBeTypeOf('function');
    expect(createAuthenticator(latchkey, { ...good, jwt })).toBeTypeOf('function');
  });

  it('that are misspelt scopes are refused by every framework, when the guard is made', () => {
    const scopes = ['articles:raed'] as const;
    // @ts-expect-error -- a scope
    expect(() => expressGuard(latchkey, { scopes })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => expressAuth(latchkey, { scopes, jwt })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => fastifyGuard(latchkey, { scopes })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => fastifyAuth(latchkey, { scopes, jwt })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => honoGuard(latchkey, { scopes })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => honoAuth(latchkey, { scopes, jwt })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => withApiKey(latchkey, { scopes }, handler)).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => fetchAuth(latchkey, { scopes, jwt }, handler)).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => createGuard(latchkey, { scopes })).toThrow(ConfigurationError);
    // @ts-expect-error -- a scope
    expect(() => createAuthenticator(latchkey, { scopes, jwt })).toThrow(ConfigurationError);
    const message = 'scopes[0]: use one of the scopes that there are (articles:read, articles:write), or one of them with "*"';
    // @ts-expect-error -- a scope
    expect(() => createGuard(latchkey, { scopes })).toThrow(message);
  });

  it('that are misspelt environments do not compile in any framework', () => {
    const environment = 'liv';
    // @ts-expect-error -- an environment
    expressGuard(latchkey, { environment });
    // @ts-expect-error -- an environment
    expressAuth(latchkey, { environment, jwt });
    // @ts-expect-error -- an environment
    fastifyGuard(latchkey, { environment });
    // @ts-expect-error -- an environment
    fastifyAuth(latchkey, { environment, jwt });
    // @ts-expect-error -- an environment
    honoGuard(latchkey, { environment });
    // @ts-expect-error -- an environment
    honoAuth(latchkey, { environment, jwt });
    // @ts-expect-error -- an environment
    withApiKey(latchkey, { environment }, handler);
    // @ts-expect-error -- an environment
    fetchAuth(latchkey, { environment, jwt }, handler);
    // @ts-expect-error -- an environment
    createGuard(latchkey, { environment });
    // @ts-expect-error -- an environment
    createAuthenticator(latchkey, { environment, jwt });
  });

  it('are those of a client, where it states them', () => {
    const client = createClient<{ scope: 'articles:read' }>({ url: 'http://127.0.0.1:1', credentials: 'omit' });
    expect(expressGuard(client, { scopes: ['articles:read'], environment: 'any' })).toBeTypeOf('function');
    // @ts-expect-error -- a scope, which the service will refuse: only it knows which there are
    expect(expressGuard(client, { scopes: ['articles:raed'] })).toBeTypeOf('function');
  });

  it('are any text, where the verifier knows none, or is taken for one that knows none', () => {
    const verifier = { verify: async () => latchkey.verify(null) };
    const options: GuardOptions<express.Request> = { scopes: ['anything:else'], environment: 'other' };
    expect(expressGuard(verifier, options)).toBeTypeOf('function');
    expect(createGuard(verifier, { scopes: ['anything:else'] })).toBeTypeOf('function');
    const anyNames: Latchkey = latchkey;
    expect(() => createGuard(anyNames, { scopes: ['anything:else'] })).toThrow(ConfigurationError);
  });
});

describe('what a guarded request carries', () => {
  it('is typed in every framework, and claims no name', async () => {
    expectTypeOf<ApiKeyAuth['key']>().toEqualTypeOf<VerifiedKey>();
    express().get('/', expressGuard(latchkey, good), expressAuth(latchkey, { jwt }), (request, response) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(expressAuthOf(request)).toEqualTypeOf<Authentication>();
      response.end();
    });
    const app = fastify();
    app.get('/', { onRequest: [fastifyGuard(latchkey, good), fastifyAuth(latchkey, { jwt })] }, async (request) => {
      expectTypeOf(request.latchkey).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(fastifyAuthOf(request)).toEqualTypeOf<Authentication>();
      return Promise.resolve('');
    });
    await app.close();
    new Hono().get('/', honoGuard(latchkey, good), honoAuth(latchkey, { jwt }), (c) => {
      expectTypeOf(c.get('latchkey')).toEqualTypeOf<ApiKeyAuth>();
      expectTypeOf(c.get('auth')).toEqualTypeOf<Authentication>();
      return c.text('');
    });
    withApiKey(latchkey, good, (_request, auth) => {
      expectTypeOf(auth).toEqualTypeOf<ApiKeyAuth>();
      return new Response();
    });
    fetchAuth(latchkey, { jwt }, (_request, auth) => {
      expectTypeOf(auth).toEqualTypeOf<Authentication>();
      return new Response();
    });
  });

  it('is what options are functions of, without any any', () => {
    interface Bindings {
      Bindings: { address: string };
    }
    new Hono<Bindings>().use(honoGuard(latchkey, { address: (c: Context<Bindings>) => c.env.address }));
    honoGuard(latchkey, {
      address(c) {
        expectTypeOf(c).not.toBeAny();
        expectTypeOf(c.env).not.toBeAny();
        // @ts-expect-error -- a variable that nobody declared
        return c.get('address');
      },
    });
    expressGuard(latchkey, {
      address(request) {
        expectTypeOf(request).toEqualTypeOf<express.Request>();
        return request.ip;
      },
    });
    fastifyGuard(latchkey, {
      address(request) {
        expectTypeOf(request.params).toBeUnknown();
        return request.ip;
      },
    });
  });
});
