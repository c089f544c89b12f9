import type { Context, Env, MiddlewareHandler, Next } from 'hono';
import type { Names } from '../domain/names.js';
import { fetchHeaderValues, queryOf } from '../edge/index.js';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import { createAuthenticator, type AuthenticateOptions, type Authentication } from './authenticator.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, handingOn, type Denial, type GuardRequest } from './guard.js';
import { createPrivateField } from './private-field.js';
import { withHeaders } from './response-headers.js';
import { setByGuard } from './set-by-guard.js';

export type { ApiKeyAuth } from './api-key-auth.js';
export type { Authentication } from './authenticator.js';

/**
 * For `new Hono<ApiKeyEnv>()`, where the middleware does not stand on the route itself. It states that every route stands behind one;
 * `apiKeyOf(c)` looks.
 */
export interface ApiKeyEnv {
  Variables: { latchkey: ApiKeyAuth };
}

/** For `new Hono<AuthEnv>()`, likewise. */
export interface AuthEnv {
  Variables: { auth: Authentication };
}

/** `E`: the bindings and variables that the application has, for the functions among the options. */
export type HonoOptions<N extends Names = Names, E extends Env = Env> = GuardOptions<Context<E>, N>;

/**
 * Middleware for Hono: passes requests with a good API key on, with `c.get('latchkey')`, and answers all others. Touches
 * no body. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.get('/articles', requireApiKey(latchkey, { scopes: ['articles:read'] }), (c) => c.json(list(c.get('latchkey').key.owner)));
 */
export function requireApiKey<N extends Names, E extends Env = Env>(
  verifier: Verifier<N>,
  options: HonoOptions<N, E> = {},
): MiddlewareHandler<ApiKeyEnv> {
  const guard = createGuard(verifier, handingOn(options));
  return async (c, next) => {
    const decision = await guard(viewOf<E>(c));
    if (!decision.admitted) return refusal(decision);
    c.set('latchkey', apiKeyAuth(decision));
    await passOn(c, decision.headers, next);
    return undefined;
  };
}

/**
 * Middleware for Hono that takes API keys and JWTs side by side: says in `c.get('auth')` who calls, and answers whoever is refused.
 * Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.use('/api/*', authenticate(latchkey, { jwt: createJwtVerifier({ jwksUrl, issuer, audience }) }));
 */
export function authenticate<N extends Names, E extends Env = Env>(
  verifier: Verifier<N>,
  options: AuthenticateOptions<Context<E>, N>,
): MiddlewareHandler<AuthEnv> {
  const decide = createAuthenticator(verifier, handingOn(options));
  return async (c, next) => {
    const decision = await decide(viewOf<E>(c));
    if (!decision.admitted) return refusal(decision);
    c.set('auth', decision.auth);
    await passOn(c, decision.headers, next);
    return undefined;
  };
}

/**
 * Returns whose the request is, wherever `requireApiKey` stands before the handler. Throws a ConfigurationError where it does not. Behind
 * a guard on the route itself, `c.get('latchkey')` is the same.
 *
 * @example
 * app.use('/api/*', requireApiKey(latchkey));
 * app.get('/api/articles', (c) => c.json(list(apiKeyOf(c).key.owner)));
 */
export function apiKeyOf<E extends Env>(c: Context<E>): ApiKeyAuth {
  return setByGuard((c as unknown as Context<{ Variables: Partial<ApiKeyEnv['Variables']> }>).get('latchkey'), 'requireApiKey');
}

/** Returns who calls, wherever `authenticate` stands before the handler. Throws a ConfigurationError where it does not. */
export function authOf<E extends Env>(c: Context<E>): Authentication {
  return setByGuard((c as unknown as Context<{ Variables: Partial<AuthEnv['Variables']> }>).get('auth'), 'authenticate');
}

function refusal({ body, status, headers, contentType }: Denial): Response {
  return new Response(status === 204 ? null : body, { status, headers: [...Object.entries(headers), ['Content-Type', contentType]] });
}

/** Whatever answered, also where the handler made its Response by itself, streams it, or threw and `onError` answered. */
async function passOn(c: Context, headers: Denial['headers'], next: Next): Promise<void> {
  await next();
  const response = withHeaders(c.res, headers);
  if (response !== c.res) c.res = response;
}

/** The request that a context began with: other middleware may put a changed copy in its place. */
const firstRequest = createPrivateField<Request>();

/** `E`: the application knows what its contexts hold; this middleware but what it puts there itself. */
function viewOf<E extends Env>(c: Context): GuardRequest<Context<E>> {
  const { raw } = c.req;
  const known = firstRequest.of(c);
  if (known === undefined) firstRequest.set(c, raw);
  const key = known ?? raw;
  return {
    key,
    native: c as Context<E>,
    method: raw.method,
    query: queryOf(raw.url),
    headerValues: fetchHeaderValues(raw),
    fieldCount: fieldCountOf(c.env) ?? [...raw.headers].length,
  };
}

/** Returns the count where @hono/node-server passes node's own request with the call: a fetch request has joined its fields. */
function fieldCountOf(env: unknown): number | undefined {
  const rawHeaders = (env as { readonly incoming?: { readonly rawHeaders?: unknown } } | undefined)?.incoming?.rawHeaders;
  return Array.isArray(rawHeaders) ? rawHeaders.length / 2 : undefined;
}
