/** A database of an earlier version, with keys of tiers, and how many of them are not revoked. */

/** To be run once the first six migrations have been. */
export const KEYS_OF_TIERS = `insert into keys
  (id, name, name_folded, owner, tier, environment, scopes, created_at, created_by, ip_rules, limits, metadata, idle_since, revoked_at) values
  ('key_1', 'a', 'a', 'o', 'pro', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1, null),
  ('key_2', 'a', 'a', 'o', 'pro', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1, null),
  ('key_3', 'a', 'a', 'o', 'pro', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1, 2),
  ('key_4', 'a', 'a', 'o', null, 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1, null),
  ('key_5', 'a', 'a', 'o', 'free', 'live', '[]', 1, 'admin', '[]', '[]', '{}', 1, null)`;

/** A change by a node of an earlier version, which knows nothing of the counts. */
export const REVOKED_BY_AN_OLDER_NODE = "update keys set revoked_at = 3 where id = 'key_1'";

/** The counts of all keys: read as they are kept. */
export const COUNT_ALL = 'select name, count from kept_counts order by name';

export const COUNT_TIERS = 'select tier, keys from tier_counts order by tier';
