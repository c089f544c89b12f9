/** Fields of forms. Generated from the contract: run `npm run contract` after a change there. */
import type { Fields } from '../field.js';

export const listEvents = {
  action: { label: 'Action', choices: ['key.created', 'key.imported', 'key.updated', 'key.rotated', 'key.revoked', 'key.disabled', 'key.enabled', 'key.secret_upgraded', 'key.secret_retired', 'owner.updated', 'owner.suspended', 'owner.resumed', 'owner.keys_revoked', 'owner.portal_link_created', 'owner.portal_link_withdrawn', 'owner.portal_opened', 'tier.created', 'tier.updated', 'tier.deleted', 'log.archived'] },
  key: { label: 'Key', maxLength: 300 },
  owner: { label: 'Owner', maxLength: 300 },
  actor: { label: 'By', maxLength: 300 },
  from: { label: 'From' },
  until: { label: 'Until' },
} as const satisfies Fields;
