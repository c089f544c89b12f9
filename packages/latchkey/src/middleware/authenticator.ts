import { ConfigurationError } from '../domain/errors.js';
import type { Names } from '../domain/names.js';
import type { ValidVerdict } from '../domain/verdict.js';
import { publicRefusal, readCredential, tokenRefusal } from '../edge/index.js';
import type { JwtVerification, JwtVerifier } from '../jwt/index.js';
import type { Verifier } from '../ports/verifier.js';
import { createGuard, denial, answerPreflight, refuseOverflow, type Denial, type Guard, type GuardRequest } from './guard.js';
import type { GuardOptions } from './guard-options.js';
import { readGuardOptions, type GuardSettings } from './read-guard-options.js';

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
  const { jwt, anonymous = false, ...guardOptions } = options;
  if (typeof jwt !== 'function') throw new ConfigurationError(['jwt: use what createJwtVerifier gives.']);
  if (typeof anonymous !== 'boolean') throw new ConfigurationError(['anonymous: use true or false.']);
  const guard: Guard<Native> = createGuard(verifier, guardOptions);
  const settings = readGuardOptions<Native>(guardOptions);
  return async (request) => {
    const overflow = refuseOverflow(request, settings);
    if (overflow !== null) return overflow;
    const preflight = answerPreflight(request, settings);
    if (preflight !== null) return preflight.admitted ? ANONYMOUS : preflight;
    const presented = readPresented(request, settings);
    if (presented.kind === 'jwt') return admitJwt(jwt, presented.token, { request, settings });
    if (presented.kind === 'nothing' && anonymous) return ANONYMOUS;
    const decision = await guard(request);
    if (!decision.admitted) return decision;
    const { verdict, degraded, headers } = decision;
    if (verdict === null && !degraded) return ANONYMOUS;
    const key = verdict?.key;
    return { admitted: true, auth: { method: 'api_key', keyId: key?.id ?? null, ownerId: key?.owner ?? null, verdict }, degraded, headers };
  };
}

/** A preflight, which carries no credential, is nobody’s as well. */
const ANONYMOUS: AuthenticatorDecision = Object.freeze({
  admitted: true,
  auth: Object.freeze({ method: 'anonymous', keyId: null, ownerId: null }),
  degraded: false,
  headers: Object.freeze({}),
});

type Presented = { readonly kind: 'jwt'; readonly token: string } | { readonly kind: 'nothing' } | { readonly kind: 'other' };

const JWT_SHAPE = /^[^.]*\.[^.]*\.[^.]*$/;

/** What is ambiguous or malformed is `other`: the guard refuses it. */
function readPresented<Native>({ headerValues, query }: GuardRequest<Native>, { credentials }: GuardSettings<Native>): Presented {
  const reading = readCredential({ headerValues, queries: [query] }, credentials);
  if (reading.kind === 'missing') return { kind: 'nothing' };
  if (reading.kind !== 'token' || !JWT_SHAPE.test(reading.token)) return { kind: 'other' };
  const withoutBearer = (name: string): readonly string[] => (name === 'authorization' ? [] : headerValues(name));
  const elsewhere = readCredential({ headerValues: withoutBearer, queries: [query] }, credentials);
  return elsewhere.kind === 'missing' ? { kind: 'jwt', token: reading.token } : { kind: 'other' };
}

async function admitJwt<Native>(
  jwt: JwtVerifier,
  token: string,
  { request: { native }, settings }: { readonly request: GuardRequest<Native>; readonly settings: GuardSettings<Native> },
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
    return outcome;
  } catch (error) {
    onFailure(error);
    return { ok: false, reason: 'unavailable' };
  }
}
