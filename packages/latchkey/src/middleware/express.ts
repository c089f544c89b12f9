import type { NextFunction, Request, Response } from 'express';
import type { Names } from '../domain/names.js';
import { queryOf } from '../edge/index.js';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import { createAuthenticator, type AuthenticateOptions, type Authentication, type AuthenticatorDecision } from './authenticator.js';
import { forwardedAddress } from './forwarded-address.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, handingOn, type Denial, type GuardDecision, type GuardRequest } from './guard.js';
import { nodeHeaderValues } from './node-request.js';
import { setByGuard, type BehindGuard, type SetByGuards, type SetOn } from './set-by-guard.js';

export type { ApiKeyAuth } from './api-key-auth.js';
export type { Authentication } from './authenticator.js';

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- how the types of Express are extended
  namespace Express {
    interface Request {
      /** Set on requests that passed `requireApiKey`. */
      latchkey?: ApiKeyAuth | undefined;
      /** Set on requests that passed `authenticate`. */
      auth?: Authentication | undefined;
    }
  }
}

declare module 'express-serve-static-core' {
  interface Request<P, ResBody, ReqBody, ReqQuery, LocalsObj> {
    /** Not undefined in handlers of the route that `requireApiKey` stands on; elsewhere, `apiKeyOf(req)` has it. */
    latchkey: SetOn<LocalsObj, 'latchkey'>;
    /** Not undefined in handlers of the route that `authenticate` stands on; elsewhere, `authOf(req)` has it. */
    auth: SetOn<LocalsObj, 'auth'>;
  }
}

/** The type of a body that Express leaves open. */
type AnyBody = Response extends Response<infer Body> ? Body : never;

/**
 * A guard as a handler of Express. The handlers of a route share the type of `res.locals`, which it marks. It says nothing of the
 * parameters of the route, so that the other handlers know them. Beside a handler whose `res.locals` has a type of its own, write
 * `requireApiKey(keys) as RequestHandler`.
 */
type GuardHandler<Name extends keyof SetByGuards> = (
  request: Pick<Request, 'method' | 'originalUrl' | 'ip' | 'headers' | 'rawHeaders'>,
  response: Response<AnyBody, Response['locals'] & BehindGuard<Name>>,
  next: NextFunction,
) => void;

/** The handler that `requireApiKey` returns: behind it on a route, `req.latchkey` is not undefined. */
export type ExpressApiKeyHandler = GuardHandler<'latchkey'>;
/** The handler that `authenticate` returns: behind it on a route, `req.auth` is not undefined. */
export type ExpressAuthHandler = GuardHandler<'auth'>;

export type ExpressOptions<N extends Names = Names> = GuardOptions<Request, N>;

/**
 * Middleware for Express 5 and 4: passes requests with a good API key on, with `req.latchkey`, and answers all others.
 * Needs no body parser, and belongs before it. Throws a ConfigurationError for options that cannot work.
 *
 * On a route, the compiler knows that `req.latchkey` is there. Behind `app.use(requireApiKey(keys))` it cannot know: use `apiKeyOf(req)`.
 *
 * @example
 * app.get('/articles', requireApiKey(latchkey, { scopes: ['articles:read'] }), (req, res) => res.json(list(req.latchkey.key.owner)));
 */
export function requireApiKey<N extends Names>(verifier: Verifier<N>, options: ExpressOptions<N> = {}): ExpressApiKeyHandler {
  const guard = createGuard(verifier, handingOn(options));
  return (given, response, next) => {
    const request = given as Request;
    const decided = guard(viewOf(request)).then((decision) => carryOut(decision, request, response));
    decided.then((admitted) => {
      // oxlint-disable-next-line promise/no-callback-in-promise -- Express 4 knows no other way on
      if (admitted) next();
    }, next);
  };
}

/**
 * Middleware for Express 5 and 4 that takes API keys and JWTs side by side: says in `req.auth` who calls, and answers whoever is refused.
 * Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.use('/api', authenticate(latchkey, { jwt: createJwtVerifier({ jwksUrl, issuer, audience }) }));
 */
export function authenticate<N extends Names>(verifier: Verifier<N>, options: AuthenticateOptions<Request, N>): ExpressAuthHandler {
  const decide = createAuthenticator(verifier, handingOn(options));
  return (given, response, next) => {
    const request = given as Request;
    const decided = decide(viewOf(request)).then((decision) => carryOutAuth(decision, request, response));
    decided.then((admitted) => {
      // oxlint-disable-next-line promise/no-callback-in-promise -- as above
      if (admitted) next();
    }, next);
  };
}

/**
 * Returns whose the request is, wherever `requireApiKey` stands before the handler. Throws a ConfigurationError where it does not.
 *
 * @example
 * app.use(requireApiKey(latchkey));
 * app.get('/articles', (req, res) => res.json(list(apiKeyOf(req).key.owner)));
 */
export function apiKeyOf(request: { readonly latchkey?: ApiKeyAuth | undefined }): ApiKeyAuth {
  return setByGuard(request.latchkey, 'requireApiKey');
}

/** Returns who calls, wherever `authenticate` stands before the handler. Throws a ConfigurationError where it does not. */
export function authOf(request: { readonly auth?: Authentication | undefined }): Authentication {
  return setByGuard(request.auth, 'authenticate');
}

function viewOf(request: Request): GuardRequest<Request> {
  const headerValues = nodeHeaderValues(request);
  return {
    key: request,
    native: request,
    method: request.method,
    query: queryOf(request.originalUrl),
    address: forwardedAddress(request.ip, { headerValues, isProxy: isProxy(request) }),
    headerValues,
    fieldCount: request.rawHeaders.length / 2,
  };
}

/** Returns whether the application trusts the peer of the connection, by its setting `trust proxy`. */
function isProxy({ app, socket }: Request): boolean {
  const trusts = app.get('trust proxy fn') as ((address: string | undefined, hop: number) => boolean) | undefined;
  return trusts?.(socket.remoteAddress, 0) === true;
}

function carryOut(decision: GuardDecision, request: Request, response: Response): boolean {
  if (!decision.admitted) return refuse(decision, response);
  setHeaders(decision.headers, response);
  request.latchkey = apiKeyAuth(decision);
  return true;
}

function carryOutAuth(decision: AuthenticatorDecision, request: Request, response: Response): boolean {
  if (!decision.admitted) return refuse(decision, response);
  setHeaders(decision.headers, response);
  request.auth = decision.auth;
  return true;
}

function setHeaders(headers: Denial['headers'], response: Response): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function refuse(decision: Denial, response: Response): false {
  setHeaders(decision.headers, response);
  response.statusCode = decision.status;
  response.setHeader('Content-Type', decision.contentType);
  response.end(decision.body);
  return false;
}
