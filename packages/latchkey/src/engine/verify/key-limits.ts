/** How the limits and credits of a key stand, looked at without charging. */
import type { CallContext } from '../../domain/actor.js';
import { NotFoundError } from '../../domain/errors.js';
import type { KeyRecord } from '../../domain/key.js';
import type { Limit, LimitReading } from '../../domain/limit.js';
import { isoOrNull, toIso } from '../../domain/time.js';
import type { Clock } from '../../ports/clock.js';
import type { CreditStore } from '../../ports/credit-store.js';
import type { KeyStore } from '../../ports/key-store.js';
import type { Limiter } from '../../ports/limiter.js';
import type { LimitStanding } from '../api/index.js';
import type { CachedCredential } from '../cache/cached-credential.js';
import { assertWithin, currentSecret, LIBRARY_CONTEXT, type KeyUseCases } from '../changes/context.js';
import type { CredentialFinder } from '../cache/find-credential.js';
import { chargesOf } from './charge-call.js';

export interface KeyLimitsParts {
  readonly keys: KeyStore;
  readonly finder: CredentialFinder;
  readonly limiter: Limiter;
  readonly credits: CreditStore;
  readonly clock: Clock;
}

/** Rejects with an UnavailableError where a part that must be asked does not answer. */
export function createKeyLimits(parts: KeyLimitsParts): KeyUseCases['limits'] {
  const { limiter, credits, clock } = parts;
  return async (id, context = LIBRARY_CONTEXT) => {
    const { credential, key } = await inspectKey(parts, id, context);
    const own = new Set(key.limits.map(({ name }) => name));
    const now = clock.now();
    const charges = chargesOf(credential, { limits: null, resource: undefined });
    const { readings, degraded } = charges.length === 0 ? { readings: [], degraded: false } : await limiter.peek(charges, 0, now);
    const { keyLimits, ownerLimits, hasCredits } = credential.profile;
    const standings = [
      ...keyLimits.map((limit) => ({ limit, of: own.has(limit.name) ? ('key' as const) : ('tier' as const) })),
      ...ownerLimits.map((limit) => ({ limit, of: 'owner' as const })),
    ];
    const budget = hasCredits ? await credits.peekCredits(id, 0, now) : null;
    return {
      limits: readings.flatMap((reading, index) => (standings[index] === undefined ? [] : [standing(reading, standings[index])])),
      credits: budget === null ? null : { remaining: budget.remaining, nextRefillAt: isoOrNull(budget.nextRefillAt) },
      degraded,
    };
  };
}

/** A key with the credential of its current secret, as they stand in the store. Rejects with a NotFoundError. */
export async function inspectKey(
  { keys, finder }: Pick<KeyLimitsParts, 'keys' | 'finder'>,
  id: string,
  context: CallContext,
): Promise<{ readonly key: KeyRecord; readonly credential: CachedCredential }> {
  const detail = await keys.readKey(id, 'aside');
  const secret = currentSecret(detail?.secrets ?? []);
  const credential = secret === undefined ? null : await finder.inspectSecret(secret.id);
  if (detail === null || credential === null) throw new NotFoundError('key');
  assertWithin(context, detail.key);
  return { key: detail.key, credential };
}

function standing(
  { name, limit, remaining, resetAt, algorithm, windowMs }: LimitReading,
  { limit: { burst }, of }: { readonly limit: Limit; readonly of: LimitStanding['of'] },
): LimitStanding {
  return { name, limit, remaining, resetAt: toIso(resetAt), algorithm, windowMs, ...(burst !== undefined && { burst }), of };
}
