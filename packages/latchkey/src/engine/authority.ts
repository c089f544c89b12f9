/**
 * Nobody does, or mints, more than they may. The admin key, the library and the system may do everything; an
 * operator what their own token's key allows at the moment of the change, not at that of the request; one for whom
 * an identity provider vouches what the configuration gives them.
 */
import { type Actor, isIdentity, OPERATOR_ENVIRONMENT, type OperatorScope } from '../domain/actor.js';
import { ForbiddenError } from '../domain/errors.js';
import { type KeyRecord, keyStatus } from '../domain/key.js';
import { missingScopes } from '../domain/scopes.js';
import type { Change } from '../ports/key-store.js';

/** What a key would let its bearer do. */
export type Granted = Pick<KeyRecord, 'environment' | 'scopes' | 'expiresAt' | 'ipRules'>;

/**
 * Throws a ForbiddenError for an operator whose token is not good any more, or lacks the scope of the change; and for an owner:
 * owners act through self-service alone, which knows what is theirs and what they may choose.
 */
export async function assertMayChange(
  change: Change,
  { context, scope }: { readonly context: { readonly actor: Actor }; readonly scope: OperatorScope | null },
  now: number,
): Promise<void> {
  if (scope === null) return;
  if (context.actor.type === 'owner') throw new ForbiddenError('Owners change keys through self-service alone.');
  if (context.actor.type !== 'operator') return;
  const own = await holdings(change, context.actor, now);
  const missing = missingScopes(own.scopes, [scope]);
  if (missing.length > 0) throw new ForbiddenError(`This needs the scope ${scope}, which you do not hold.`, missing);
}

/** Throws a ForbiddenError where `actor` would hand out, through a key like `granted`, more than it holds. */
export async function assertMayGrant(
  change: Change,
  { actor, granted, now }: { actor: Actor; granted: Granted; now: number },
): Promise<void> {
  if (granted.environment !== OPERATOR_ENVIRONMENT || actor.type === 'admin' || actor.type === 'library' || actor.type === 'system') return;
  const own = await holdings(change, actor, now);
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

/** What an operator holds: the key of their own token, as it is now, or what came with an identity that was vouched for. */
async function holdings(change: Change, actor: Actor, now: number): Promise<Omit<Granted, 'environment'>> {
  if (isIdentity(actor)) return { scopes: actor.scopes, expiresAt: null, ipRules: [] };
  const own = actor.type === 'operator' ? await change.keys.find(actor.id) : null;
  const owner = own === null ? null : await change.owners.find(own.owner);
  if (own === null || own.environment !== OPERATOR_ENVIRONMENT || keyStatus(own, owner?.suspendedAt ?? null, now) !== 'active') {
    throw new ForbiddenError('Your operator token is not active any more.');
  }
  return own;
}
