/** The contract: every call, by resource. */
import { KEY_CALLS } from './keys.js';
import { OWNER_CALLS } from './owners.js';
import { TIER_CALLS } from './tiers.js';

export { ADDRESSES, KEY_SEARCH, parametersOf, type Address } from './addresses.js';
export type { Call } from './call.js';
export { judge, parseInput, readInput, type Refuse, type Rules } from './read.js';
export { aboutOf, mayLack, unwrapped, type About, type CommandOption, type Part } from './shape.js';

export const CONTRACT = { keys: KEY_CALLS, owners: OWNER_CALLS, tiers: TIER_CALLS } as const;
