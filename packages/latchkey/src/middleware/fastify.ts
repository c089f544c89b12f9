import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Names } from '../domain/names.js';
import { queryOf } from '../edge/index.js';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import { createAuthenticator, type AuthenticateOptions, type Authentication } from './authenticator.js';
import { forwardedAddress } from './forwarded-address.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, handingOn, type Denial, type GuardRequest } from './guard.js';
import { nodeHeaderValues } from './node-request.js';
import { setByGuard, type BehindGuard, type SetByGuards, type SetOn } from './set-by-guard.js';

export type { ApiKeyAuth } from './api-key-auth.js';
export type { Authentication } from './authenticator.js';

declare module 'fastify' {
  interface FastifyRequest<RouteGeneric, RawServer, RawRequest, SchemaCompiler, TypeProvider, ContextConfig, Logger, RequestType> {
    /** Not undefined in the handler of a route that has `requireApiKey` as its `onRequest`; elsewhere, `apiKeyOf(request)` has it. */
    latchkey: SetOn<ContextConfig, 'latchkey'>;
    /** Not undefined in the handler of a route that has `authenticate` as its `onRequest`; elsewhere, `authOf(request)` has it. */
    auth: SetOn<ContextConfig, 'auth'>;
  }
}

export type FastifyOptions<N extends Names = Names> = GuardOptions<FastifyRequest, N>;

type AnyRequest = Pick<FastifyRequest, 'method' | 'originalUrl' | 'ip'>;
type AnyReply = Pick<FastifyReply, 'statusCode'>;

/** Hooks and handler of a route share the type of its `config`, which a guard marks. A `config` of any other type fits as well. */
type ConfigBehind<Name extends keyof SetByGuards> = BehindGuard<Name> & { readonly [name: string]: unknown };

/** A guard as a hook of Fastify. The first signature fits every route; by the second, a route learns what the guard sets. */
interface GuardHook<Name extends keyof SetByGuards> {
  (request: AnyRequest, reply: AnyReply): Promise<FastifyReply | undefined>;
  (
    request: AnyRequest & { readonly routeOptions: { readonly config: ConfigBehind<Name> } },
    reply: AnyReply,
  ): Promise<FastifyReply | undefined>;
}

/** The hook that `requireApiKey` returns: behind it on a route, `request.latchkey` is not undefined. */
export type FastifyApiKeyHook = GuardHook<'latchkey'>;
/** The hook that `authenticate` returns: behind it on a route, `request.auth` is not undefined. */
export type FastifyAuthHook = GuardHook<'auth'>;

/**
 * An `onRequest` hook for Fastify 5, which runs before any body is read: passes requests with a good API key on, with
 * `request.latchkey`, and answers all others. Throws a ConfigurationError for options that cannot work.
 *
 * On a route, the compiler knows that `request.latchkey` is there. It cannot know behind a hook of a plugin or of the application, and
 * where the route states its own types (`app.get<{ Params: … }>`, `config`): use `apiKeyOf(request)`.
 *
 * @example
 * app.get('/articles', { onRequest: requireApiKey(latchkey, { scopes: ['articles:read'] }) }, async (request) => list(request.latchkey.key.owner));
 */
export function requireApiKey<N extends Names>(verifier: Verifier<N>, options: FastifyOptions<N> = {}): FastifyApiKeyHook {
  const guard = createGuard(verifier, handingOn(options));
  return hookOf(async (request, reply) => {
    const decision = await guard(viewOf(request));
    setHeaders(decision.headers, reply);
    if (!decision.admitted) return refuse(decision, reply);
    request.latchkey = apiKeyAuth(decision);
    return undefined;
  });
}

/**
 * An `onRequest` hook for Fastify 5 that takes API keys and JWTs side by side: says in `request.auth` who calls, and answers whoever is
 * refused. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.addHook('onRequest', authenticate(latchkey, { jwt: createJwtVerifier({ jwksUrl, issuer, audience }) }));
 */
export function authenticate<N extends Names>(verifier: Verifier<N>, options: AuthenticateOptions<FastifyRequest, N>): FastifyAuthHook {
  const decide = createAuthenticator(verifier, handingOn(options));
  return hookOf(async (request, reply) => {
    const decision = await decide(viewOf(request));
    setHeaders(decision.headers, reply);
    if (!decision.admitted) return refuse(decision, reply);
    request.auth = decision.auth;
    return undefined;
  });
}

type Hook<Request, Reply> = (request: Request, reply: Reply) => Promise<FastifyReply | undefined>;

/** Fastify gives a hook its whole request and reply, whatever their types. */
function hookOf(hook: Hook<FastifyRequest, FastifyReply>): Hook<AnyRequest, AnyReply> {
  return hook as Hook<AnyRequest, AnyReply>;
}

/**
 * Returns whose the request is, wherever `requireApiKey` stands before the handler. Throws a ConfigurationError where it does not.
 *
 * @example
 * app.addHook('onRequest', requireApiKey(latchkey));
 * app.get('/articles', async (request) => list(apiKeyOf(request).key.owner));
 */
export function apiKeyOf(request: { readonly latchkey?: ApiKeyAuth | undefined }): ApiKeyAuth {
  return setByGuard(request.latchkey, 'requireApiKey');
}

/** Returns who calls, wherever `authenticate` stands before the handler. Throws a ConfigurationError where it does not. */
export function authOf(request: { readonly auth?: Authentication | undefined }): Authentication {
  return setByGuard(request.auth, 'authenticate');
}

/**
 * Optional: declares `request.latchkey` to Fastify for the whole application, so that all requests have one shape (faster, and `in` sees it).
 * Registering it twice does no harm.
 */
export const apiKeyDecorator: FastifyPluginCallback = Object.assign(
  ((fastify, _options, done) => {
    if (!fastify.hasRequestDecorator('latchkey')) fastify.decorateRequest('latchkey', undefined);
    done();
  }) satisfies FastifyPluginCallback,
  // What fastify-plugin does: the decoration is for the application, not for this plugin alone.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'latchkey' },
);

/** On Node's own response, so that a handler has them too that takes the reply over (`reply.raw`, `reply.hijack()`). */
function setHeaders(headers: Denial['headers'], reply: FastifyReply): void {
  for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
}

/** As bytes: of text, Fastify would change the content type. */
function refuse({ status, contentType, body }: Denial, reply: FastifyReply): FastifyReply {
  return reply.code(status).type(contentType).send(Buffer.from(body));
}

function viewOf(request: FastifyRequest): GuardRequest<FastifyRequest> {
  const headerValues = nodeHeaderValues(request.raw);
  return {
    key: request.raw,
    native: request,
    method: request.method,
    query: queryOf(request.originalUrl),
    address: forwardedAddress(request.ip, { headerValues, isProxy: isProxy(request) }),
    headerValues,
    fieldCount: request.raw.rawHeaders.length / 2,
  };
}

/**
 * Returns whether the application trusts the peer of the connection, by its option `trustProxy`. Fastify does not show that option,
 * so it is given the same connection with one forwarded address: it reads that address only where it trusts the peer.
 */
function isProxy(request: FastifyRequest): boolean {
  if (request.ips === undefined) return false;
  const { socket } = request.raw;
  const raw = { headers: { 'x-forwarded-for': '192.0.2.1' }, socket, connection: socket };
  const read: unknown = Reflect.get(request, 'ips', Object.create(request, { raw: { value: raw } }));
  return Array.isArray(read) && read.length > 1;
}
