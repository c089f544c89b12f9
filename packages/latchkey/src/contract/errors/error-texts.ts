/**
 * The table of errors for people: what each code means and what to do about it. Apart from `errors.ts` because the client carries
 * that table into browsers and Workers, and reads none of these texts.
 */
import type { ErrorCode, RefusalCode } from './errors.js';

/** Full sentences: what happened, then what to do. */
interface ErrorText {
  readonly meaning: string;
  readonly remedy: string;
}

const NARROW =
  'Narrow the query: search for a whole id, a hint or at least three characters of a name, or choose an owner or a shorter span of time.';

/** What each code means and its remedy, as Markdown without links. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode, ErrorText>> = {
  invalid_input: {
    meaning:
      'A field, a query parameter or a header is wrong, unknown or given twice. Nothing was changed. `issues` (over HTTP: `errors`) names each place (RFC 6901 pointer) and what would be right.',
    remedy: 'Correct the named fields. `/openapi.json` has the shapes.',
  },
  not_found: {
    meaning: 'No key, secret, owner, tier, event or link has this id, or it belongs to another owner: the two look the same.',
    remedy: 'Check the id.',
  },
  forbidden: {
    meaning:
      'The caller may not do this, or would grant more than it holds. `missingScopes` names missing scopes. Over HTTP, `unauthenticated` of the error is true when the service does not know the caller (401).',
    remedy: 'Use the admin key or an operator token with the scopes. Sign in again where `unauthenticated` is true.',
  },
  rate_limited: {
    meaning:
      'A rate limit is exceeded: of the API key, of unknown tokens from one IP address, or of the changes and sessions of one owner in an hour. Nothing was changed.',
    remedy: 'Wait for `retryAfterMs` (`Retry-After`). An operator can raise the limits, or `changesPerHour` of the self-service policy.',
  },
  unavailable: {
    meaning:
      'A part did not answer: `dependency` is `store`, `limiter`, `hashing` or `service`. It is unknown whether a change took effect or a verification was charged.',
    remedy: 'Try again after `retryAfterMs` (`Retry-After`), with the same idempotency key where the call takes one.',
  },
  timed_out: {
    meaning: 'A list, a search or a count took longer than reads may (5 s) and was ended. The store works; the read changed nothing.',
    remedy: NARROW,
  },
  configuration: {
    meaning: 'Latchkey cannot run with this configuration. `problems` lists everything that is wrong.',
    remedy: 'Change the named settings. `latchkey doctor` checks them.',
  },

  key_revoked: { meaning: 'The key is revoked permanently.', remedy: 'Create a new key.' },
  key_expired: { meaning: 'The key has expired permanently.', remedy: 'Create a new key.' },
  rotated_meanwhile: {
    meaning: 'Another caller rotated the key first.',
    remedy: 'Read the key again, and rotate it only if that is still needed.',
  },
  count_changed: {
    meaning: 'The filter admits another number of keys than the call expects, or one of them changed after it was counted.',
    remedy: 'Count the keys again with `dryRun`, look at them, and confirm the new number.',
  },
  current_secret: {
    meaning: 'The secret to retire is the current secret of the key.',
    remedy: 'Rotate the key without a grace period, or revoke or disable the key.',
  },
  too_many_keys: {
    meaning: 'The owner has as many live keys as its `maxKeys` allows.',
    remedy: 'Revoke a key, or raise `maxKeys` of the owner.',
  },
  too_many_secrets: {
    meaning: 'The key already has 5 valid tokens.',
    remedy: 'Retire an old token, or rotate the key without a grace period.',
  },
  tier_in_use: { meaning: 'Keys that are not revoked have the tier.', remedy: 'Move these keys to another tier first.' },
  tier_is_configured: {
    meaning: 'The configuration declares the tier.',
    remedy: 'Change the tier in the configuration, then restart.',
  },
  already_imported: {
    meaning: 'A key has this token, or this secret, already.',
    remedy: 'Leave it out of the import, or choose another token.',
  },
  precondition_failed: {
    meaning: 'The key or the owner no longer has the version that `If-Match` (`ifMatch`) names. Nothing was changed.',
    remedy: 'Read the key again, and make the change with its new version if it is still needed.',
  },
  idempotency_key_reused: {
    meaning: 'The idempotency key was used for another request.',
    remedy: 'Use a new idempotency key for each request.',
  },

  missing: {
    meaning: 'The request has no credentials.',
    remedy:
      'Send `X-Admin-Key`, or `Authorization: Bearer <operator token>`; to forward-auth and to a guarded route, the API key; to `/v1/me`, a JWT. Or sign in.',
  },
  malformed: {
    meaning: 'The `Authorization` header has the wrong shape, two credentials differ, or the key is in the URL.',
    remedy: 'Send one `Authorization: Bearer <token>`.',
  },
  invalid: {
    meaning: 'The token is not accepted.',
    remedy: 'Use an active key; an operator sees the precise reason. At `/v1/me`, sign in again.',
  },
  expired: { meaning: 'The API key has expired.', remedy: 'Use another key.' },
  session_missing: {
    meaning: 'The browser has no session, or its session has ended: by time, by sign-out, or with the credential that opened it.',
    remedy: 'Sign in.',
  },
  wrong_environment: { meaning: 'The API key is for another environment.', remedy: 'Use a key of the right environment.' },
  ip_denied: {
    meaning: 'The IP allowlist of the key does not contain the IP address of the caller.',
    remedy: 'Call from an allowed IP address.',
  },
  insufficient_scope: {
    meaning: 'The API key or the operator token lacks a scope, or holds none of several. `missingScopes` names what it lacks.',
    remedy: 'Use a key that has the scope.',
  },
  admin_key_invalid: { meaning: 'The admin key is wrong.', remedy: 'Send the value of `ADMIN_API_KEY`.' },
  admin_key_not_configured: {
    meaning: 'The service was started without `ADMIN_API_KEY`, so no admin key opens it.',
    remedy: 'Set `ADMIN_API_KEY` and restart, or use an operator token.',
  },
  csrf: {
    meaning: 'A request with the cookie of a session came from another site, or its body is not JSON.',
    remedy: 'Send the request from a page of the service. Programs use a token.',
  },
  credits_exhausted: { meaning: 'The API key has no credits left.', remedy: 'Add credits, or wait for the next refill.' },
  too_many_attempts: {
    meaning: 'Too many wrong admin keys, sign-ins or links came from this IP address.',
    remedy: 'Wait for `Retry-After`, then use the right credential.',
  },

  malformed_json: { meaning: 'The body is not JSON.', remedy: 'Send a JSON object.' },
  key_in_query: {
    meaning: 'The URL contains an API key, which logs and browser histories keep.',
    remedy: 'Rotate the key. Send tokens in a header; search for one by `POST /v1/keys/search`.',
  },
  several_hosts: {
    meaning: 'The request has more than one `Host` field (RFC 9112, section 3.2).',
    remedy: 'Send one `Host` field.',
  },
  route_not_found: {
    meaning: 'The service does not have this route.',
    remedy: 'Compare the path with the API description at `/docs`, unless the service has it switched off.',
  },
  method_not_allowed: {
    meaning: 'The route does not accept this method. `Allow` names the methods that it accepts.',
    remedy: 'Use one of these methods.',
  },
  body_too_large: {
    meaning: 'The body exceeds `LATCHKEY_BODY_LIMIT`; in a mounted self-service handler, 16 KiB.',
    remedy: 'Send a smaller body.',
  },
  unsupported_media_type: { meaning: 'The body is not declared as JSON.', remedy: 'Send `Content-Type: application/json`.' },
  too_many_headers: {
    meaning: 'The request has more than 200 header fields, or they are longer than 16 KiB.',
    remedy: 'Send fewer header fields.',
  },

  oidc_not_configured: {
    meaning: 'The service was started without `LATCHKEY_OIDC_ISSUER`.',
    remedy: 'Sign in another way, or configure the issuer.',
  },
  self_service_not_configured: {
    meaning: 'The service was started without `LATCHKEY_JWT_ISSUER`, so owners reach `/v1/me` only through the portal.',
    remedy: 'Open the portal by a link, or configure JWTs: see the guide to configuration.',
  },
  link_unknown: { meaning: 'The link was not found, or it ended long ago.', remedy: 'Ask for a new link.' },
  portal_open: {
    meaning: 'The portal of another owner is open in this browser. Nothing was changed, and the link was not used up.',
    remedy: 'Ask the person to confirm, then send `"replace": true` with the link.',
  },
  link_used: { meaning: 'The link has opened the portal before. A link works once.', remedy: 'Ask for a new link.' },
  link_expired: { meaning: 'The link was valid for ten minutes.', remedy: 'Ask for a new link.' },

  internal: {
    meaning: 'The service failed in an unexpected way. The answer gives no details.',
    remedy: 'Try again. If it fails again, look for `requestId` in the log of the service and report it.',
  },
};

/** What each refusal of a verification means and its remedy, as plain text: a trusted caller reads both as the verdict's `message`. */
export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, ErrorText>> = {
  missing: {
    meaning: 'No API key was presented.',
    remedy: 'Send it as Authorization: Bearer YOUR_API_KEY.',
  },
  malformed: {
    meaning: 'This is not an API key: its format or its checksum is wrong.',
    remedy: 'Check that it was copied whole.',
  },
  not_found: {
    meaning: 'No key has this token.',
    remedy: 'Check that this service issued it.',
  },
  revoked: {
    meaning: 'The key was revoked, or a rotation replaced this secret and its grace period is over.',
    remedy: 'Use the newest token of the key. Revocation is final: create another key.',
  },
  disabled: { meaning: 'The key is disabled.', remedy: 'Enable it to use it again.' },
  not_yet_active: { meaning: 'The key becomes active later.', remedy: 'Wait, or change its notBefore.' },
  owner_suspended: { meaning: 'The owner of the key is suspended.', remedy: 'Resume the owner to use its keys again.' },
  expired: { meaning: 'The key expired.', remedy: 'Create another key.' },
  wrong_environment: {
    meaning: 'The key is of another environment, or the token is an operator token.',
    remedy: 'Use a key of the right environment.',
  },
  ip_denied: {
    meaning: "The caller's IP address is not in the IP allowlist of the key, or is unknown.",
    remedy: 'Extend the allowlist. Behind a proxy, set LATCHKEY_TRUSTED_PROXIES.',
  },
  insufficient_scope: {
    meaning: 'The key lacks a scope that the call asks for, or holds none of several.',
    remedy: 'Give the key the scope.',
  },
  rate_limited: {
    meaning: 'A limit is reached.',
    remedy: 'Wait, or raise the limits of the tier, the key or the owner.',
  },
  credits_exhausted: {
    meaning: 'The credits of the key do not suffice for this call.',
    remedy: 'Add credits, or wait for the next refill.',
  },
  unavailable: { meaning: 'The key could not be checked.', remedy: 'Try again shortly.' },
};
