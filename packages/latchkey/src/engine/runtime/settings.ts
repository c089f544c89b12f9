/**
 * The engine's settings: options with every default filled in.
 *
 * engine/runtime/ owns what every part has in common that is no rule of keys: settings, clocks, chance, pace, statistics.
 */
import type { SettingNames } from '../../contract/settings/setting-reader.js';
import type { SettingValues } from '../../contract/settings/setting.js';
import type { ENGINE_SETTINGS } from '../../contract/settings/settings.js';
import type { TierInputs } from '../../contract/settings/setting-shapes.js';
import { parseLimits } from '../../domain/limit-input.js';
import type { Limit } from '../../domain/limit.js';
import { parseDuration } from '../../domain/time.js';

export type { Pepper } from '../../contract/settings/setting-shapes.js';

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
  problems.push(...lifetimeProblems(lifetimesOf(values), nameOf));
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

/** The bounds of every expiry that somebody sets, in milliseconds from the moment of setting it; null where there is none. */
export interface Lifetimes {
  readonly minMs: number | null;
  readonly maxMs: number | null;
  /** The lifetime of a new key without an expiry. */
  readonly defaultMs: number | null;
}

export type LifetimeSettings = Pick<Values, 'minKeyLifetime' | 'maxKeyLifetime' | 'defaultKeyLifetime'>;

/** Returns the lifetimes of keys. Where no default is set, the longest is the default. */
export function lifetimesOf({ minKeyLifetime, maxKeyLifetime, defaultKeyLifetime }: LifetimeSettings): Lifetimes {
  const [minMs, maxMs, defaultMs] = [minKeyLifetime, maxKeyLifetime, defaultKeyLifetime].map((duration) =>
    duration === null ? null : parseDuration(duration),
  );
  return { minMs: minMs ?? null, maxMs: maxMs ?? null, defaultMs: defaultMs ?? maxMs ?? null };
}

/** Returns a problem, which names both settings, for each two lifetimes that contradict one another. */
function lifetimeProblems({ minMs, maxMs, defaultMs }: Lifetimes, nameOf: SettingNames['nameOf']): readonly string[] {
  const [min, max, standard] = (['minKeyLifetime', 'maxKeyLifetime', 'defaultKeyLifetime'] as const).map(nameOf);
  if (minMs !== null && maxMs !== null && minMs > maxMs) return [`${min}: use a duration that is not longer than ${max}.`];
  if (maxMs !== null && defaultMs !== null && defaultMs > maxMs) return [`${standard}: use a duration that is not longer than ${max}.`];
  if (minMs !== null && defaultMs !== null && defaultMs < minMs) return [`${standard}: use a duration that is not shorter than ${min}.`];
  return [];
}
