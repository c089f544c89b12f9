/** A database whose usage an earlier version counted, and what becomes of it. */
import { expect } from 'vitest';
import type { Storage } from '../../src/ports/storage.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** To be run, one by one, once the first seven migrations have been. */
export const EARLIER_USAGE = [
  `insert into keys (id, name, name_folded, owner, environment, scopes, created_at, created_by, ip_rules, limits, metadata, idle_since) values
    ('key_1', 'a', 'a', 'ada', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1),
    ('key_2', 'a', 'a', 'ada', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1)`,
  `insert into last_uses (key_id, at) values ('key_1', 5), ('key_2', ${HOUR_MS} + 5)`,
  `insert into usage_hours (key_id, hour, code, count) values ('', 0, 'missing', 4),
    ('key_1', 0, 'valid', 10), ('key_2', ${HOUR_MS}, 'valid', 1), ('key_1', ${DAY_MS}, 'expired', 2)`,
  `insert into usage_totals (hour, code, count) values (0, 'missing', 4), (0, 'valid', 10), (${HOUR_MS}, 'valid', 1), (${DAY_MS}, 'expired', 2)`,
];

/** What a node of that version writes meanwhile. */
export const COUNTED_BY_AN_OLDER_NODE = [
  `insert into usage_hours (key_id, hour, code, count) values ('key_1', 0, 'valid', 5)
    on conflict (key_id, hour, code) do update set count = usage_hours.count + excluded.count`,
  `insert into usage_totals (hour, code, count) values (0, 'valid', 5)
    on conflict (hour, code) do update set count = usage_totals.count + excluded.count`,
];

/** Takes over what there is, sums up the first of the two days, and expects the figures of the key, its owner and all. */
export async function expectTakenOver(storage: Storage, older: number): Promise<void> {
  while (await storage.usage.keepUp({ rollBefore: DAY_MS, hoursFrom: 0, daysFrom: 0 }));
  const read = async (query: { readonly keyId?: string; readonly owner?: string }, by: 'hour' | 'day') => {
    const points = await storage.usage.readUsage({ ...query, from: 0, until: 2 * DAY_MS, by });
    return points.map(({ start, code, count }) => `${start / HOUR_MS} ${code} ${count}`);
  };
  const mostUsed = await storage.keys.listKeys({ order: 'most_used', limit: 9, now: 2 * DAY_MS });
  expect(mostUsed.map(({ key, uses, usesNoted }) => [key.id, uses, usesNoted])).toEqual([
    ['key_1', 10, 10],
    ['key_2', 1, 1],
  ]);
  expect(await read({ keyId: 'key_1' }, 'day')).toEqual([`0 valid ${10 + older}`, '24 expired 2']);
  expect(await read({ owner: 'ada' }, 'day')).toEqual([`0 valid ${11 + older}`, '24 expired 2']);
  expect(await read({}, 'day')).toEqual(['0 missing 4', `0 valid ${11 + older}`, '24 expired 2']);
  expect(await read({ owner: 'ada' }, 'hour')).toEqual([`0 valid ${10 + older}`, '1 valid 1', '24 expired 2']);
}
