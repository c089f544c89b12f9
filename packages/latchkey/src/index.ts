/**
 * Latchkey in your process: `createLatchkey` gives an engine that issues, verifies, limits, rotates and revokes
 * API keys. What is exported here is the library's public face; everything else is an implementation.
 */
export { createLatchkey, type LatchkeyOptions } from './create-latchkey.js';
export { ERROR_TEXTS, REFUSAL_TEXTS } from './contract/error-texts.js';
export { problemFields, type ProblemFields } from './contract/error-fields.js';
export {
  ERRORS,
  EXITS,
  isErrorCode,
  REFUSAL_CODES,
  REFUSALS,
  type ErrorClass,
  type ErrorCode,
  type ProblemCode,
} from './contract/errors.js';
export { alone, joinByLease, joinStrictly, type ClusterOptions } from './cluster/index.js';
export * from './domain/actor.js';
export { BOUNDS } from './domain/bounds.js';
export type { OperatorBounds } from './domain/operator-bounds.js';
export * from './domain/errors.js';
export { EVENT_ACTIONS, type EventAction, type LogEvent, type LogHead } from './domain/event.js';
export { createChainCheck, keptBreak, verifyChain, type ChainCheck, type ChainCheckOptions } from './domain/event-chain.js';
export type { JsonObject, JsonValue } from './domain/json.js';
export { KEY_STATUSES, type KeyStatus } from './domain/key.js';
export { LIMIT_ALGORITHMS, type Limit, type LimitAlgorithm, type LimitInput, type LimitReading } from './domain/limit.js';
export type { Names } from './domain/names.js';
export { nearestName } from './domain/nearest-name.js';
export { Memo } from './domain/utilities/memo.js';
export { readJwtOptions } from './jwt/jwt-options.js';
export { isScope, missingScopes } from './domain/scopes.js';
export { hintOf, parseToken, Token, type TokenParts } from './domain/token.js';
export * from './domain/verdict.js';
export type * from './engine/api/index.js';
export { readPolicy as readSelfServicePolicy } from './engine/self-service/self-service-policy.js';
export { createEngine, type EngineParts } from './engine/engine.js';
export { checkLog } from './engine/audit-log/check-log.js';
export { walkLog } from './engine/audit-log/events.js';
export type { SettingsInput } from './contract/setting-inputs.js';
export type { Pepper } from './contract/setting-shapes.js';
export { LIMITER_FAILURE_POLICIES, type LimiterFailurePolicy } from './contract/settings.js';
export type { EngineSettings } from './engine/runtime/settings.js';
export { readSettings, settingProblems, type Settings } from './read-settings.js';
export { systemClock, systemEntropy } from './engine/runtime/system.js';
export { createSlowHashes } from './hashing/slow-hashes.js';
export { createMemoryLimiter, type MemoryLimiterOptions } from './limiters/memory.js';
export type { Clock } from './ports/clock.js';
export type { Entropy } from './ports/entropy.js';
export type { Coherence, JoinCluster } from './ports/coherence.js';
export type { Notice, Notify } from './ports/notice.js';
export type { NamesOf, Verifier, VerifyRequest } from './ports/verifier.js';
export { pepperCheck } from './domain/credential-digest.js';
export { formatDuration, isoOrNull, parseInstant, toIso } from './domain/time.js';
export type { Storage } from './ports/storage.js';
export { migrateDatabase, openStorage, showDatabase } from './open-storage.js';
export {
  inspectPostgres,
  isPostgresUrl,
  migratePostgres,
  openPostgresStorage,
  type PostgresInspection,
  type PostgresOptions,
} from './postgres.js';
export { inspectRedisAt, type RedisFinding, type RedisNodeReport, type RedisReport } from './redis.js';
export {
  deepCheckSqlite,
  inspectSqlite,
  migrateSqlite,
  openSqliteStorage,
  type DeepCheck,
  type SqliteInspection,
  type SqliteOptions,
  type TableWeight,
  type UsageHeld,
} from './sqlite.js';
