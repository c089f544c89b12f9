/**
 * The table of errors: every code that an error or a problem document (RFC 9457) can have, declared once.
 *
 * The library, the client, the service, self-service, middlewares, the command line and the dashboard read class, status, title
 * and exit code from here; `error-texts.ts` holds what the reference page adds. Imports nothing: the types of the error classes
 * (`domain/errors.ts`) and of verdicts (`domain/verdict.ts`) derive from these tables.
 */

/** How the command line exits after an error of each class: names of its exit codes, which `latchkey --help` lists. */
export const EXITS = {
  InvalidInputError: 'usage',
  NotFoundError: 'refused',
  ConflictError: 'refused',
  ForbiddenError: 'forbidden',
  RateLimitedError: 'unreachable',
  UnavailableError: 'unreachable',
  TimedOutError: 'unreachable',
  ConfigurationError: 'usage',
} as const;

export type ErrorClass = keyof typeof EXITS;

interface ErrorRow {
  /** The class that the library throws, or that the client makes of the service's answer. */
  readonly class: ErrorClass;
  /** The HTTP status. */
  readonly status: number;
  /** The title of the problem document: at most 60 characters, without a full stop. */
  readonly title: string;
  /** Says that the same call can succeed later without any change, after `retryAfterMs` where it is known. */
  readonly retry: boolean;
}

/** Every code with its class, status, title and whether a retry helps. A new code is a row here and one in `error-texts.ts`. */
export const ERRORS = {
  // Errors of the library.
  invalid_input: { class: 'InvalidInputError', status: 400, title: 'Invalid input', retry: false },
  not_found: { class: 'NotFoundError', status: 404, title: 'Not found', retry: false },
  forbidden: { class: 'ForbiddenError', status: 403, title: 'Forbidden', retry: false },
  rate_limited: { class: 'RateLimitedError', status: 429, title: 'Rate limit exceeded', retry: true },
  unavailable: { class: 'UnavailableError', status: 503, title: 'Service unavailable', retry: true },
  timed_out: { class: 'TimedOutError', status: 422, title: 'Read timed out', retry: false },
  // Never answered over HTTP: the service answers `internal` in its place.
  configuration: { class: 'ConfigurationError', status: 500, title: 'Invalid configuration', retry: false },

  // Changes that conflict with the stored state.
  key_revoked: { class: 'ConflictError', status: 409, title: 'Key revoked', retry: false },
  key_expired: { class: 'ConflictError', status: 409, title: 'Key expired', retry: false },
  rotated_meanwhile: { class: 'ConflictError', status: 409, title: 'Key already rotated', retry: false },
  count_changed: { class: 'ConflictError', status: 409, title: 'Number of keys changed', retry: false },
  current_secret: { class: 'ConflictError', status: 409, title: 'Current secret cannot be retired', retry: false },
  too_many_keys: { class: 'ConflictError', status: 409, title: 'Owner has too many keys', retry: false },
  too_many_secrets: { class: 'ConflictError', status: 409, title: 'Key has too many valid tokens', retry: false },
  tier_in_use: { class: 'ConflictError', status: 409, title: 'Tier in use', retry: false },
  tier_is_configured: { class: 'ConflictError', status: 409, title: 'Tier declared in the configuration', retry: false },
  already_imported: { class: 'ConflictError', status: 409, title: 'Secret already imported', retry: false },
  precondition_failed: { class: 'ConflictError', status: 412, title: 'Precondition failed', retry: false },
  idempotency_key_reused: { class: 'ConflictError', status: 409, title: 'Idempotency key reused', retry: false },

  // Refused credentials.
  missing: { class: 'ForbiddenError', status: 401, title: 'Missing credentials', retry: false },
  malformed: { class: 'ForbiddenError', status: 401, title: 'Malformed credentials', retry: false },
  invalid: { class: 'ForbiddenError', status: 401, title: 'Invalid credentials', retry: false },
  expired: { class: 'ForbiddenError', status: 401, title: 'API key expired', retry: false },
  session_missing: { class: 'ForbiddenError', status: 401, title: 'Not signed in', retry: false },
  wrong_environment: { class: 'ForbiddenError', status: 403, title: 'Wrong environment', retry: false },
  ip_denied: { class: 'ForbiddenError', status: 403, title: 'IP address not allowed', retry: false },
  insufficient_scope: { class: 'ForbiddenError', status: 403, title: 'Insufficient scope', retry: false },
  admin_key_invalid: { class: 'ForbiddenError', status: 403, title: 'Invalid admin key', retry: false },
  admin_key_not_configured: { class: 'ForbiddenError', status: 500, title: 'Admin key not configured', retry: false },
  csrf: { class: 'ForbiddenError', status: 403, title: 'Cross-site request rejected', retry: false },
  credits_exhausted: { class: 'UnavailableError', status: 429, title: 'Credits exhausted', retry: false },
  too_many_attempts: { class: 'UnavailableError', status: 429, title: 'Too many failed attempts', retry: true },

  // Requests that the service cannot accept.
  malformed_json: { class: 'InvalidInputError', status: 400, title: 'Malformed JSON', retry: false },
  key_in_query: { class: 'InvalidInputError', status: 400, title: 'API key in the URL', retry: false },
  several_hosts: { class: 'InvalidInputError', status: 400, title: 'Multiple Host fields', retry: false },
  route_not_found: { class: 'UnavailableError', status: 404, title: 'Route not found', retry: false },
  method_not_allowed: { class: 'InvalidInputError', status: 405, title: 'Method not allowed', retry: false },
  body_too_large: { class: 'InvalidInputError', status: 413, title: 'Body too large', retry: false },
  unsupported_media_type: { class: 'InvalidInputError', status: 415, title: 'Unsupported media type', retry: false },
  too_many_headers: { class: 'InvalidInputError', status: 431, title: 'Too many header fields', retry: false },

  // Sign-in and portal.
  oidc_not_configured: { class: 'UnavailableError', status: 404, title: 'OpenID Connect not configured', retry: false },
  self_service_not_configured: { class: 'UnavailableError', status: 404, title: 'Self-service not configured', retry: false },
  link_unknown: { class: 'UnavailableError', status: 404, title: 'Link not found', retry: false },
  portal_open: { class: 'InvalidInputError', status: 409, title: 'Portal of another owner is open', retry: false },
  link_used: { class: 'InvalidInputError', status: 410, title: 'Link already used', retry: false },
  link_expired: { class: 'InvalidInputError', status: 410, title: 'Link expired', retry: false },

  internal: { class: 'UnavailableError', status: 500, title: 'Internal error', retry: true },
} as const satisfies Readonly<Record<string, ErrorRow>>;

