/**
 * One verification: the steps that ARCHITECTURE.md lists, in order. With the key in the cache and its limits in
 * memory it does no I/O and answers in the same turn.
 *
 * engine/verify/ owns verification: reading the request, the decision, its charges, its refusals, and looking at all of it.
 */
import { BOUNDS } from '../../domain/bounds.js';
import { cacheIndex } from '../../domain/credential-digest.js';
import { decide } from '../../domain/decide.js';
import { UnavailableError } from '../../domain/errors.js';
import { Token } from '../../domain/token.js';
import type { Refusal, RefusalCode, ValidVerdict, Verdict } from '../../domain/verdict.js';
import type { Clock } from '../../ports/clock.js';
import type { Coherence } from '../../ports/coherence.js';
import { type CachedCredential, toVerifiedKey } from '../cache/cached-credential.js';
import type { CredentialCache } from '../cache/credential-cache.js';
import { type CredentialFinder, isGuessed } from '../cache/find-credential.js';
import type { GuessThrottle } from '../cache/guess-throttle.js';
import { refusal } from './refuse.js';
import { refusedBy, type ChargeOutcome, type CallCharging } from './charge-call.js';
import type { Statistics } from '../runtime/statistics.js';
import type { UsageRecorder } from '../usage/usage-recorder.js';
import { isOutOfBounds, type ReadRequest } from './verify-request.js';

export interface VerifyParts {
  readonly clock: Clock;
  readonly cache: CredentialCache;
  readonly coherence: Pick<Coherence, 'mayServe' | 'lapsedMs'>;
  readonly finder: CredentialFinder;
  readonly charging: CallCharging;
  readonly throttle: GuessThrottle;
  readonly usage: UsageRecorder;
  readonly statistics: Statistics;
  /** For how long after the end of its lease a node that cannot ask the store answers from memory. */
  readonly staleIfErrorMs: number;
}

type MaybePromise<T> = T | Promise<T>;

/** Reads that a key changed under before one is judged all the same: it began before those changes were answered. */
const MAX_OVERTAKEN = 4;

/** Nothing longer is looked at as blank: it is malformed in any case. */
const BLANK_MAX = 16;

/** Verifications that charge and record. */
export interface VerifyKey {
  /** The verdict comes without a promise where no I/O was needed. */
  token(token: string | Token | null | undefined, request: ReadRequest): MaybePromise<Verdict>;
  /** For a token that was presented before, by the id of its secret: read from the store at each call. */
  secret(secretId: string, request: ReadRequest): Promise<Verdict>;
}

/** What a credential was found by, and can be found by again. */
type Presented = string | { readonly secretId: string };

export function createVerifyKey(parts: VerifyParts): VerifyKey {
  const { cache, clock, coherence, finder, charging, statistics, staleIfErrorMs } = parts;
  const { admit, refuse, refuseUnknown, refuseGuess, unavailable } = createRecording(parts);

  function judge(judged: Judged, presented: Presented): MaybePromise<Verdict> {
    const { credential, request, now } = judged;
    if (isOutOfBounds(credential, request)) return refuseUnknown('not_found', request);
    const code = decide(credential, request, now);
    if (code !== null) return refuse(code, judged);
    const charged = charging.charge(credential, request, now);
    return charged instanceof Promise ? conclude(judged, charged, presented) : chargedVerdict(judged, charged);
  }

  async function conclude(judged: Judged, charge: Promise<ChargeOutcome>, presented: Presented): Promise<Verdict> {
    const { credential, request } = judged;
    try {
      const charged = await charge;
      const changed = charged.allowed && !cache.isCurrent(credential) ? await refusedMeanwhile(judged, presented) : null;
      if (changed === null) return chargedVerdict(judged, charged);
      await charging.undo(credential, request, charged);
      return refuse(changed.code, changed.judged);
    } catch (error) {
      return unavailable(error, credential);
    }
  }

  /** What the call would be refused with by now: while it was being charged, something took its authority away. */
  async function refusedMeanwhile(judged: Judged, presented: Presented): Promise<{ code: RefusalCode; judged: Judged } | null> {
    const found =
      typeof presented === 'string'
        ? await finder.find(presented, cacheIndex(presented), judged.request.ip)
        : await finder.inspectSecret(presented.secretId);
    const now = clock.now();
    if (found === null || typeof found === 'string' || isGuessed(found) || isOutOfBounds(found, judged.request))
      return { code: 'not_found', judged: { ...judged, now } };
    const code = decide(found, judged.request, now);
    return code === null ? null : { code, judged: { credential: found, request: judged.request, now } };
  }

  function chargedVerdict(judged: Judged, charged: ChargeOutcome): Verdict {
    if (charged.degraded) statistics.limiterFailures++;
    return charged.allowed ? admit(judged, charged) : refuse(refusedBy(charged), judged, charged);
  }

  function mayJudge(found: CachedCredential, overtaken: number): boolean {
    return cache.isCurrent(found) || overtaken === MAX_OVERTAKEN;
  }

  async function verifyUncached(token: string, index: string, request: ReadRequest): Promise<Verdict> {
    try {
      for (let overtaken = 0; ; overtaken++) {
        const found = await finder.find(token, index, request.ip);
        if (found === 'malformed') return refuseUnknown('malformed', request);
        if (found === 'unknown') return refuseUnknown('not_found', request);
        if (isGuessed(found)) return refuseGuess(found.retryAfterMs, request);
        if (mayJudge(found, overtaken)) {
          return await judge({ credential: found, request, now: clock.now() }, token);
        }
      }
    } catch (error) {
      const stale = staleVerdict(token, index, request);
      return stale === null ? unavailable(error, null) : { ...(await stale), degraded: true };
    }
  }

  /** The verdict by what was true when the store could be asked last; null where the operator did not want that. */
  function staleVerdict(token: string, index: string, request: ReadRequest): MaybePromise<Verdict> | null {
    const now = clock.now();
    if (coherence.lapsedMs() > staleIfErrorMs || staleIfErrorMs === 0) return null;
    const credential = cache.get(index);
    return credential === undefined ? null : judge({ credential, request, now }, token);
  }

  return {
    token(token, request) {
      const text = token instanceof Token ? token.reveal() : token;
      if (text === null || text === undefined || text === '') return refuseUnknown('missing', request);
      if (typeof text === 'string' && text.length < BLANK_MAX && text.trim() === '') return refuseUnknown('missing', request);
      if (typeof text !== 'string' || text.length > BOUNDS.tokenLength) return refuseUnknown('malformed', request);
      const index = cacheIndex(text);
      const now = clock.now();
      const cached = coherence.mayServe() ? cache.get(index) : undefined;
      if (cached === undefined) {
        statistics.cacheMisses++;
        return verifyUncached(text, index, request);
      }
      statistics.cacheHits++;
      return judge({ credential: cached, request, now }, text);
    },
    async secret(secretId, request) {
      try {
        for (let overtaken = 0; ; overtaken++) {
          const found = await finder.inspectSecret(secretId);
          // Nobody guesses the id of a secret: it is not counted as a guess.
          if (found === null) return refuseUnknown('not_found', { ...request, ip: undefined });
          if (mayJudge(found, overtaken)) {
            return await judge({ credential: found, request, now: clock.now() }, { secretId });
          }
        }
      } catch (error) {
        return unavailable(error, null);
      }
    },
  };
}

