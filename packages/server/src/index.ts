/**
 * Latchkey as a service, for a host application that mounts or starts it by itself. The command `latchkey` is
 * built on the same parts.
 */
export { startService, type Service } from './compose.js';
export { SETTINGS, readConfig, type Config, type ConfigReading, type ConfigSources } from './config/index.js';
export { createApp, type App, type AppOptions } from './http/create-app.js';
export { serveApp, type RunningService, type ServedApp, type ServeOptions } from './http/serving/listen.js';
export type { Access, AccessRules } from './http/endpoints/access.js';
export { createLogger, type LoggerOptions, type RequestLog } from './telemetry/logger.js';