export type ErrorCode = keyof typeof ERRORS;

/** The codes of problem documents. */
export type ProblemCode = Exclude<ErrorCode, 'configuration'>;

/** Why a change was rejected although its input was well formed: the codes of `ConflictError`. */
export type ConflictReason = CodeOf<'ConflictError'>;

type CodeOf<Class extends ErrorClass> = { [Code in ErrorCode]: (typeof ERRORS)[Code]['class'] extends Class ? Code : never }[ErrorCode];

/** Returns whether a text is a code of the table. */
export function isErrorCode(code: string | null | undefined): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

interface RefusalRow {
  /** The outcome in a few words, for lists and charts. */
  readonly title: string;
  /** The code that a public edge answers with, which has its status and title in `ERRORS`. */
  readonly publicCode: ErrorCode;
  /** The message that a public edge answers with. */
  readonly publicMessage: string;
}

/** The one message, with the one code `invalid`, for every reason that would tell whether a refused token was ever issued. */
const INVALID = 'Invalid or inactive API key';

/** Every reason why a verification refuses a token, and what the public learns of it. */
export const REFUSALS = {
  missing: { title: 'No token', publicCode: 'missing', publicMessage: 'Missing Authorization header' },
  malformed: { title: 'Malformed token', publicCode: 'invalid', publicMessage: INVALID },
  not_found: { title: 'Unknown token', publicCode: 'invalid', publicMessage: INVALID },
  revoked: { title: 'Revoked', publicCode: 'invalid', publicMessage: INVALID },
  disabled: { title: 'Disabled', publicCode: 'invalid', publicMessage: INVALID },
  not_yet_active: { title: 'Not yet active', publicCode: 'invalid', publicMessage: INVALID },
  owner_suspended: { title: 'Owner suspended', publicCode: 'invalid', publicMessage: INVALID },
  expired: { title: 'Expired', publicCode: 'expired', publicMessage: 'API key has expired' },
  wrong_environment: {
    title: 'Wrong environment',
    publicCode: 'wrong_environment',
    publicMessage: 'API key is for another environment',
  },
  ip_denied: { title: 'IP address not allowed', publicCode: 'ip_denied', publicMessage: 'API key may not be used from this address' },
  insufficient_scope: {
    title: 'Insufficient scope',
    publicCode: 'insufficient_scope',
    publicMessage: 'API key lacks a scope that this call needs',
  },
  rate_limited: { title: 'Rate limit exceeded', publicCode: 'rate_limited', publicMessage: 'Rate limit exceeded' },
  credits_exhausted: { title: 'Credits exhausted', publicCode: 'credits_exhausted', publicMessage: 'API key has no credits left' },
  unavailable: {
    title: 'Unavailable',
    publicCode: 'unavailable',
    publicMessage: 'API keys cannot be checked at the moment. Try again shortly',
  },
} as const satisfies Readonly<Record<string, RefusalRow>>;

/** Why a token was refused. `unavailable`: a part could not answer, and the policy for that is to deny. */
export type RefusalCode = keyof typeof REFUSALS;

/** Every reason of a refusal, in the order of the table. */
export const REFUSAL_CODES = /* @__PURE__ */ Object.keys(REFUSALS) as readonly RefusalCode[];
