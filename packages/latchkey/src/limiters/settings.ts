/** How a node counts limits where that is not in memory alone. */
import type { SettingNames } from '../contract/settings/setting-reader.js';
import type { SettingValues } from '../contract/settings/setting.js';
import type { LIMITER_SETTINGS } from '../contract/settings/settings.js';
import { parseRedisUrl } from './redis/address.js';

export type LimiterSettings = SettingValues<typeof LIMITER_SETTINGS>;

/** Returns what is wrong with settings that fit by themselves, under the names by which they were given. Repeats no value. */
export function limiterProblems({ redis }: Pick<LimiterSettings, 'redis'>, { nameOf }: SettingNames): readonly string[] {
  const address = redis === null ? null : parseRedisUrl(redis);
  return address === null || address.ok ? [] : [`${nameOf('redis')}: ${address.problem}.`];
}
