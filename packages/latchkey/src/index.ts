/**
 * Latchkey in your process: `createLatchkey` gives an engine that issues, verifies, limits, rotates and revokes
 * API keys. What is exported here is the library's public face; everything else is an implementation.
 */
export { createLatchkey, type LatchkeyOptions } from './create-latchkey.js';
export * from './domain/actor.js';
export * from './domain/errors.js';
export { EVENT_ACTIONS, type EventAction, type LogEvent, type LogHead } from './domain/event.js';
export { verifyChain } from './domain/event-chain.js';
export type { JsonObject, JsonValue } from './domain/json.js';
export { KEY_STATUSES, type KeyStatus } from './domain/key.js';
export { LIMIT_ALGORITHMS, type Limit, type LimitAlgorithm, type LimitInput, type LimitReading } from './domain/limit.js';
export { missingScopes } from './domain/scopes.js';
export { hintOf, parseToken, Token, type TokenParts } from './domain/token.js';
export * from './domain/verdict.js';
export type * from './engine/api.js';
export { readPolicy as readSelfServicePolicy } from './engine/self-service-policy.js';
export { OWN_KEY_STATUSES } from './engine/self-service-api.js';
export { createEngine, type EngineParts } from './engine/engine.js';
export { walkLog } from './engine/events.js';
export { readSettings, type EngineSettings, type Pepper, type SettingsInput } from './engine/settings.js';
export { systemClock, systemEntropy } from './engine/system.js';
export type { Clock } from './ports/clock.js';
export type { Entropy } from './ports/entropy.js';
export type { Verifier, VerifyRequest } from './ports/verifier.js';
export { pepperCheck } from './domain/credential-digest.js';
export { formatDuration, isoOrNull, parseInstant, toIso } from './domain/time.js';
export type { Storage } from './ports/storage.js';
export { migrateSqlite, openSqliteStorage, type SqliteOptions } from './sqlite.js';
