import type { SettingsInput } from 'latchkey';
import { LIBRARY_SETTINGS } from 'latchkey/internal';
import type { Config } from './settings.js';

/** Returns the settings that the library has, as options of `createLatchkey`. */
export function libraryOptionsOf(config: Config): SettingsInput {
  return Object.fromEntries((Object.keys(LIBRARY_SETTINGS) as (keyof typeof LIBRARY_SETTINGS)[]).map((field) => [field, config[field]]));
}
