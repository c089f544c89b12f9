/**
 * The parts that the service is assembled from. Unstable: they may change in any release.
 *
 * Owns nothing: calls, their shapes and the tables of settings are in contract/.
 */
export {
  aboutOf,
  ADDRESSES,
  CONTRACT,
  KEY_SEARCH,
  mayLack,
  parametersOf,
  unwrapped,
  type About,
  type Address,
  type Call,
  type CommandOption,
  type Part,
} from '../contract/index.js';
export { EVENT_TEXTS } from '../contract/calls/event-texts.js';
export { checkInput } from '../contract/read.js';
export { VERIFY_PRESENTED } from '../contract/calls/verification.js';
export { SERVICE_INPUTS, type InputReader } from '../contract/service-inputs.js';
export { readPath, readWait, REQUEST_SHAPES } from '../contract/request.js';
export { defaultText, flagOf, variableOf, type Setting, type SettingRows, type SettingValues } from '../contract/settings/setting.js';
export { duration, flag, integer, list, oneOf, text, type Kind } from '../contract/settings/setting-kinds.js';
export { readRows, type GivenSetting, type SettingNames, type SettingReading } from '../contract/settings/setting-reader.js';
export { DATABASE_SETTINGS, ENGINE_SETTINGS, LIBRARY_SETTINGS, LIMITER_SETTINGS, POLICY_NUMBERS } from '../contract/settings/settings.js';
export { problemFields, type ProblemFields } from '../contract/errors/error-fields.js';
export { alone, joinByLease, joinStrictly, type ClusterOptions } from '../cluster/index.js';
export { nearestName, unknownName } from '../domain/nearest-name.js';
export { optionProblems } from '../domain/unknown-options.js';
export { Memo } from '../domain/utilities/memo.js';
export { readJwtOptions } from '../jwt/jwt-options.js';
export { readPolicy as readSelfServicePolicy } from '../engine/self-service/self-service-policy.js';
export { createEngine, type EngineParts } from '../engine/engine.js';
export { checkLog } from '../engine/audit-log/check-log.js';
export { walkLog } from '../engine/audit-log/events.js';
export type { EngineSettings } from '../engine/runtime/settings.js';
export { readSettings, settingProblems, type Settings } from '../read-settings.js';
export { systemClock, systemEntropy } from '../engine/runtime/system.js';
export { createSlowHashes } from '../hashing/slow-hashes.js';
export { createMemoryLimiter, type MemoryLimiterOptions } from '../limiters/memory.js';
export type { Entropy } from '../ports/entropy.js';
export type { Coherence, JoinCluster } from '../ports/coherence.js';
export { pepperCheck } from '../domain/credential-digest.js';
export { isoOrNull, parseInstant, toIso } from '../domain/time.js';
export type { Storage } from '../ports/storage.js';
export { migrateDatabase, openStorage, showDatabase } from '../open-storage.js';
export {
  inspectPostgres,
  isPostgresUrl,
  migratePostgres,
  openPostgresStorage,
  type PostgresInspection,
  type PostgresOptions,
} from '../postgres.js';
export { inspectRedisAt, type RedisFinding, type RedisNodeReport, type RedisReport } from '../redis.js';
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
} from '../sqlite.js';
export { createChainCheck, keptBreak, type ChainCheck, type ChainCheckOptions } from '../domain/event-chain.js';
export { identityId, isIdentity, isOperatorScope } from '../domain/actor.js';
