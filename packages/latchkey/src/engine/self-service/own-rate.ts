/** How often an owner may act in self-service, counted by the limiter that counts the calls of keys. */
import { isLatchkeyError, RateLimitedError } from '../../domain/errors.js';
import type { Limit } from '../../domain/limit.js';
import { HOUR_MS } from '../../domain/time.js';
import type { Clock } from '../../ports/clock.js';
import type { Limiter } from '../../ports/limiter.js';

/**
 * `change`: create, update and rotate. `revoke` and `session` have counters of their own: an owner whose changes are used up, by
 * whomever, can still revoke a leaked key.
 */
export type OwnAct = 'change' | 'revoke' | 'session';

export interface OwnRate {
  /** Counts one act of an owner. Rejects with a RateLimitedError, which counts nothing, or an UnavailableError. */
  count(ownerId: string, act: OwnAct): Promise<CountedAct>;
}

export interface CountedAct {
  /** For an act that turned out to be none. Rejects with an UnavailableError where the counters do not answer. */
  giveBack(): Promise<void>;
}

/** So many at least, more than an owner has keys: nobody is kept from revoking by another who used the counter up. */
const REVOCATIONS_PER_HOUR = 1_000;

const MESSAGES: Readonly<Record<OwnAct, string>> = {
  change: 'You made too many changes to your keys within an hour. Wait, then try again.',
  revoke: 'You revoked too many keys within an hour. Wait, then try again.',
  session: 'Too many sessions were opened for this owner within an hour. Wait, then try again.',
};

const UNCOUNTED: CountedAct = { giveBack: async () => undefined };

export function createOwnRate(parts: { readonly limiter: Limiter; readonly clock: Clock }, perHour: number): OwnRate {
  const { limiter, clock } = parts;
  const limitOf = (act: OwnAct): Limit => ({
    name: act,
    limit: act === 'revoke' ? Math.max(perHour, REVOCATIONS_PER_HOUR) : perHour,
    windowMs: HOUR_MS,
    algorithm: 'token-bucket',
  });

  async function count(ownerId: string, act: OwnAct): Promise<CountedAct> {
    // Neither a key nor an owner has this subject: `key_…` and `owner:…` are theirs.
    const charges = [{ subject: `self-service:${ownerId}`, owner: ownerId, limits: [limitOf(act)] }];
    const consumption = await limiter.consume(charges, 1, clock.now());
    if (!consumption.allowed) throw new RateLimitedError(MESSAGES[act], consumption.retryAfterMs ?? HOUR_MS);
    return { giveBack: async () => limiter.refund(charges, 1, consumption) };
  }

  return {
    async count(ownerId, act) {
      try {
        return await count(ownerId, act);
      } catch (error) {
        // Counters that do not answer must not keep an owner from taking authority away.
        const passes = act === 'revoke' && isLatchkeyError(error) && error.code === 'unavailable';
        if (!passes) throw error;
        return UNCOUNTED;
      }
    },
  };
}
