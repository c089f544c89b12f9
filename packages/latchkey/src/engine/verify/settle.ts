/**
 * What a call costs: limits and credits, charged together or not at all.
 *
 * Limits come first and are given back where the credits do not suffice. In that order a crash between the two
 * costs a counter that resets, never a credit; and a unit given back was never admitted, so no limit admits
 * more than it says.
 */
import type { CreditStore } from '../../ports/credit-store.js';
import type { Charge, Consumption, Limiter } from '../../ports/limiter.js';
import type { CachedCredential } from '../cache/cached-credential.js';
import type { ReadRequest } from './verify-request.js';

/** What came of charging a call: the limiter's answer, with the credits where the key has a budget. */
export interface Settlement extends Consumption {
  /** Credits left. Present where the key has a budget and the limits admitted the call. */
  readonly credits?: number;
}

export interface SettleParts {
  readonly limiter: Limiter;
  readonly credits: CreditStore;
}

/** Why a settlement refuses a call. */
export function refusedBy({ credits }: Settlement): 'rate_limited' | 'credits_exhausted' {
  return credits === undefined ? 'rate_limited' : 'credits_exhausted';
}

export interface Settling {
  /** Charges one call at `now`. No promise where no I/O is needed; rejects with an UnavailableError where a part does not answer. */
  settle(credential: CachedCredential, request: ReadRequest, now: number): Settlement | Promise<Settlement>;
  /** Gives back all that an admitted call was charged. */
  undo(credential: CachedCredential, request: ReadRequest, settled: Settlement): Promise<void>;
}

/** Of a call that no limit counts. */
const FREE: Settlement = Object.freeze({ allowed: true, readings: Object.freeze([]), retryAfterMs: null, degraded: false, countedAt: 0 });

export function createSettling({ limiter, credits }: SettleParts): Settling {
  async function spend(credential: CachedCredential, { request, charges, settled, now }: Spending): Promise<Settlement> {
    const outcome = await credits.spend(credential.id, request.cost, now).catch(async (error: unknown) => {
      // Whether the credits were spent is not known; the limits at least are given back.
      await giveBack(charges, request.cost, settled);
      throw error;
    });
    if (outcome === null) return settled;
    if (outcome.spent) return { ...settled, credits: outcome.remaining };
    await giveBack(charges, request.cost, settled);
    const retryAfterMs = outcome.nextRefillAt === null ? null : Math.max(1, outcome.nextRefillAt - now);
    return { ...settled, allowed: false, readings: [], credits: outcome.remaining, retryAfterMs };
  }

  async function giveBack(charges: readonly Charge[], cost: number, consumption: Consumption): Promise<void> {
    if (charges.length > 0) await limiter.refund(charges, cost, consumption);
  }

  async function settleLater(
    credential: CachedCredential,
    request: ReadRequest,
    { charges, consumption, now }: Waiting,
  ): Promise<Settlement> {
    const settled = await consumption;
    const due = settled.allowed && credential.profile.hasCredits;
    return due ? spend(credential, { request, charges, settled, now }) : settled;
  }

  function settle(credential: CachedCredential, request: ReadRequest, now: number): Settlement | Promise<Settlement> {
    const { keyLimits, ownerLimits, hasCredits } = credential.profile;
    if (keyLimits.length === 0 && ownerLimits.length === 0 && request.limits === null) {
      return hasCredits ? spend(credential, { request, charges: [], settled: FREE, now }) : FREE;
    }
    const charges = chargesOf(credential, request);
    let consumption: Consumption | Promise<Consumption>;
    try {
      consumption = limiter.consume(charges, request.cost, now);
    } catch (error) {
      consumption = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (consumption instanceof Promise || (hasCredits && consumption.allowed)) {
      return settleLater(credential, request, { charges, consumption, now });
    }
    return consumption;
  }

  return {
    settle,
    async undo(credential, request, settled) {
      await giveBack(chargesOf(credential, request), request.cost, settled);
      if (settled.credits !== undefined && request.cost > 0) await credits.giveBackCredits(credential.id, request.cost);
    },
  };
}

/** Whose counters this call is charged to: the key's, the owner's, and those of the call itself. */
export function chargesOf(credential: CachedCredential, request: Pick<ReadRequest, 'limits' | 'resource'>): Charge[] {
  const { id, owner } = credential;
  const { keyLimits, ownerLimits } = credential.profile;
  // The most common case first: an array that is written out is a fraction of the size of one that is pushed to.
  const charges: Charge[] = keyLimits.length > 0 ? [{ subject: id, owner, limits: keyLimits }] : [];
  if (ownerLimits.length > 0) charges.push({ subject: `owner:${owner}`, owner, limits: ownerLimits });
  if (request.limits !== null) charges.push({ subject: callSubject(id, request.resource), owner, limits: request.limits });
  return charges;
}

interface Waiting {
  readonly charges: readonly Charge[];
  readonly consumption: Consumption | Promise<Consumption>;
  readonly now: number;
}

interface Spending {
  readonly request: ReadRequest;
  /** What was charged to limits, to be given back where the credits do not suffice. */
  readonly charges: readonly Charge[];
  readonly settled: Settlement;
  readonly now: number;
}

function callSubject(keyId: string, resource: string | undefined): string {
  return resource === undefined ? `${keyId}/call` : `${keyId}/call/${resource}`;
}
