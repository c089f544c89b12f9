/**
 * What the service is started with: environment variables, an optional JSON file, and the flags of `serve`.
 *
 * Owns the settings that only the service knows (settings.ts and its neighbours), beside those of the library, and the sources of
 * both. From the tables follow parsing, the flags, the fields of the file, the reference and `doctor`. Owns no rule of the engine:
 * what a prefix or a tier may be, `latchkey` says.
 */
export { describeSettings } from './describe-settings.js';
export { libraryOptionsOf } from './library-options.js';
export { readConfig, type ConfigReading, type ConfigSources } from './read-config.js';
export { secretFilesOf, secretsOf, SECRET_VARIABLES } from './secrets.js';
export { jwtOptionsOf, policyOf } from './self-service-config.js';
export { oidcOptionsOf, portalOf } from './sign-in-config.js';
export { SETTINGS, type Config } from './settings.js';
