/**
 * JWTs of the host's users, beside API keys: who a signed token says is calling, after RFC 7519 and RFC 8725.
 *
 * Owns the checks of a token and of the keys that sign it. Issues none, stores none, and knows nothing of API keys or
 * of HTTP answers. Needs the package `jose`, and nothing of Node: it works in workers too.
 */
export {
  createJwtVerifier,
  type JwtRefusal,
  type JwtRefusalReason,
  type JwtVerification,
  type JwtVerifier,
  type VerifiedJwt,
} from './create-jwt-verifier.js';
export type { JwtOptions } from './jwt-options.js';
export type { JwtClock } from './machine-clock.js';
