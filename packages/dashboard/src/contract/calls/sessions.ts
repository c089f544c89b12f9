/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const signIn = {
  adminKey: { label: 'Admin key', help: 'The value of ADMIN_API_KEY, with which the service was started.', required: true, maxLength: 512 },
  token: { label: 'Operator token', help: 'The token of a key of the environment “operator”.', required: true, maxLength: 512 },
} as const satisfies Fields;
