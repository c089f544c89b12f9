/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const updateOwner = {
  name: { label: 'Name', help: 'Shown beside the id.', maxLength: 100 },
  description: { label: 'Description', help: 'More about the owner, for the next person who looks at it.', maxLength: 500 },
  limits: { label: 'Limits shared by all keys', help: 'Every call of any key of this owner counts.', maxItems: 10 },
  'limits.*.name': { label: 'Name', required: true, maxLength: 32 },
  'limits.*.limit': { label: 'Units', required: true, min: 1, max: 1000000000 },
  'limits.*.window': { label: 'Per' },
  'limits.*.algorithm': { label: 'Counted by', choices: ['fixed-window', 'sliding-window', 'token-bucket'] },
  'limits.*.burst': { label: 'At once', min: 1, max: 1000000000 },
  maxKeys: { label: 'Keys allowed', help: 'Neither revoked nor expired, at one time. Empty: the default of the service.', min: 0, max: 9007199254740991 },
} as const satisfies Fields;

export const listOwners = {
  search: { label: 'Search', maxLength: 200 },
} as const satisfies Fields;
