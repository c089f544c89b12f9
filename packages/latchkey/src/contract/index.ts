/** The contract: every call, by resource. */
import { EVENT_CALLS } from './events.js';
import { KEY_CALLS } from './keys.js';
import { OWN_KEY_CALLS } from './own-keys.js';
import { OWNER_CALLS } from './owners.js';
import { SERVICE_CALLS } from './service.js';
import { PORTAL_CALLS, SESSION_CALLS } from './sessions.js';
import { TIER_CALLS } from './tiers.js';
import { USAGE_CALLS } from './usage.js';
import { VERIFICATION_CALLS } from './verification.js';

export { ADDRESSES, KEY_SEARCH, parametersOf, type Address } from './addresses.js';
export type { Call } from './call.js';
export { judge, parseInput, readInput, type Refuse, type Rules } from './read.js';
export { aboutOf, mayLack, unwrapped, type About, type CommandOption, type Part } from './shape.js';

export const CONTRACT = {
  keys: KEY_CALLS,
  owners: OWNER_CALLS,
  tiers: TIER_CALLS,
  events: EVENT_CALLS,
  usage: USAGE_CALLS,
  service: SERVICE_CALLS,
  verification: VERIFICATION_CALLS,
  ownKeys: OWN_KEY_CALLS,
  sessions: SESSION_CALLS,
  portal: PORTAL_CALLS,
} as const;
