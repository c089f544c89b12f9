/**
 * Latchkey over HTTP: the calls of the engine, made to a service that runs elsewhere, with `fetch` alone.
 *
 * Owns: requests, answers, and the way back from a problem document to a typed error. Owns no rule of
 * what a key may do: the service decides, and this only carries the question and the answer. Runs in
 * Node, browsers, Deno, Bun and workers; imports nothing of Node.
 */
export { createClient, type ClientOptions } from './create-client.js';
export { containsToken, hintOf, resemblesToken, Token } from '../domain/token.js';
export { createOwnKeysClient, type OwnKeysClient, type OwnKeysClientOptions } from './own-keys-client.js';
export type { ChangeOptions, IfMatch, IssueOptions, Repeatable, RequestOptions } from '../contract/call-options.js';
export type { JwtSource } from './connection.js';
export type { CacheOptions } from './verdict-cache.js';
export { problemOf, type ServiceProblem } from './problem.js';
export { ERRORS, EXITS, isErrorCode, REFUSALS, type ErrorClass, type ErrorCode } from '../contract/errors/errors.js';
export type { BatchQuestion, Client, ClientEvents } from './client.js';
export type { ClientMe, ClientPortal, ClientSessions, Me, PortalEntry, SignIn } from './sessions.js';
export {
  ConfigurationError,
  ConflictError,
  ForbiddenError,
  RateLimitedError,
  InvalidInputError,
  NotFoundError,
  TimedOutError,
  UnavailableError,
  isLatchkeyError,
} from '../domain/errors.js';
export type { ConflictReason, InputIssue, LatchkeyError } from '../domain/errors.js';
export type { EventFilters, Page } from '../engine/api/index.js';
export type * from '../contract/types/events.js';
export type * from '../contract/types/keys.js';
export type * from '../contract/types/own-keys.js';
export type * from '../contract/types/owners.js';
export type * from '../contract/types/portal.js';
export type * from '../contract/types/service.js';
export type * from '../contract/types/sessions.js';
export type * from '../contract/types/tiers.js';
export type * from '../contract/types/usage.js';
export type { Propagation } from '../domain/propagation.js';
export type { ClusterNode, ClusterView } from '../domain/cluster-view.js';
export { formatDuration, isoOrNull, toIso } from '../domain/time.js';
export type { OperatorBounds } from '../domain/operator-bounds.js';
export type { EventView, LogHead } from '../domain/event.js';
export type { Names } from '../domain/names.js';
export type { Refusal, ValidVerdict, Verdict, VerdictCode, VerifiedKey } from '../domain/verdict.js';
export type { NamesOf, VerifyRequest } from '../ports/verifier.js';
