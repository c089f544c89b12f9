/**
 * The edge: how an HTTP request presents a token, and what a caller is told of the verdict.
 *
 * Owns the reading of credentials, headers and queries, the bound on header fields, the public form of a refusal, and the
 * headers of rate limits and identity. It passes on what the domain knows of callers' addresses, of tokens in text, of bodies
 * and of verdicts in JSON. Pure and free of any framework, so that every middleware and the service give the same answers. Does
 * not verify anything, and knows nothing of stores or of the engine.
 */
export { fetchHeaderValues, isJsonType, rawHeaderValues, readIdempotencyKey, type HeaderValues } from './header-values.js';
export { ifMatchOption, refuseIfMatch, refuseIfNoneMatch } from './if-match.js';
export { queryOf, readQuery } from './read-query.js';
export { readCredential, type CredentialReading, type CredentialSources, type RequestView } from './read-credential.js';
export { encodeHeaderText, IDENTITY_HEADERS, identityHeaders } from './identity-headers.js';
export {
  credentialRefusal,
  MAX_HEADER_FIELDS,
  publicRefusal,
  QUERY_KEY_HINT,
  requiredScopes,
  TOO_MANY_HEADERS,
  tokenRefusal,
  type PublicRefusal,
  type PublicRefusalCode,
  type RefusedScopes,
  type RefusalOptions,
} from './public-refusal.js';
export { readAddress, type CallerAddress } from '../domain/caller-address.js';
export { addressGroup, ipAllowed, parseIpRule } from '../domain/ip-rules.js';
export { estimateSecretBits, ONLINE_SECRET_BITS } from '../domain/secret-strength.js';
export { readWithin } from '../domain/utilities/read-within.js';
export { containsToken } from '../domain/token.js';
export { wireKey, wireVerdict } from '../domain/wire-verdict.js';
export { RATE_LIMIT_HEADERS, rateLimitHeaders } from './rate-limit-headers.js';
