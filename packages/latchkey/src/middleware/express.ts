import type { Request, RequestHandler, Response } from 'express';
import type { Verifier } from '../ports/verifier.js';
import { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
import type { GuardOptions } from './guard-options.js';
import { createGuard, type GuardDecision, type GuardRequest } from './guard.js';
import { nodeHeaderValues } from './node-request.js';
import { queryOf } from './query-of.js';

export type { ApiKeyAuth } from './api-key-auth.js';

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- how the types of Express are extended
  namespace Express {
    interface Request {
      /** Set on requests that passed `requireApiKey`. */
      latchkey?: ApiKeyAuth | undefined;
    }
  }
}

export type ExpressOptions = GuardOptions<Request>;

/**
 * Middleware for Express 5 and 4: passes requests with a good API key on, with `req.latchkey`, and answers all others.
 * Needs no body parser, and belongs before it. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * app.get('/articles', requireApiKey(latchkey, { scopes: ['articles:read'] }), (req, res) => res.json(list(req.latchkey?.key.owner)));
 */
export function requireApiKey(verifier: Verifier, options: ExpressOptions = {}): RequestHandler {
  const guard = createGuard(verifier, options);
  return (request, response, next) => {
    const decided = guard(viewOf(request)).then((decision) => carryOut(decision, request, response));
    decided.then((admitted) => {
      // oxlint-disable-next-line promise/no-callback-in-promise -- Express 4 knows no other way on
      if (admitted) next();
    }, next);
  };
}

function viewOf(request: Request): GuardRequest<Request> {
  return {
    key: request,
    native: request,
    method: request.method,
    query: queryOf(request.originalUrl),
    address: request.ip,
    headerValues: nodeHeaderValues(request),
  };
}

function carryOut(decision: GuardDecision, request: Request, response: Response): boolean {
  for (const [name, value] of Object.entries(decision.headers)) response.setHeader(name, value);
  if (decision.admitted) {
    request.latchkey = apiKeyAuth(decision);
    return true;
  }
  response.statusCode = decision.status;
  response.setHeader('Content-Type', decision.contentType);
  response.end(decision.body);
  return false;
}
