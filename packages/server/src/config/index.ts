/**
 * What the service is started with: environment variables, an optional JSON file, and the flags of `serve`.
 *
 * Owns the one table of settings (settings.ts), from which parsing, the flags, the fields of the file, the
 * documentation and `doctor` follow. Owns no rule of the engine: what a prefix or a tier may be, `latchkey` says.
 */
export { describeSettings } from './describe-settings.js';
export { passwordOf, readConfig, type ConfigReading, type ConfigSources } from './read-config.js';
export { jwtOptionsOf, policyOf } from './self-service-config.js';
export { oidcOptionsOf, portalOf } from './sign-in-config.js';
export { SETTINGS, type Config, type Setting } from './settings.js';
