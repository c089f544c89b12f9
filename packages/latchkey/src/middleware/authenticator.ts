import { ConfigurationError } from '../domain/errors.js';
import type { Names } from '../domain/names.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { ValidVerdict } from '../domain/verdict.js';
import { credentialRefusal, publicRefusal, readCredential, tokenRefusal, type CredentialSources, type RequestView } from '../edge/index.js';
import type { JwtVerification, JwtVerifier } from '../jwt/index.js';
import type { Verifier } from '../ports/verifier.js';
import { createGuard, denial, answerPreflight, refuseOverflow, type Denial, type Guard, type GuardRequest } from './guard.js';
import type { GuardOptions } from './guard-options.js';
import { GUARD_OPTIONS, readGuardOptions, type GuardSettings } from './read-guard-options.js';

/**
 * Who calls. Under `api_key`, `keyId` and `ownerId` are null only where `verdict` is: where the request passed unverified, under
 * `onUnavailable: 'allow'`.
 */
export type Authentication =
  | { readonly method: 'api_key'; readonly keyId: string | null; readonly ownerId: string | null; readonly verdict: ValidVerdict | null }
  | {
      readonly method: 'jwt';
      readonly keyId: null;
      readonly ownerId: string;
      readonly claims: Readonly<Record<string, unknown>>;
      /** Epoch milliseconds. */
      readonly expiresAt: number;
    }
  | { readonly method: 'anonymous'; readonly keyId: null; readonly ownerId: null };

/** Scopes, environment, cost and limits are of API keys alone: what a JWT may do, the host reads off its claims. */
export interface AuthenticateOptions<Native, N extends Names = Names> extends GuardOptions<Native, N> {
  /** From `createJwtVerifier` of `latchkey/jwt`. */
  readonly jwt: JwtVerifier;
  /**
   * Takes API keys as well; by default true. With `false` only a JWT in `Authorization: Bearer` passes, and nothing else is looked
   * at: a guard on the same route with `credentials: { authorization: false }` demands a key beside it. Options of API keys then
   * belong to that guard.
   */
  readonly apiKeys?: boolean | undefined;
  /** Whether a request that presents nothing passes; by default it is a 401. One whose token is refused never passes. */
  readonly anonymous?: boolean | undefined;
}

export type AuthenticatorDecision =
  | Denial
  | {
      readonly admitted: true;
      readonly auth: Authentication;
      readonly degraded: boolean;
      /** Those of limits: empty but for API keys. */
      readonly headers: Readonly<Record<string, string>>;
    };

/** Rejects only where a guard does. */
export type Authenticator<Native> = (request: GuardRequest<Native>) => Promise<AuthenticatorDecision>;

/**
 * Decides, for any framework, who calls. A Bearer value with two dots is a JWT; every other token, and any that comes in another
 * way, is an API key (so a key from elsewhere that has two dots goes into `X-API-Key`). Throws a ConfigurationError for options
 * that cannot work.
 */
export function createAuthenticator<Native, N extends Names = Names>(
  verifier: Verifier<N>,
  options: AuthenticateOptions<Native, N>,
): Authenticator<Native> {
  const unknown = optionProblems(options, OPTIONS);
  if (unknown.length > 0) throw new ConfigurationError(unknown);
  const { jwt, anonymous = false, apiKeys = true, ...guardOptions } = options;
  if (typeof jwt !== 'function') throw new ConfigurationError(['jwt: use what createJwtVerifier gives.']);
  if (typeof anonymous !== 'boolean') throw new ConfigurationError(['anonymous: use true or false.']);
  if (typeof apiKeys !== 'boolean') throw new ConfigurationError(['apiKeys: use true or false.']);
  checkSources(guardOptions, apiKeys);
  const guard: Guard<Native> = createGuard(verifier, guardOptions);
  const settings = readGuardOptions<Native>(guardOptions);
  return async (request) => {
    const overflow = refuseOverflow(request, settings);
    if (overflow !== null) return overflow;
    const preflight = answerPreflight(request, settings);
    if (preflight !== null) return preflight.admitted ? ANONYMOUS : preflight;
    const reading = readCredential(viewOf(request, apiKeys), apiKeys ? settings.credentials : BEARER_ALONE);
    if (reading.kind === 'missing' && anonymous) return ANONYMOUS;
    const { native } = request;
    if (reading.kind !== 'token' && !apiKeys) return denial(credentialRefusal(reading, settings), settings, { native, headers: {} });
    if (reading.kind === 'token' && (!apiKeys || isJwt(reading.token, { request, settings })))
      return admitJwt(jwt, reading.token, { request, settings });
    // The guard refuses what is malformed or ambiguous.
    const decision = await guard(request);
    if (!decision.admitted) return decision;
    const { verdict, degraded, headers } = decision;
    if (verdict === null && !degraded) return ANONYMOUS;
    const key = verdict?.key;
    return { admitted: true, auth: { method: 'api_key', keyId: key?.id ?? null, ownerId: key?.owner ?? null, verdict }, degraded, headers };
  };
}

