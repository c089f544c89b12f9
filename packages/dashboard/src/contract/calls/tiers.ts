/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const putTier = {
  name: { label: 'Name', help: 'Lower-case letters, digits, - and _, beginning with a letter or digit. It cannot be changed later.', required: true, maxLength: 32 },
  limits: { label: 'Limits', help: 'Each key of the tier has them for itself.', required: true, maxItems: 10 },
  'limits.*.name': { label: 'Name', required: true, maxLength: 32 },
  'limits.*.limit': { label: 'Units', required: true, min: 1, max: 1000000000 },
  'limits.*.window': { label: 'Per' },
  'limits.*.algorithm': { label: 'Counted by', choices: ['fixed-window', 'sliding-window', 'token-bucket'] },
  'limits.*.burst': { label: 'At once', min: 1, max: 1000000000 },
} as const satisfies Fields;
