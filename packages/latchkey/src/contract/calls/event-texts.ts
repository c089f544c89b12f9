/** The meaning of each action of the audit log, for people. */
import type { EventAction } from '../../domain/event.js';

export const EVENT_TEXTS: Readonly<Record<EventAction, string>> = {
  'key.created': 'A key was created. `after` has its fields.',
  'key.imported': 'A key whose token was made elsewhere was imported or created. `after` has its fields.',
  'key.updated': 'Fields of a key were changed. `before` and `after` have those that changed.',
  'key.rotated': 'A key got a new token. `after` says how long the old one stays valid.',
  'key.revoked': 'A key was revoked permanently.',
  'key.disabled': 'A key was disabled.',
  'key.enabled': 'A disabled key was enabled.',
  'key.secret_upgraded': 'The stored hash of an imported secret was rewritten as SHA-256 after its first use. The token stays the same.',
  'key.secret_retired': 'An old secret that a rotation had left valid was ended.',
  'owner.updated': 'Fields of an owner were changed. `before` and `after` have those that changed.',
  'owner.suspended': 'All keys of an owner were suspended.',
  'owner.resumed': 'The keys of a suspended owner were resumed.',
  'owner.keys_revoked': 'Keys of an owner were revoked together. `after` names the keys of this batch.',
  'owner.portal_link_created': 'A link to the portal was created. `after` says how long it and its session last.',
  'owner.portal_link_withdrawn': 'A link to the portal was ended, with the session that it had opened.',
  'owner.portal_opened': 'An owner opened the portal with a link.',
  'tier.created': 'A tier was created. `after` has its limits.',
  'tier.updated': 'The limits of a tier were replaced.',
  'tier.deleted': 'A tier was removed. `before` has its limits.',
  'log.archived': 'The log was archived up to an entry. `after` has its position, its hash and the number of entries.',
};
