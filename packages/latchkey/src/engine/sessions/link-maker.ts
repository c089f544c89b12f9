/** The makers of portal links. A link, and the session that it opens, is judged at each use by what its maker may do then. */
import { isIdentity, OPERATOR_ENVIRONMENT, type Actor, type OperatorScope } from '../../domain/actor.js';
import { keyStatus, type KeyRecord } from '../../domain/key.js';
import { missingScopes } from '../../domain/scopes.js';
import type { SessionRecord } from '../../domain/session.js';
import type { KeyStore } from '../../ports/key-store.js';

const NEEDED: OperatorScope = 'portal:write';

/** Returns what a link notes of its maker; null for one who holds no operator token. */
export function makerOf(actor: Actor): string | null {
  return actor.type === 'operator' && !isIdentity(actor) ? (actor.secretId ?? actor.id) : null;
}

/**
 * Returns whether the maker's token is still good, holds `portal:write` and reaches the owner; true where no operator token made it.
 * Rejects with an UnavailableError.
 */
export async function mayStillOpen(
  { madeBy, subject }: Pick<SessionRecord, 'madeBy' | 'subject'>,
  { keys, now }: { readonly keys: KeyStore; readonly now: number },
): Promise<boolean> {
  if (madeBy === null) return true;
  const maker = await readMaker(madeBy, keys, now);
  if (maker === null || maker.environment !== OPERATOR_ENVIRONMENT) return false;
  return missingScopes(maker.scopes, [NEEDED]).length === 0 && maker.bounds?.owners?.includes(subject) !== false;
}

/** Returns the key of the maker, while it and the token that was presented are good. */
async function readMaker(madeBy: string, keys: KeyStore, now: number): Promise<KeyRecord | null> {
  if (!madeBy.startsWith('sec_')) {
    const maker = await keys.readKey(madeBy);
    return maker !== null && keyStatus(maker.key, maker.ownerSuspendedAt, now) === 'active' ? maker.key : null;
  }
  const maker = await keys.findBySecret(madeBy);
  if (maker === null || keyStatus(maker.key, maker.ownerSuspendedAt, now) !== 'active') return null;
  const { retired, validUntil } = maker.secret;
  return retired || (validUntil !== null && now >= validUntil) ? null : maker.key;
}
