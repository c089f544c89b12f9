/** Every call, by resource. contract/calls/ owns what each takes and gives, who may make it, and what it may be answered with. */
import { EVENT_CALLS } from './events.js';
import { KEY_CALLS } from './keys.js';
import { OWN_KEY_CALLS } from './own-keys.js';
import { OWNER_CALLS } from './owners.js';
import { SERVICE_CALLS } from './service.js';
import { PORTAL_CALLS, SESSION_CALLS } from './sessions.js';
import { TIER_CALLS } from './tiers.js';
import { USAGE_CALLS } from './usage.js';
import { VERIFICATION_CALLS } from './verification.js';

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
