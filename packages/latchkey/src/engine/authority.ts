/**
 * Nobody mints more authority than they hold. The admin key, the library and the system hold all of it; an
 * operator holds what their own token's key holds at the moment of the change, not at that of the request.
 */
import { type Actor, OPERATOR_ENVIRONMENT } from '../domain/actor.js';
import { ForbiddenError } from '../domain/errors.js';
import { type KeyRecord, keyStatus } from '../domain/key.js';
import { missingScopes } from '../domain/scopes.js';
import type { Change } from '../ports/key-store.js';

/** What a key would let its bearer do. */
export type Granted = Pick<KeyRecord, 'environment' | 'scopes' | 'expiresAt' | 'ipRules'>;

/** Throws a ForbiddenError where `actor` would hand out, through a key like `granted`, more than it holds. */
export async function assertMayGrant(
  change: Change,
  { actor, granted, now }: { actor: Actor; granted: Granted; now: number },
): Promise<void> {
  if (granted.environment !== OPERATOR_ENVIRONMENT || actor.type === 'admin' || actor.type === 'library' || actor.type === 'system') return;
  const own = actor.type === 'operator' ? await change.keys.find(actor.id) : null;
  if (own === null || keyStatus(own, null, now) !== 'active') {
    throw new ForbiddenError('Only an operator whose own token is active may issue or change operator tokens.');
  }
  const missing = missingScopes(own.scopes, granted.scopes);
  if (missing.length > 0) {
    throw new ForbiddenError(`You cannot give scopes that you do not hold: ${missing.join(', ')}.`, missing);
  }
  if (own.expiresAt !== null && (granted.expiresAt === null || granted.expiresAt > own.expiresAt)) {
    throw new ForbiddenError('An operator token cannot outlive the one that it was issued or changed with: give an earlier expiry.');
  }
  if (own.ipRules.length > 0 && (granted.ipRules.length === 0 || granted.ipRules.some((rule) => !own.ipRules.includes(rule)))) {
    throw new ForbiddenError('An operator token cannot be used from more addresses than the one it was issued or changed with.');
  }
}