interface Judged {
  readonly credential: CachedCredential;
  readonly request: ReadRequest;
  readonly now: number;
}

/** An unknown token that the throttle was asked about. */
interface Counted {
  readonly retryAfterMs: number | null;
  readonly request: ReadRequest;
  readonly now: number;
}

const GUESSING = 'Too many unknown API keys came from this address. Wait before trying another.';

/** The verdicts, each counted where it is made. */
function createRecording({ clock, statistics, throttle, usage }: VerifyParts) {
  function record(keyId: string | null, refused: Refusal, now: number): Refusal {
    statistics.verifications[refused.code]++;
    usage.count(keyId, refused.code, now);
    return refused;
  }

  function refuseCounted(code: RefusalCode, { retryAfterMs, request, now }: Counted): Refusal {
    const about = { credential: null, request, now };
    if (retryAfterMs === null) return record(null, refusal(code, about), now);
    return record(null, { ...refusal('rate_limited', about), message: GUESSING, retryAfterMs }, now);
  }

  return {
    admit({ credential, request, now }: Judged, charged: ChargeOutcome): ValidVerdict {
      statistics.verifications.valid++;
      usage.countUse(credential, request, now);
      return {
        valid: true,
        code: 'valid',
        key: toVerifiedKey(credential),
        secretId: credential.secretId,
        limits: charged.readings,
        credits: charged.credits ?? null,
        degraded: charged.degraded,
      };
    },

    refuse(code: RefusalCode, judged: Judged, charged?: ChargeOutcome): Refusal {
      return record(judged.credential.id, chargedRefusal(refusal(code, judged), charged), judged.now);
    },

    refuseUnknown(code: 'missing' | 'malformed' | 'not_found', request: ReadRequest): Refusal {
      const now = clock.now();
      const retryAfterMs = code === 'not_found' && request.ip !== undefined ? throttle.count(request.ip, now) : null;
      return refuseCounted(code, { retryAfterMs, request, now });
    },

    /** For a token that was counted as a guess before it was tried. */
    refuseGuess(retryAfterMs: number | null, request: ReadRequest): Refusal {
      return refuseCounted('not_found', { retryAfterMs, request, now: clock.now() });
    },

    /** For a part that did not answer. Any other error is one of ours, and is thrown on. */
    unavailable(error: unknown, credential: CachedCredential | null): Refusal {
      if (!(error instanceof UnavailableError)) throw error;
      if (error.dependency === 'store') statistics.storeFailures++;
      if (error.dependency === 'limiter') statistics.limiterFailures++;
      const now = clock.now();
      const refused = { ...refusal('unavailable', { credential, request: null, now }), message: error.message, degraded: true };
      return record(credential?.id ?? null, refused, now);
    },
  };
}

/** A refusal with how the limits stand, where they were what refused. */
export function chargedRefusal(refused: Refusal, charged: ChargeOutcome | undefined): Refusal {
  if (charged === undefined) return refused;
  const { readings, retryAfterMs, degraded } = charged;
  return {
    ...refused,
    degraded,
    ...(refusedBy(charged) === 'rate_limited' && { limits: readings }),
    ...(retryAfterMs !== null && { retryAfterMs }),
  };
}
