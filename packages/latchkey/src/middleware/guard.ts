import { environmentAllowed } from '../domain/decide.js';
import { ConfigurationError } from '../domain/errors.js';
import type { Names } from '../domain/names.js';
import { lackingScopes } from '../domain/scopes.js';
import type { ValidVerdict, Verdict } from '../domain/verdict.js';
import {
  credentialRefusal,
  MAX_HEADER_FIELDS,
  publicRefusal,
  rateLimitHeaders,
  readAddress,
  readCredential,
  TOO_MANY_HEADERS,
  type CallerAddress,
  requiredScopes,
  type PublicRefusal,
  type RefusedScopes,
} from '../edge/index.js';
import type { Verifier } from '../ports/verifier.js';
import type { GuardOptions } from './guard-options.js';
import { readGuardOptions, type GuardSettings } from './read-guard-options.js';
import { createVerifyOnce, type VerifyOutcome, type VerifyQuestion } from './verify-once.js';

/** What is looked at of a request. Its body never is. */
export interface GuardRequest<Native> {
  /** The same object in every layer that a request passes: by it the request is counted once. */
  readonly key: object;
  readonly native: Native;
  readonly method: string;
  /** Without the question mark. */
  readonly query: string;
  /** The caller's address as the framework has it; null where it should name one and does not. */
  readonly address?: CallerAddress;
  /** Every value sent under this lower-case name, once for each time that the header was sent. */
  readonly headerValues: (name: string) => readonly string[];
  /** How many header fields were sent, where the framework shows them all. */
  readonly fieldCount?: number | undefined;
}

