/**
 * One verification: the steps of DESIGN.md section 4, in order. With the key in the cache and its limits in
 * memory it does no I/O and answers in the same turn.
 */
import { cacheIndex } from '../domain/credential-digest.js';
import { decide } from '../domain/decide.js';
import { UnavailableError } from '../domain/errors.js';
import type { LimitReading } from '../domain/limit.js';
import { missingScopes } from '../domain/scopes.js';
import { MAX_TOKEN_LENGTH, Token } from '../domain/token.js';
import type { Refusal, RefusalCode, Verdict } from '../domain/verdict.js';
import type { Clock } from '../ports/clock.js';
import type { CreditOutcome, CreditStore } from '../ports/credit-store.js';
import type { Charge, Consumption, Limiter } from '../ports/limiter.js';
import { type CachedCredential, toVerifiedKey } from './cached-credential.js';
import type { CredentialCache } from './credential-cache.js';
import type { CredentialFinder } from './find-credential.js';
import type { GuessThrottle } from './guess-throttle.js';
import { refusalMessage } from './refusal-message.js';
import type { Statistics } from './statistics.js';
import type { UsageRecorder } from './usage-recorder.js';
import type { ReadRequest } from './verify-request.js';

export interface VerifyParts {
  readonly clock: Clock;
  readonly cache: CredentialCache;
  readonly finder: CredentialFinder;
  readonly limiter: Limiter;
  readonly credits: CreditStore;
  readonly throttle: GuessThrottle;
  readonly usage: UsageRecorder;
  readonly statistics: Statistics;
  readonly onLimiterFailure: 'deny' | 'allow';
}

type MaybePromise<T> = T | Promise<T>;

const NO_READINGS: readonly LimitReading[] = Object.freeze([]);
const UNLIMITED: Consumption = Object.freeze({ allowed: true, readings: NO_READINGS, retryAfterMs: null, degraded: false });

/** A verification that charges and records. The verdict comes without a promise where no I/O was needed. */
export function createVerifyKey(
  parts: VerifyParts,
): (token: string | Token | null | undefined, request: ReadRequest) => MaybePromise<Verdict> {
  const { cache, clock, finder, limiter, statistics, throttle, usage } = parts;

  function verifyToken(token: string, request: ReadRequest): MaybePromise<Verdict> {
    const index = cacheIndex(token);
    const cached = cache.get(index);
    if (cached !== undefined) {
      statistics.cacheHits++;
      return judge(cached, request);
    }
    statistics.cacheMisses++;
    return verifyUncached(token, index, request);
  }

  async function verifyUncached(token: string, index: string, request: ReadRequest): Promise<Verdict> {
    try {
      const found = await finder.find(token, index);
      if (found === 'malformed') return refuseUnknown('malformed', request);
      if (found === 'unknown') return refuseUnknown('not_found', request);
      return await judge(found, request);
    } catch (error) {
      return unavailable(error, null);
    }
  }

  function refuseUnknown(code: 'missing' | 'malformed' | 'not_found', request: ReadRequest): Refusal {
    const now = clock.now();
    const retryAfterMs = code === 'not_found' && request.ip !== undefined ? throttle.count(request.ip, now) : null;
    if (retryAfterMs !== null) {
      return record(null, { ...refusal('rate_limited', null, request, now), message: GUESSING, retryAfterMs }, now);
    }
    return record(null, refusal(code, null, request, now), now);
  }

  function judge(credential: CachedCredential, request: ReadRequest): MaybePromise<Verdict> {
    const now = clock.now();
    const code = decide(credential, request, now);
    if (code !== null) return record(credential, refusal(code, credential, request, now), now);
    const { keyLimits, ownerLimits, hasCredits } = credential.profile;
    if (keyLimits.length === 0 && ownerLimits.length === 0 && request.limits === null) {
      return hasCredits
        ? spend(credential, request, { consumption: UNLIMITED, charges: [], now })
        : admit(credential, request, { consumption: UNLIMITED, credits: null, now });
    }
    return charge(credential, request, now);
  }

  function charge(credential: CachedCredential, request: ReadRequest, now: number): MaybePromise<Verdict> {
    const charges = chargesOf(credential, request);
    let consumption: MaybePromise<Consumption>;
    try {
      consumption = limiter.consume(charges, request.cost, now);
    } catch (error) {
      return limiterFailed(credential, request, error);
    }
    if (!(consumption instanceof Promise)) return charged(credential, request, { consumption, charges, now });
    return consumption.then(
      (done) => charged(credential, request, { consumption: done, charges, now }),
      (error: unknown) => limiterFailed(credential, request, error),
    );
  }

  function charged(credential: CachedCredential, request: ReadRequest, charged: Charged): MaybePromise<Verdict> {
    const { consumption } = charged;
    if (!consumption.allowed) {
      const now = clock.now();
      return record(credential, withLimits(refusal('rate_limited', credential, request, now), consumption), now);
    }
    return credential.profile.hasCredits
      ? spend(credential, request, charged)
      : admit(credential, request, { consumption, credits: null, now: charged.now });
  }

  async function spend(credential: CachedCredential, request: ReadRequest, { consumption, charges, now }: Charged): Promise<Verdict> {
    let outcome: CreditOutcome | null;
    try {
      outcome = await parts.credits.spend(credential.id, request.cost, now);
    } catch (error) {
      // Whether the credits were spent is unknown; the limits at least are given back.
      await giveBack(charges, request.cost, now);
      return unavailable(error, credential);
    }
    if (outcome === null || outcome.spent) return admit(credential, request, { consumption, credits: outcome?.remaining ?? null, now });
    await giveBack(charges, request.cost, now);
    const refused = refusal('credits_exhausted', credential, request, now);
    const waitMs = outcome.nextRefillAt === null ? null : outcome.nextRefillAt - now;
    return record(credential, waitMs === null ? refused : { ...refused, retryAfterMs: Math.max(1, waitMs) }, now);
  }

  async function giveBack(charges: readonly Charge[], cost: number, consumedAt: number): Promise<void> {
    if (charges.length > 0) await limiter.refund(charges, cost, consumedAt);
  }

  function limiterFailed(credential: CachedCredential, request: ReadRequest, error: unknown): MaybePromise<Verdict> {
    if (parts.onLimiterFailure === 'deny') return unavailable(error, credential);
    statistics.limiterFailures++;
    const now = clock.now();
    const consumption = { ...UNLIMITED, degraded: true };
    if (!credential.profile.hasCredits) return admit(credential, request, { consumption, credits: null, now });
    return spend(credential, request, { consumption, charges: [], now });
  }

  function admit(credential: CachedCredential, request: ReadRequest, { consumption, credits, now }: Admission): Verdict {
    statistics.verifications.valid++;
    usage.countUse(credential, request, now);
    return {
      valid: true,
      code: 'valid',
      key: toVerifiedKey(credential),
      secretId: credential.secretId,
      limits: consumption.readings,
      credits,
      degraded: consumption.degraded,
    };
  }

  function unavailable(error: unknown, credential: CachedCredential | null): Refusal {
    if (!(error instanceof UnavailableError)) throw error;
    if (error.dependency === 'store') statistics.storeFailures++;
    if (error.dependency === 'limiter') statistics.limiterFailures++;
    return record(credential, { ...refusal('unavailable', credential, null, 0), message: error.message, degraded: true }, clock.now());
  }

  function record(credential: CachedCredential | null, refused: Refusal, now: number): Refusal {
    statistics.verifications[refused.code]++;
    usage.count(credential === null ? null : credential.id, refused.code, now);
    return refused;
  }

  return (token, request) => {
    const text = token instanceof Token ? token.reveal() : token;
    if (text === null || text === undefined || text === '') return refuseUnknown('missing', request);
    if (typeof text !== 'string' || text.length > MAX_TOKEN_LENGTH) return refuseUnknown('malformed', request);
    return verifyToken(text, request);
  };
}

