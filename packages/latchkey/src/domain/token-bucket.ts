/**
 * `limit` units per window, evenly, and at most `burst` at once: the generic cell rate algorithm, in the form of
 * ITU-T I.371 (and the ATM Forum's Traffic Management 4.0) that is called the continuous-state leaky bucket.
 *
 * A unit adds `windowMs` to the debt and a millisecond repays `limit` of it, so that nothing is ever rounded.
 * `burst * windowMs` must be a safe integer.
 */
import type { Limit } from './limit.js';
import type { CountedDemand, Decision, Demand, LimitState, TokenBucketState } from './limit-state.js';

export function decideTokenBucket(limit: Limit, state: LimitState | null, { now, cost, charge }: CountedDemand): Decision {
  const { windowMs } = limit;
  const known = state !== null && state.algorithm === 'token-bucket' && state.windowMs === windowMs ? state : null;
  const own = known !== null && known.at - now > windowMs ? emptiedBucket(limit, now) : known;
  const at = own === null ? now : Math.max(own.at, now);
  const owed = own === null ? 0 : Math.max(own.debt - (at - own.at) * limit.limit, 0);
  const burst = limit.burst ?? limit.limit;
  const debt = owed + cost * windowMs;
  const excess = debt - burst * windowMs;
  if (cost === 0 || !charge || excess > 0) {
    const allowed = cost === 0 || excess <= 0;
    const retryAfterMs = allowed ? 0 : cost > burst ? null : at - now + Math.ceil(excess / limit.limit);
    const remaining = Math.max(burst - Math.ceil(owed / windowMs), 0);
    const next = charge ? (own ?? state) : state;
    return { allowed, next, remaining, resetAt: at + Math.ceil(owed / limit.limit), retryAfterMs };
  }
  const next: TokenBucketState = { algorithm: 'token-bucket', windowMs, at, debt };
  return {
    allowed: true,
    next,
    remaining: burst - Math.ceil(debt / windowMs),
    resetAt: at + Math.ceil(debt / limit.limit),
    retryAfterMs: 0,
  };
}

/** A bucket from which the whole burst was taken at `now`. */
export function emptiedBucket({ limit, windowMs, burst = limit }: Limit, now: number): TokenBucketState {
  return { algorithm: 'token-bucket', windowMs, at: now, debt: burst * windowMs };
}

/**
 * Takes the charge off the debt, but for what may have been repaid of it since: without the charge, that time
 * might have gone by idle. A state of before the charge is one that took the place of it, and does not hold it.
 */
export function refundTokenBucket(limit: Limit, state: TokenBucketState, { now, cost }: Demand): TokenBucketState {
  if (state.at < now) return state;
  const repaid = (state.at - now) * limit.limit;
  const owed = Math.max(cost * state.windowMs - repaid, 0);
  return { ...state, debt: Math.max(state.debt - owed, 0) };
}
