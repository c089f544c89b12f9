/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

const expiresAt = { label: 'Date and time' } as const;
const expiresIn = { label: 'Expires' } as const;
const environment = { label: 'Environment', maxLength: 16 } as const;
const reason = { label: 'Reason', help: 'The audit log keeps it.', maxLength: 500 } as const;
const whereOwner = { label: 'Owner', maxLength: 128 } as const;
const whereTier = { label: 'Tier', maxLength: 32 } as const;
const whereEnvironment = { label: 'Environment', maxLength: 16 } as const;
const whereStatus = { label: 'Status', choices: ['active', 'disabled', 'revoked', 'expired', 'scheduled', 'suspended'] } as const;
const whereTags = { label: 'Tags', maxItems: 20 } as const;

export const createKey = {
  name: { label: 'Name', help: 'The purpose of the key, so that others recognise it.', required: true, maxLength: 100 },
  owner: { label: 'Owner', help: 'The id of a person, team or service.', required: true, maxLength: 128 },
  environment: { label: 'Environment', help: 'A part of the token. Other environments refuse it.', maxLength: 16 },
  'credits.remaining': { label: 'Credits left', required: true, min: 0, max: 1000000000000 },
  'credits.refill.amount': { label: 'Amount', required: true, min: 1, max: 1000000000000 },
  'credits.refill.mode': { label: 'Refill', choices: ['set', 'add'] },
  'credits.refill.every': { label: 'Every', help: '1d, 12h, or month', required: true },
  description: { label: 'Description', help: 'More about the key, for the next person who looks at it.', maxLength: 500 },
  tier: { label: 'Tier', help: 'A set of limits that keys share.', maxLength: 32 },
  scopes: { label: 'Scopes', help: 'What the key may do, such as articles:read or articles:*. Enter adds one.', maxItems: 64 },
  tags: { label: 'Tags', help: 'Words to find the key by, such as team:payments. Enter adds one.', maxItems: 20 },
  expiresAt,
  expiresIn,
  ipRules: { label: 'IP allowlist', help: 'IP addresses or networks, such as 203.0.113.7 or 2001:db8::/32. None: any IP address.', maxItems: 64 },
  limits: { label: 'Limits of the key', help: 'They add to the limits of the tier. A limit of the same name replaces the limit of the tier.', maxItems: 10 },
  'limits.*.name': { label: 'Name', required: true, maxLength: 32 },
  'limits.*.limit': { label: 'Units', required: true, min: 1, max: 1000000000 },
  'limits.*.window': { label: 'Per' },
  'limits.*.algorithm': { label: 'Counted by', choices: ['fixed-window', 'sliding-window', 'token-bucket'] },
  'limits.*.burst': { label: 'At once', min: 1, max: 1000000000 },
  metadata: { label: 'Metadata', help: 'A JSON object that every verdict carries.' },
  'bounds.environments': { label: 'Environments', help: 'Environments of the keys. None: all of them.', maxItems: 64 },
  'bounds.owners': { label: 'Owners', help: 'Ids of the owners of the keys. None: all of them.', maxItems: 64 },
  'bounds.tiers': { label: 'Tiers', help: 'Tiers of the keys, whose limits stay at least as tight. None: all of them.', maxItems: 64 },
  'bounds.grants': { label: 'Scopes it may give', help: 'Scopes that the keys may hold, or scopes that cover them. None: any.', maxItems: 64 },
} as const satisfies Fields;

export const listKeys = {
  owner: { label: 'Owner', maxLength: 128 },
  tier: { label: 'Tier', maxLength: 32 },
  environment,
  status: { label: 'Status', choices: ['active', 'disabled', 'revoked', 'expired', 'scheduled', 'suspended'] },
  tags: { label: 'Tags', maxItems: 20 },
  search: { label: 'Search', maxLength: 200 },
  sort: { label: 'Sort by', choices: ['created', 'name', 'used', 'expires', 'requests'] },
  order: { label: 'Order', choices: ['asc', 'desc'] },
} as const satisfies Fields;

export const revokeKey = {
  reason,
} as const satisfies Fields;

export const revokeKeysWhere = {
  'where.owner': whereOwner,
  'where.tier': whereTier,
  'where.environment': whereEnvironment,
  'where.status': whereStatus,
  'where.tags': whereTags,
  reason,
} as const satisfies Fields;

export const extendKeysWhere = {
  'where.owner': whereOwner,
  'where.tier': whereTier,
  'where.environment': whereEnvironment,
  'where.status': whereStatus,
  'where.tags': whereTags,
  expiresAt,
  expiresIn,
  reason,
} as const satisfies Fields;

export const explainKey = {
  environment,
  scopes: { label: 'All of these scopes', maxItems: 64 },
  anyScope: { label: 'One of these scopes', maxItems: 64 },
  ip: { label: 'IP address' },
} as const satisfies Fields;
