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
export interface ChargeOutcome extends Consumption {
  /** Credits left. Present where the key has a budget and the limits admitted the call. */
  readonly credits?: number;
}

export interface CallChargingParts {
  readonly limiter: Limiter;
  readonly credits: CreditStore;
}

/** Returns why a charge that was not allowed refuses the call: a limit, or the credits. */
export function refusedBy({ credits }: ChargeOutcome): 'rate_limited' | 'credits_exhausted' {
  return credits === undefined ? 'rate_limited' : 'credits_exhausted';
}

export interface CallCharging {
  /** Charges one call at `now`. No promise where no I/O is needed; rejects with an UnavailableError where a part does not answer. */
  charge(credential: CachedCredential, request: ReadRequest, now: number): ChargeOutcome | Promise<ChargeOutcome>;
  /** Gives back all that an admitted call was charged. */
  undo(credential: CachedCredential, request: ReadRequest, charged: ChargeOutcome): Promise<void>;
}

/** Of a call that no limit counts. */
const FREE: ChargeOutcome = Object.freeze({
  allowed: true,
  readings: Object.freeze([]),
  retryAfterMs: null,
  degraded: false,
  countedAt: 0,
});

export function createCallCharging({ limiter, credits }: CallChargingParts): CallCharging {
  async function spend(credential: CachedCredential, { request, charges, charged, now }: Spending): Promise<ChargeOutcome> {
    const outcome = await credits.spend(credential.id, request.cost, now).catch(async (error: unknown) => {
      // Whether the credits were spent is not known; the limits at least are given back.
      await giveBack(charges, request.cost, charged);
      throw error;
    });
    if (outcome === null) return charged;
    if (outcome.spent) return { ...charged, credits: outcome.remaining };
    await giveBack(charges, request.cost, charged);
    const retryAfterMs = outcome.nextRefillAt === null ? null : Math.max(1, outcome.nextRefillAt - now);
    return { ...charged, allowed: false, readings: [], credits: outcome.remaining, retryAfterMs };
  }

  async function giveBack(charges: readonly Charge[], cost: number, consumption: Consumption): Promise<void> {
    if (charges.length > 0) await limiter.refund(charges, cost, consumption);
  }

  async function chargeLater(
    credential: CachedCredential,
    request: ReadRequest,
    { charges, consumption, now }: AwaitedCharge,
  ): Promise<ChargeOutcome> {
    const charged = await consumption;
    const due = charged.allowed && credential.profile.hasCredits;
    return due ? spend(credential, { request, charges, charged, now }) : charged;
  }

  function charge(credential: CachedCredential, request: ReadRequest, now: number): ChargeOutcome | Promise<ChargeOutcome> {
    const { keyLimits, ownerLimits, hasCredits } = credential.profile;
    if (keyLimits.length === 0 && ownerLimits.length === 0 && request.limits === null) {
      return hasCredits ? spend(credential, { request, charges: [], charged: FREE, now }) : FREE;
    }
    const charges = chargesOf(credential, request);
    let consumption: Consumption | Promise<Consumption>;
    try {
      consumption = limiter.consume(charges, request.cost, now);
    } catch (error) {
      consumption = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    if (consumption instanceof Promise || (hasCredits && consumption.allowed)) {
      return chargeLater(credential, request, { charges, consumption, now });
    }
    return consumption;
  }

  return {
    charge,
    async undo(credential, request, charged) {
      await giveBack(chargesOf(credential, request), request.cost, charged);
      if (charged.credits !== undefined && request.cost > 0) await credits.giveBackCredits(credential.id, request.cost);
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

interface AwaitedCharge {
  readonly charges: readonly Charge[];
  readonly consumption: Consumption | Promise<Consumption>;
  readonly now: number;
}

interface Spending {
  readonly request: ReadRequest;
  /** What was charged to limits, to be given back where the credits do not suffice. */
  readonly charges: readonly Charge[];
  readonly charged: ChargeOutcome;
  readonly now: number;
}

function callSubject(keyId: string, resource: string | undefined): string {
  return resource === undefined ? `${keyId}/call` : `${keyId}/call/${resource}`;
}
