/**
 * Latchkey in your process: `createLatchkey` gives an engine that issues, verifies, limits, rotates and revokes
 * API keys. What is exported here is the library's public face; everything else is an implementation.
 */
export { createLatchkey, type LatchkeyOptions } from './create-latchkey.js';
export { ERROR_TEXTS, REFUSAL_TEXTS } from './contract/errors/error-texts.js';
export {
  ERRORS,
  EXITS,
  isErrorCode,
  REFUSAL_CODES,
  REFUSALS,
  type ErrorClass,
  type ErrorCode,
  type ProblemCode,
} from './contract/errors/errors.js';
export {
  LIBRARY_ACTOR,
  OPERATOR_ENVIRONMENT,
  OPERATOR_SCOPES,
  type ActingSession,
  type Actor,
  type CallContext,
  type OperatorScope,
} from './domain/actor.js';
export { BOUNDS } from './domain/bounds.js';
export type { OperatorBounds } from './domain/operator-bounds.js';
export * from './domain/errors.js';
export { EVENT_ACTIONS, type EventAction, type LogEvent, type LogHead } from './domain/event.js';
export { verifyChain } from './domain/event-chain.js';
export type { JsonObject, JsonValue } from './domain/json.js';
export { KEY_STATUSES, type KeyStatus } from './domain/key.js';
export { LIMIT_ALGORITHMS, type Limit, type LimitAlgorithm, type LimitInput, type LimitReading } from './domain/limit.js';
export type { Names } from './domain/names.js';
export { isScope, missingScopes } from './domain/scopes.js';
export { hintOf, parseToken, Token, type TokenParts } from './domain/token.js';
export * from './domain/verdict.js';
export type * from './engine/api/index.js';
export type { IfMatch } from './contract/call-options.js';
export type { SettingsInput } from './contract/settings/setting-inputs.js';
export type { Pepper } from './contract/settings/setting-shapes.js';
export { LIMITER_FAILURE_POLICIES, type LimiterFailurePolicy } from './contract/settings/settings.js';
export { formatDuration } from './domain/time.js';
export type { Clock } from './ports/clock.js';
export type { Notice, Notify } from './ports/notice.js';
export type { NamesOf, Verifier, VerifyRequest } from './ports/verifier.js';
