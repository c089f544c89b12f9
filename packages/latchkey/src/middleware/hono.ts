import type { Context, MiddlewareHandler } from 'hono';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import { fetchHeaderValues } from './fetch-request.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, type GuardRequest } from './guard.js';
import { queryOf } from './query-of.js';

export type { ApiKeyAuth } from './api-key-auth.js';

/** For `new Hono<ApiKeyEnv>()`, where the middleware does not stand on the route itself. */
export interface ApiKeyEnv {
  Variables: { latchkey: ApiKeyAuth };
}

export type HonoOptions = GuardOptions<Context>;

/**
 * Middleware for Hono: passes requests with a good API key on, with `c.get('latchkey')`, and answers all others. Touches
 * no body. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.get('/articles', requireApiKey(latchkey, { scopes: ['articles:read'] }), (c) => c.json(list(c.get('latchkey').key.owner)));
 */
export function requireApiKey(verifier: Verifier, options: HonoOptions = {}): MiddlewareHandler<ApiKeyEnv> {
  const guard = createGuard(verifier, options);
  return async (c, next) => {
    const decision = await guard(viewOf(c));
    const headers = Object.entries(decision.headers);
    if (!decision.admitted) {
      return new Response(decision.body, { status: decision.status, headers: [...headers, ['Content-Type', decision.contentType]] });
    }
    c.set('latchkey', apiKeyAuth(decision));
    for (const [name, value] of headers) c.header(name, value);
    await next();
    // A handler that makes its Response by itself has left behind what was set before it.
    for (const [name, value] of headers) if (!c.res.headers.has(name)) c.header(name, value);
    return undefined;
  };
}

/** The request that a context began with: other middleware may put a changed copy in its place. */
const firstRequests = new WeakMap<Context, Request>();

function viewOf(c: Context<ApiKeyEnv>): GuardRequest<Context> {
  const { raw } = c.req;
  const key = firstRequests.get(c) ?? raw;
  firstRequests.set(c, key);
  return { key, native: c, method: raw.method, query: queryOf(raw.url), headerValues: fetchHeaderValues(raw) };
}