const OPTIONS: Readonly<Record<keyof AuthenticateOptions<unknown>, true>> = { ...GUARD_OPTIONS, jwt: true, apiKeys: true, anonymous: true };

/** A preflight, which carries no credential, is nobody’s as well. */
const ANONYMOUS: AuthenticatorDecision = Object.freeze({
  admitted: true,
  auth: Object.freeze({ method: 'anonymous', keyId: null, ownerId: null }),
  degraded: false,
  headers: Object.freeze({}),
});

const BEARER_ALONE: CredentialSources = Object.freeze({ headers: [] });

/** A key in the URL is no business of a layer that takes none. */
function viewOf({ headerValues, query }: GuardRequest<unknown>, apiKeys: boolean): RequestView {
  return { headerValues, queries: apiKeys ? [query] : [] };
}

interface Asked<Native> {
  readonly request: GuardRequest<Native>;
  readonly settings: GuardSettings<Native>;
}

const JWT_SHAPE = /^[^.]*\.[^.]*\.[^.]*$/;

/** Recognises a token that has the shape of a JWT, and came as Bearer and in no other way. */
function isJwt<Native>(token: string, { request: { headerValues, query }, settings }: Asked<Native>): boolean {
  if (!JWT_SHAPE.test(token)) return false;
  const elsewhere = { ...settings.credentials, authorization: false };
  return readCredential({ headerValues, queries: [query] }, elsewhere).kind === 'missing';
}

const OF_KEYS = ['scopes', 'anyScope', 'environment', 'cost', 'limits', 'resource', 'credentials', 'address', 'onUnavailable'] as const;

function checkSources<Native>(options: GuardOptions<Native>, apiKeys: boolean): void {
  if (apiKeys && options.credentials?.authorization === false) {
    throw new ConfigurationError([
      'credentials.authorization: a JWT comes in that header. Set apiKeys: false here, and demand the key by a guard of its own.',
    ]);
  }
  const given = apiKeys ? [] : OF_KEYS.filter((name) => options[name] !== undefined);
  if (given.length > 0)
    throw new ConfigurationError(given.map((name) => `${name}: it is about API keys; give it to the guard that demands one.`));
}

async function admitJwt<Native>(
  jwt: JwtVerifier,
  token: string,
  { request: { native }, settings }: Asked<Native>,
): Promise<AuthenticatorDecision> {
  const { realm } = settings;
  const outcome = await verifyJwt(jwt, token, (error) => settings.onFailure?.(error, native));
  if (outcome.ok) {
    const { ownerId, claims, expiresAt } = outcome;
    return { admitted: true, auth: { method: 'jwt', keyId: null, ownerId, claims, expiresAt }, degraded: false, headers: {} };
  }
  // Without the issuer's keys nobody is let in, whatever `onUnavailable` says of API keys.
  if (outcome.reason === 'unavailable') {
    const refusal = { ...publicRefusal({ code: 'unavailable' }), message: 'Tokens cannot be checked at the moment. Try again shortly' };
    return denial(refusal, settings, { native, headers: { 'Retry-After': '1' } });
  }
  return denial(tokenRefusal({ realm }), settings, { native, headers: {} });
}

async function verifyJwt(jwt: JwtVerifier, token: string, onFailure: (error: unknown) => void): Promise<JwtVerification> {
  try {
    const outcome: JwtVerification | undefined = await jwt(token);
    if (typeof outcome?.ok !== 'boolean') throw new TypeError('The verifier of JWTs gave no outcome.');
    if (outcome.ok && (typeof outcome.ownerId !== 'string' || outcome.ownerId === ''))
      throw new TypeError('The verifier of JWTs named no owner.');
    return outcome;
  } catch (error) {
    onFailure(error);
    return { ok: false, reason: 'unavailable' };
  }
}
