/**
 * Middleware: what stands before the routes of a host application and lets only requests with a good API key pass.
 *
 * Owns what a request is asked, what it is answered, and where each framework's users find the verdict. Owns no rule of
 * what a key may do: any Verifier says that, an engine or a client of one. The adapters are entries of their own (`latchkey/express`,
 * `latchkey/fastify`, `latchkey/hono`, `latchkey/fetch`) and import their frameworks as types alone; this entry is for all others.
 *
 * A browser of another origin sees the headers of limits only if the host lists RATE_LIMIT_HEADERS in
 * `Access-Control-Expose-Headers`.
 */
export { queryOf, RATE_LIMIT_HEADERS, type CredentialSources, type PublicRefusal, type PublicRefusalCode } from '../edge/index.js';
export { apiKeyAuth, type ApiKeyAuth } from './api-key-auth.js';
export {
  createAuthenticator,
  type Authentication,
  type AuthenticateOptions,
  type Authenticator,
  type AuthenticatorDecision,
} from './authenticator.js';
export { createGuard, type Admission, type Denial, type Guard, type GuardDecision, type GuardRequest } from './guard.js';
export type { GuardOptions } from './guard-options.js';
export { nodeHeaderValues } from './node-request.js';
export type { ProblemBody } from './problem-details.js';
