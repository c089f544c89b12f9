import { ConfigurationError } from '../domain/errors.js';
import type { Names } from '../domain/names.js';
import { fetchHeaderValues, queryOf } from '../edge/index.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import { createAuthenticator, type AuthenticateOptions, type Authentication } from './authenticator.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, type Denial, type GuardRequest } from './guard.js';
import { GUARD_OPTIONS } from './read-guard-options.js';
import { withHeaders } from './response-headers.js';

export type { ApiKeyAuth } from './api-key-auth.js';
export type { Authentication } from './authenticator.js';

export interface FetchOptions<Native extends Request = Request, N extends Names = Names> extends GuardOptions<Native, N> {
  /** Turns what the handler throws into an answer, which then has the headers of limits. By default it is thrown on. */
  readonly onError?: ((error: unknown, request: Native) => Response | Promise<Response>) | undefined;
}

/** `args`: what the platform passes after the request, such as the `params` of Next.js or the `env` of a worker. */
export type GuardedHandler<Native extends Request, Args extends readonly unknown[]> = (
  request: Native,
  auth: ApiKeyAuth,
  ...args: Args
) => Response | Promise<Response>;

/**
 * A fetch handler (a route handler of Next.js, Bun, Deno, a worker) that runs only for requests with a good API key,
 * and answers all others. The handler's second argument says whose the request is; whatever the platform passes after the
 * request follows it. Touches no body. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * export const GET = withApiKey(latchkey, { scopes: ['articles:read'] }, async (request, { key }) => Response.json(list(key.owner)));
 */
export function withApiKey<Native extends Request, Args extends readonly unknown[], N extends Names = Names>(
  verifier: Verifier<N>,
  options: FetchOptions<Native, N>,
  handler: GuardedHandler<Native, Args>,
): (request: Native, ...args: Args) => Promise<Response> {
  const unknown = optionProblems(options, OPTIONS);
  if (unknown.length > 0) throw new ConfigurationError(unknown);
  const { onError, ...guardOptions } = options;
  const guard = createGuard<Native>(verifier, guardOptions);
  return async (request, ...args) => {
    const decision = await guard(viewOf(request));
    if (!decision.admitted) return refusalOf(decision);
    const { headers } = decision;
    const auth = apiKeyAuth(decision);
    try {
      return withHeaders(await handler(request, auth, ...args), headers);
    } catch (error) {
      if (onError === undefined) throw error;
      return withHeaders(await onError(error, request), headers);
    }
  };
}

const OPTIONS: Readonly<Record<keyof FetchOptions, true>> = { ...GUARD_OPTIONS, onError: true };

/**
 * A fetch handler that takes API keys and JWTs side by side. The handler's second argument says who calls; whatever the platform
 * passes after the request follows it. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * export const GET = authenticate(latchkey, { jwt }, async (request, auth) => Response.json(list(auth.ownerId)));
 */
export function authenticate<Native extends Request, Args extends readonly unknown[], N extends Names = Names>(
  verifier: Verifier<N>,
  options: AuthenticateOptions<Native, N>,
  handler: (request: Native, auth: Authentication, ...args: Args) => Response | Promise<Response>,
): (request: Native, ...args: Args) => Promise<Response> {
  const decide = createAuthenticator(verifier, options);
  return async (request, ...args) => {
    const decision = await decide(viewOf(request));
    if (!decision.admitted) return refusalOf(decision);
    return withHeaders(await handler(request, decision.auth, ...args), decision.headers);
  };
}

function refusalOf({ body, status, headers, contentType }: Denial): Response {
  return new Response(status === 204 ? null : body, { status, headers: [...Object.entries(headers), ['Content-Type', contentType]] });
}

function viewOf<Native extends Request>(request: Native): GuardRequest<Native> {
  return {
    key: request,
    native: request,
    method: request.method,
    query: queryOf(request.url),
    headerValues: fetchHeaderValues(request),
    fieldCount: [...request.headers].length,
  };
}
