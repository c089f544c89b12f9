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

export type { ApiKeyAuth } from './api-key-auth.js';
export type { Authentication } from './authenticator.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on requests that passed `requireApiKey`. */
    latchkey?: ApiKeyAuth | undefined;
    /** Set on requests that passed `authenticate`. */
    auth?: Authentication | undefined;
  }
}

export type FastifyOptions<N extends Names = Names> = GuardOptions<FastifyRequest, N>;
export type FastifyApiKeyHook = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * An `onRequest` hook for Fastify 5, which runs before any body is read: passes requests with a good API key on, with
 * `request.latchkey`, and answers all others. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.get('/articles', { onRequest: requireApiKey(latchkey, { scopes: ['articles:read'] }) }, async (request) => list(request.latchkey?.key.owner));
 */
export function requireApiKey<N extends Names>(verifier: Verifier<N>, options: FastifyOptions<N> = {}): FastifyApiKeyHook {
  const guard = createGuard(verifier, handingOn(options));
  return async (request, reply) => {
    const decision = await guard(viewOf(request));
    setHeaders(decision.headers, reply);
    if (!decision.admitted) return refuse(decision, reply);
    request.latchkey = apiKeyAuth(decision);
    return undefined;
  };
}

/**
 * An `onRequest` hook for Fastify 5 that takes API keys and JWTs side by side: says in `request.auth` who calls, and answers whoever is
 * refused. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.addHook('onRequest', authenticate(latchkey, { jwt: createJwtVerifier({ jwksUrl, issuer, audience }) }));
 */
export function authenticate<N extends Names>(verifier: Verifier<N>, options: AuthenticateOptions<FastifyRequest, N>): FastifyApiKeyHook {
  const decide = createAuthenticator(verifier, handingOn(options));
  return async (request, reply) => {
    const decision = await decide(viewOf(request));
    setHeaders(decision.headers, reply);
    if (!decision.admitted) return refuse(decision, reply);
    request.auth = decision.auth;
    return undefined;
  };
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
