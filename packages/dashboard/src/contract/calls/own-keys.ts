/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const createOwnKey = {
  name: { label: 'Name', help: 'The purpose of the key, so that others recognise it.', required: true, maxLength: 100 },
  scopes: { label: 'Scopes', help: 'What the key may do, such as articles:read or articles:*. Enter adds one.', maxItems: 64 },
  tier: { label: 'Tier', maxLength: 32 },
  environment: { label: 'Environment', help: 'A part of the token. Other environments refuse it.', maxLength: 16 },
  expiresAt: { label: 'Date and time' },
  expiresIn: { label: 'Expires' },
  ipRules: { label: 'IP allowlist', help: 'IP addresses or networks, such as 203.0.113.7 or 2001:db8::/32. None: any IP address.', maxItems: 64 },
} as const satisfies Fields;

export const listOwnKeys = {
  search: { label: 'Search', maxLength: 200 },
} as const satisfies Fields;
