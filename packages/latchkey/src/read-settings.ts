/** Reads the settings of the library: from options, or as the service has read them from its own sources. */
import type { SettingsInput } from './contract/settings/setting-inputs.js';
import { readOptions, type SettingNames } from './contract/settings/setting-reader.js';
import { LIBRARY_SETTINGS, type LibrarySettings } from './contract/settings/settings.js';
import { ConfigurationError } from './domain/errors.js';
import { engineProblems, limitsOfTiers, type EngineSettings } from './engine/runtime/settings.js';
import { limiterProblems } from './limiters/settings.js';
import { databaseProblems } from './open-storage.js';

/** Every setting with its default where none was given: for `createEngine`, the limiter and the store. */
export interface Settings extends EngineSettings, Omit<LibrarySettings, 'tiers'> {}

/**
 * Returns the settings that options give, with every default. `others` are options that are no settings. Throws a
 * ConfigurationError that lists every problem: an option that does not exist, a value that cannot be used.
 */
export function readSettings(options: SettingsInput, others: object = {}): Settings {
  const reading = readOptions(LIBRARY_SETTINGS, options, others);
  const { values } = reading;
  const problems = [...reading.problems, ...settingProblems(values, reading)];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { ...values, tiers: limitsOfTiers(values.tiers) };
}

/** Returns what is wrong with settings that fit by themselves, each under the name by which a person gave it. Repeats no value. */
export function settingProblems(settings: LibrarySettings, names: SettingNames): readonly string[] {
  return [...databaseProblems(settings, names), ...engineProblems(settings, names), ...limiterProblems(settings, names)];
}
