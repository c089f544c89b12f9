/** A dry run: the same rules as a verification, each step told, nothing charged, recorded or rewritten. */
import { BOUNDS } from '../../domain/bounds.js';
import { cacheIndex } from '../../domain/credential-digest.js';
import { decideAccess, decideExpiry, decideState, environmentAllowed } from '../../domain/decide.js';
import { ipAllowed } from '../../domain/ip-rules.js';
import { lackingScopes } from '../../domain/scopes.js';
import { toIso } from '../../domain/time.js';
import type { CallContext } from '../../domain/actor.js';
import { Token } from '../../domain/token.js';
import type { RefusalCode, Verdict, VerdictStep } from '../../domain/verdict.js';
import type { KeyStore } from '../../ports/key-store.js';
import type { Charge, Consumption } from '../../ports/limiter.js';
import { type CachedCredential, toVerifiedKey } from '../cache/cached-credential.js';
import { inspectKey } from './key-limits.js';
import { refusalMessage } from './refusal-message.js';
import { refusal } from './refuse.js';
import { chargesOf, type CallChargingParts } from './charge-call.js';
import { isOutOfBounds } from './verify-request.js';
import { chargedRefusal, type VerifyParts } from './verify-key.js';
import type { ReadRequest } from './verify-request.js';

type StepName = VerdictStep['step'];

export type ExplainParts = Pick<VerifyParts, 'clock' | 'cache' | 'coherence' | 'finder'> &
  Pick<CallChargingParts, 'limiter' | 'credits'> & { readonly keys: KeyStore };

export interface Explain {
  token(token: string | Token | null | undefined, request: ReadRequest): Promise<Verdict>;
  /** For the token that is a key's current one. Rejects with a NotFoundError. */
  key(id: string, request: ReadRequest, context: CallContext): Promise<Verdict>;
}

/** Both reject with an UnavailableError where a part that must be asked does not answer. */
export function createExplain(parts: ExplainParts): Explain {
  return {
    async token(presented, request) {
      const telling = startTelling(request, parts.clock.now());
      const { tell, refuse } = telling;
      const token = presented instanceof Token ? presented.reveal() : presented;
      if (token === null || token === undefined || (typeof token === 'string' && token.trim() === ''))
        return refuse('presented', 'missing');
      tell('presented', true, 'A token was presented.');
      if (typeof token !== 'string' || token.length > BOUNDS.tokenLength) return refuse('format', 'malformed');
      const cached = parts.coherence.mayServe() ? parts.cache.get(cacheIndex(token)) : undefined;
      const credential = cached ?? (await parts.finder.inspect(token));
      if (credential === 'malformed') return refuse('format', 'malformed');
      tell('format', true, 'The format and the checksum are right.');
      if (credential === 'unknown' || isOutOfBounds(credential, request)) return refuse('known', 'not_found');
      tell('known', true, `It is a token of the key ${credential.id}.`);
      return explainCredential(parts, credential, telling);
    },
    async key(id, request, context) {
      const { credential } = await inspectKey(parts, id, context);
      const telling = startTelling(request, parts.clock.now());
      telling.tell('known', true, `It is the current token of the key ${id}.`);
      return explainCredential(parts, credential, telling);
    },
  };
}

interface Telling {
  readonly request: ReadRequest;
  readonly now: number;
  readonly steps: VerdictStep[];
  tell(step: StepName, passed: boolean, detail: string): void;
  refuse(step: StepName, code: RefusalCode, credential?: CachedCredential): Verdict;
}

function startTelling(request: ReadRequest, now: number): Telling {
  const steps: VerdictStep[] = [];
  const tell = (step: StepName, passed: boolean, detail: string): void => void steps.push({ step, passed, detail });
  return {
    request,
    now,
    steps,
    tell,
    refuse(step, code, found) {
      const credential = found ?? null;
      tell(step, false, refusalMessage(code, { credential, request, now }));
      return { ...refusal(code, { credential, request, now }), steps };
    },
  };
}

async function explainCredential(parts: ExplainParts, credential: CachedCredential, telling: Telling): Promise<Verdict> {
  const { request, now, steps, tell, refuse } = telling;
  const state = decideState(credential, now);
  if (state !== null) return refuse('state', state, credential);
  tell('state', true, 'The secret is in use; the key is neither revoked nor disabled, and its owner is not suspended.');
  if (decideExpiry(credential, now) !== null) return refuse('expiry', 'expired', credential);
  tell('expiry', true, credential.expiresAt === null ? 'The key does not expire.' : `The key expires ${toIso(credential.expiresAt)}.`);
  const access = tellAccess(credential, request, tell);
  if (access !== null) return refuse(access, decideAccess(credential.profile, request) ?? 'ip_denied', credential);
  return explainCounting(parts, credential, { request, now, steps });
}

/** Tells of environment, address and scopes up to the first that refuses, which is returned. */
function tellAccess(
  { profile }: CachedCredential,
  request: ReadRequest,
  tell: Telling['tell'],
): 'environment' | 'address' | 'scopes' | null {
  if (!environmentAllowed(profile.environment, request.environment)) return 'environment';
  tell('environment', true, `The environment ${profile.environment} is right.`);
  if (profile.ipRules.length > 0 && !ipAllowed(profile.ipRules, request.ip)) return 'address';
  tell('address', true, profile.ipRules.length === 0 ? 'The key may be used from anywhere.' : 'The address is among those allowed.');
  const { scopes = [], anyScope } = request;
  if (Object.keys(lackingScopes(profile.scopes, request)).length > 0) return 'scopes';
  const all = scopes.length === 0 ? [] : [`The key holds ${scopes.join(', ')}.`];
  const any = anyScope === undefined ? [] : [`The key holds at least one of ${anyScope.join(', ')}.`];
  tell('scopes', true, [...all, ...any].join(' ') || 'No scope was asked for.');
  return null;
}

/** Limits and credits, looked at without charging. */
async function explainCounting(
  { limiter, credits }: ExplainParts,
  credential: CachedCredential,
  { request, now, steps }: { request: ReadRequest; now: number; steps: VerdictStep[] },
): Promise<Verdict> {
  const charges = chargesOf(credential, request);
  const consumption = await limiter.peek(charges, request.cost, now);
  if (!consumption.allowed) {
    const refused = chargedRefusal(refusal('rate_limited', { credential, request, now }), consumption);
    steps.push({ step: 'limits', passed: false, detail: refused.message });
    return { ...refused, steps };
  }
  steps.push({ step: 'limits', passed: true, detail: roomOf(charges, consumption) });
  const outcome = credential.profile.hasCredits ? await credits.peekCredits(credential.id, request.cost, now) : null;
  if (outcome !== null && !outcome.spent) {
    const refused = refusal('credits_exhausted', { credential, request, now });
    steps.push({ step: 'credits', passed: false, detail: refused.message });
    return { ...refused, steps };
  }
  steps.push({ step: 'credits', passed: true, detail: outcome === null ? 'The key has no budget of credits.' : 'The credits suffice.' });
  return {
    valid: true,
    code: 'valid',
    key: toVerifiedKey(credential),
    secretId: credential.secretId,
    limits: consumption.readings,
    credits: outcome?.remaining ?? null,
    degraded: consumption.degraded,
    steps,
  };
}

function roomOf(charges: readonly Charge[], { degraded }: Consumption): string {
  if (charges.length === 0) return 'No limit applies.';
  return degraded
    ? 'Limits cannot be counted as usual for the time being; the policy for that lets the call pass.'
    : 'Every limit has room.';
}