export interface Admission {
  readonly admitted: true;
  /** Null where the request passed unverified: a preflight, or under `onUnavailable: 'allow'`. */
  readonly verdict: ValidVerdict | null;
  readonly degraded: boolean;
  /** To be set before the handler runs, so that its answer has them even if it streams or throws. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer in the handler's place: a refusal, or 204 for a preflight. */
export interface Denial {
  readonly admitted: false;
  readonly status: PublicRefusal['status'] | 204;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty with 204. */
  readonly body: string;
  readonly contentType: string;
  /** Null with 204. */
  readonly refusal: PublicRefusal | null;
}

export type GuardDecision = Admission | Denial;

/** Rejects only where the host's own functions throw or layers contradict each other: then nobody passes. */
export type Guard<Native> = (request: GuardRequest<Native>) => Promise<GuardDecision>;

/**
 * Decides, for any framework, whether a request may pass, and what it is answered if not. The verifier may be an
 * engine in this process or a client of one elsewhere. Throws a ConfigurationError for options that cannot work, a scope that the
 * verifier does not know among them.
 */
export function createGuard<Native, N extends Names = Names>(verifier: Verifier<N>, options: GuardOptions<Native, N> = {}): Guard<Native> {
  if (typeof verifier?.verify !== 'function') {
    throw new ConfigurationError(['verifier: use what createLatchkey or createClient gives.']);
  }
  const settings = readGuardOptions(options, verifier.scopes ?? null);
  const verifyOnce = createVerifyOnce(verifier);
  return async (request) => {
    const overflow = refuseOverflow(request, settings);
    if (overflow !== null) return overflow;
    const preflight = answerPreflight(request, settings);
    if (preflight !== null) return preflight;
    const view = { headerValues: request.headerValues, queries: [request.query] };
    const reading = readCredential(view, settings.credentials);
    const { native } = request;
    if (reading.kind !== 'token') return denial(credentialRefusal(reading, settings), settings, { native, headers: {} });
    const outcome = await verifyOnce(questionOf(request, reading.token, settings));
    return decide(outcome, settings, native);
  };
}

/** For middleware that hands requests on: what answers preflights comes after it. */
export function handingOn<Options extends Pick<GuardOptions<never>, 'preflight'>>(options: Options): Options {
  return { ...options, preflight: options.preflight ?? 'pass' };
}

const PREFLIGHT: Admission = Object.freeze({ admitted: true, verdict: null, degraded: false, headers: {} });
const ANSWERED_PREFLIGHT: Denial = Object.freeze({
  admitted: false,
  status: 204,
  headers: {},
  body: '',
  contentType: 'text/plain; charset=utf-8',
  refusal: null,
});
const LET_PASS: Admission = Object.freeze({ admitted: true, verdict: null, degraded: true, headers: {} });

/** Nobody knows what the header fields say that are not seen any more. */
export function refuseOverflow<Native>(
  { fieldCount = 0, native }: GuardRequest<Native>,
  settings: Pick<GuardSettings<Native>, 'problem'>,
): Denial | null {
  return fieldCount > MAX_HEADER_FIELDS ? denial(TOO_MANY_HEADERS, settings, { native, headers: {} }) : null;
}

/** Decides about a preflight that is not checked. Returns null for every other request. */
export function answerPreflight(
  request: GuardRequest<unknown>,
  { preflight }: Pick<GuardSettings<never>, 'preflight'>,
): GuardDecision | null {
  if (preflight === 'check' || !isPreflight(request)) return null;
  return preflight === 'pass' ? PREFLIGHT : ANSWERED_PREFLIGHT;
}

/** As the Fetch standard has it, section 4.8 (CORS-preflight fetch). */
function isPreflight({ method, headerValues }: GuardRequest<unknown>): boolean {
  return method === 'OPTIONS' && headerValues('origin').length > 0 && headerValues('access-control-request-method').length > 0;
}

function questionOf<Native>(asking: GuardRequest<Native>, token: string, settings: GuardSettings<Native>): VerifyQuestion {
  const { scopes, anyScope, environment, limits, resource, statesCharge } = settings;
  const { key, native, headerValues } = asking;
  const ip = settings.address === undefined ? addressOf(asking.address) : (addressOf(settings.address(native)) ?? null);
  const cost = settings.costOf(native);
  const request = { scopes, anyScope, environment, limits, resource, cost, ip, userAgent: headerValues('user-agent')[0] };
  return { key, token, request, statesCharge, onFailure: (error) => settings.onFailure?.(error, native) };
}

/** Undefined where a framework knows of none. What a host names and nobody can read counts, as null. */
function addressOf(address: CallerAddress): CallerAddress {
  if (address === undefined) return undefined;
  return typeof address === 'string' ? readAddress(address) : null;
}

function decide<Native>({ verdict, mayAllow }: VerifyOutcome, settings: GuardSettings<Native>, native: Native): GuardDecision {
  const standing = rateLimitHeaders(verdict, settings.now());
  const refused = refusalOf(verdict, settings);
  // Both are asked, so that no verdict, of whatever make, is taken for valid that does not say so.
  if (refused === null && verdict.valid) return { admitted: true, verdict, degraded: verdict.degraded, headers: standing };
  if (refused?.code === 'unavailable' && mayAllow && settings.onUnavailable === 'allow') return LET_PASS;
  const refusal = publicRefusal(refused ?? { code: 'unavailable' }, {
    realm: settings.realm,
    credentials: settings.credentials,
    requiredScopes: requiredScopes(settings),
  });
  const retryAfterMs = verdict.valid ? undefined : verdict.retryAfterMs;
  return denial(refusal, settings, { native, headers: headersOf(refusal, { standing, retryAfterMs }) });
}

/** With a 401 there are none: when a key becomes active, or what its limits are, would tell that there is such a key. */
function headersOf(
  { status }: PublicRefusal,
  { standing, retryAfterMs = 0 }: { readonly standing: Readonly<Record<string, string>>; readonly retryAfterMs: number | undefined },
): Readonly<Record<string, string>> {
  if (status === 401) return {};
  return status === 503 ? { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))), ...standing } : standing;
}

/** Judged by the verdict that is there, for it may be another layer's, which asked for less. */
function refusalOf<Native>(verdict: Verdict, settings: GuardSettings<Native>): RefusedScopes | null {
  if (!verdict.valid) return verdict;
  if (!environmentAllowed(verdict.key.environment, settings.environment ?? null)) return { code: 'wrong_environment' };
  const lacking = lackingScopes(verdict.key.scopes, settings);
  return Object.keys(lacking).length === 0 ? null : { code: 'insufficient_scope', ...lacking };
}

/** What a request is answered that is not let in. */
export function denial<Native>(
  refusal: PublicRefusal,
  settings: Pick<GuardSettings<Native>, 'problem'>,
  { native, headers }: { readonly native: Native; readonly headers: Readonly<Record<string, string>> },
): Denial {
  const { body, contentType } = settings.problem(refusal, native);
  const isText = typeof body === 'string';
  return {
    admitted: false,
    status: refusal.status,
    headers: {
      ...headers,
      'Cache-Control': 'no-store',
      ...(refusal.wwwAuthenticate !== null && { 'WWW-Authenticate': refusal.wwwAuthenticate }),
    },
    body: isText ? body : JSON.stringify(body),
    contentType: contentType ?? (isText ? 'text/plain; charset=utf-8' : 'application/json'),
    refusal,
  };
}