interface Charged {
  readonly consumption: Consumption;
  readonly charges: readonly Charge[];
  /** When the limits were charged. */
  readonly now: number;
}

interface Admission {
  readonly consumption: Consumption;
  readonly credits: number | null;
  readonly now: number;
}

const GUESSING = 'Too many unknown API keys came from this address. Wait before trying another.';

/** Whose counters this call is charged to: the key's, the owner's, and those of the call itself. */
export function chargesOf(credential: CachedCredential, request: ReadRequest): Charge[] {
  const { keyLimits, ownerLimits } = credential.profile;
  const charges: Charge[] = [];
  if (keyLimits.length > 0) charges.push({ subject: credential.id, limits: keyLimits });
  if (ownerLimits.length > 0) charges.push({ subject: `owner:${credential.owner}`, limits: ownerLimits });
  if (request.limits !== null) charges.push({ subject: callSubject(credential.id, request.resource), limits: request.limits });
  return charges;
}

function callSubject(keyId: string, resource: string | undefined): string {
  return resource === undefined ? `${keyId}/call` : `${keyId}/call/${resource}`;
}

export function refusal(code: RefusalCode, credential: CachedCredential | null, request: ReadRequest | null, now: number): Refusal {
  const refused = {
    valid: false as const,
    code,
    message: refusalMessage(code, { credential, request, now }),
    key: credential === null ? null : toVerifiedKey(credential),
    degraded: false,
  };
  if (code === 'insufficient_scope' && credential !== null && request?.scopes !== undefined) {
    return { ...refused, missingScopes: missingScopes(credential.profile.scopes, request.scopes) };
  }
  if (code === 'not_yet_active' && credential?.notBefore != null) return { ...refused, retryAfterMs: credential.notBefore - now };
  return refused;
}

export function withLimits(refused: Refusal, { readings, retryAfterMs, degraded }: Consumption): Refusal {
  const limited = { ...refused, limits: readings, degraded };
  return retryAfterMs === null ? limited : { ...limited, retryAfterMs };
}
