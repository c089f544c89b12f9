/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const createPortalLink = {
  returnUrl: { label: 'Leads back to', help: 'A URL of your application. The portal shows it as a link.', maxLength: 2000 },
  allow: { label: 'They may' },
  expiresIn: { label: 'The session lasts' },
} as const satisfies Fields;
