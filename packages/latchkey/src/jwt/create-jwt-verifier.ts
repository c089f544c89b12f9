import { errors, importSPKI, jwtVerify, type CryptoKey, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { BOUNDS } from '../domain/bounds.js';
import { normaliseOwnerId } from '../domain/text.js';
import { readJwtOptions, type JwtKeySource, type JwtOptions, type JwtSettings } from './jwt-options.js';
import { createRemoteKeySet, KeysUnavailableError } from './remote-key-set.js';

/** Why a token was refused, for the host's log: a caller is told no more than that it was. */
export type JwtRefusalReason =
  | 'malformed'
  | 'algorithm'
  | 'unknown_key'
  | 'signature'
  | 'expired'
  | 'not_yet_valid'
  | 'issuer'
  | 'audience'
  | 'claims'
  | 'unavailable';

export interface VerifiedJwt {
  readonly ok: true;
  /** The owner's claim. */
  readonly ownerId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds from which on the token is refused: its `exp` and the tolerated skew. */
  readonly expiresAt: number;
}

export interface JwtRefusal {
  readonly ok: false;
  /** `unavailable`: the issuer's keys could not be had, and nothing is said of the token. */
  readonly reason: JwtRefusalReason;
}

export type JwtVerification = VerifiedJwt | JwtRefusal;

/** Never rejects: whatever the token is, the outcome is a value. */
export type JwtVerifier = (token: string) => Promise<JwtVerification>;

/** RFC 7515 section 7.1: three parts, none of them empty. A JWE has five; an unsigned token has no third. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Says whose a JWT is: signed with a configured key by a pinned algorithm, by the issuer, for this audience, with an `exp` that
 * lies ahead. Throws a ConfigurationError for options that cannot work.
 *
 * @example
 * const jwt = createJwtVerifier({ jwksUrl: 'https://id.example/jwks', issuer: 'https://id.example/', audience: 'articles' });
 */
export function createJwtVerifier(options: JwtOptions): JwtVerifier {
  const settings = readJwtOptions(options);
  const keyOf = createKeySource(settings.source, settings);
  return async (token) => {
    if (typeof token !== 'string' || token.length > BOUNDS.jwtLength || !COMPACT.test(token)) return refused('malformed');
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: settings.algorithms,
        issuer: settings.issuer,
        audience: settings.audience,
        requiredClaims: settings.requiredClaims,
        clockTolerance: settings.toleranceSeconds,
        currentDate: new Date(settings.clock.now()),
        ...(settings.typ !== undefined && { typ: settings.typ }),
      });
      return readClaims(payload, settings);
    } catch (error) {
      return refused(reasonOf(error));
    }
  };
}

function createKeySource(source: JwtKeySource, { clock }: JwtSettings): JWTVerifyGetKey {
  switch (source.kind) {
    case 'jwks':
      return createRemoteKeySet(source.url, clock);
    case 'secret':
      return async () => source.bytes;
    case 'public': {
      const imported = new Map<string, Promise<CryptoKey>>();
      // Only asked for algorithms that were pinned.
      return async ({ alg }) => {
        const key = imported.get(alg) ?? importSPKI(source.pem, alg);
        imported.set(alg, key);
        return key;
      };
    }
  }
}

function readClaims(claims: JWTPayload, { ownerClaim, toleranceSeconds }: JwtSettings): JwtVerification {
  const subject = Object.hasOwn(claims, ownerClaim) ? claims[ownerClaim] : undefined;
  const owner = typeof subject === 'string' ? normaliseOwnerId(subject) : null;
  // Two subjects that are written differently must not become one owner.
  if (owner === null || !owner.ok || owner.value !== subject) return refused('claims');
  const expiresAt = ((claims.exp ?? Number.NaN) + toleranceSeconds) * 1_000;
  if (!(expiresAt <= Number.MAX_SAFE_INTEGER)) return refused('claims');
  return { ok: true, ownerId: owner.value, claims, expiresAt };
}

function reasonOf(error: unknown): JwtRefusalReason {
  if (error instanceof KeysUnavailableError) return 'unavailable';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return claimReason(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'unknown_key';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  return 'signature';
}

function claimReason(claim: string): JwtRefusalReason {
  switch (claim) {
    case 'iss':
      return 'issuer';
    case 'aud':
      return 'audience';
    case 'nbf':
      return 'not_yet_valid';
    default:
      return 'claims';
  }
}

function refused(reason: JwtRefusalReason): JwtRefusal {
  return { ok: false, reason };
}
