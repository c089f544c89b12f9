/**
 * The engine's settings: options with every default filled in.
 *
 * engine/runtime/ owns what every part has in common that is no rule of keys: settings, clocks, chance, pace, statistics.
 */
import type { SettingNames } from '../../contract/setting-reader.js';
import type { SettingValues } from '../../contract/setting.js';
import type { ENGINE_SETTINGS } from '../../contract/settings.js';
import type { TierInputs } from '../../contract/setting-shapes.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit } from '../../domain/limit.js';

export type { Pepper } from '../../contract/setting-shapes.js';

type Values = SettingValues<typeof ENGINE_SETTINGS>;

export interface EngineSettings extends Omit<Values, 'tiers'> {
  readonly tiers: ReadonlyMap<string, readonly Limit[]>;
}

/** Returns what is wrong with settings that fit by themselves, under the names by which they were given. */
export function engineProblems(values: Values, { nameOf, isRefused }: SettingNames): readonly string[] {
  const { environment, environments, usageDaysKept, usageHoursKeptDays } = values;
  const problems: string[] = [];
  if (environment !== null && !isRefused('environments') && !environments.includes(environment))
    problems.push(`${nameOf('environment')}: use one of the environments (${environments.join(', ')}).`);
  if (usageDaysKept < usageHoursKeptDays) problems.push(`${nameOf('usageDaysKept')}: keep days at least as long as hours.`);
  return problems;
}

/** Returns the limits of each tier, of which the table of settings has found that they can be used. */
export function limitsOfTiers(tiers: TierInputs): EngineSettings['tiers'] {
  return new Map(
    Object.entries(tiers).map(([name, inputs]) => {
      const result = parseLimits(inputs, '');
      return [name, result.ok ? result.limits : []];
    }),
  );
}
