/**
 * The one place where an error becomes an HTTP answer: problem details after RFC 9457.
 *
 * A problem says what was wrong and what would mend it. It never repeats a token, an admin key, a header or
 * the body that was sent; of what went wrong inside it says nothing but that it did.
 */
import {
  InvalidInputError,
  isLatchkeyError,
  type ConflictReason,
  type InputIssue,
  type LatchkeyError,
  type UnavailableError,
} from 'latchkey';
import { PUBLIC_REFUSAL_CODES, type PublicRefusal, type PublicRefusalCode } from 'latchkey/edge';
import { REFUSAL_TITLES } from 'latchkey/edge';
import { scrubTokens } from '../../telemetry/scrub.js';
import { NO_STORE, type Answer, type HeaderFields } from './answer.js';

const CONFLICT_TITLES: Readonly<Record<ConflictReason, string>> = {
  key_revoked: 'The key is revoked',
  key_expired: 'The key has expired',
  rotated_meanwhile: 'The key was rotated meanwhile',
  current_secret: 'The secret is the current one',
  too_many_keys: 'The owner has as many keys as it may',
  too_many_secrets: 'The key has as many valid tokens as it may',
  tier_in_use: 'The tier is in use',
  tier_is_configured: 'The tier is declared in the configuration',
  already_imported: 'The secret exists already',
  idempotency_key_reused: 'The idempotency key was used for another request',
};

/** The problems that the service knows beside those of the engine and of refused API keys: status and title. */
const SERVICE_PROBLEMS = {
  invalid_input: [400, 'The input is not acceptable'],
  malformed_json: [400, 'The body is not JSON'],
  key_in_query: [400, 'A key does not belong in a URL'],
  session_missing: [401, 'Nobody is signed in'],
  csrf: [403, 'The request came from another site'],
  admin_key_invalid: [403, 'The admin key is wrong'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'There is no such thing'],
  route_not_found: [404, 'There is no such route'],
  oidc_not_configured: [404, 'No OpenID Connect issuer is configured'],
  self_service_not_configured: [404, 'Self-service is not configured'],
  link_unknown: [404, 'There is no such link'],
  portal_open: [409, 'The portal of another owner is open'],
  link_used: [410, 'The link was used'],
  link_expired: [410, 'The link is over'],
  method_not_allowed: [405, 'The route has no such method'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body is of another type'],
  timed_out: [422, 'The read took too long'],
  several_hosts: [400, 'The request names several hosts'],
  too_many_attempts: [429, 'Too many wrong credentials'],
  admin_key_not_configured: [500, 'No admin key is configured'],
  internal: [500, 'Something went wrong inside'],
} as const;

type ServiceProblemCode = keyof typeof SERVICE_PROBLEMS;

export type ProblemCode = ServiceProblemCode | ConflictReason | PublicRefusalCode;

/** Every `code` that a problem may have. */
export const PROBLEM_CODES: readonly ProblemCode[] = [
  ...(Object.keys(SERVICE_PROBLEMS) as ServiceProblemCode[]),
  ...(Object.keys(CONFLICT_TITLES) as ConflictReason[]),
  ...PUBLIC_REFUSAL_CODES,
];

export interface ProblemDetails {
  readonly detail: string;
  readonly requestId: string;
  readonly headers?: HeaderFields | undefined;
  readonly errors?: readonly InputIssue[] | undefined;
  readonly moreErrors?: number | undefined;
  readonly missingScopes?: readonly string[] | undefined;
  readonly dependency?: string | undefined;
}

export function problem(code: ServiceProblemCode, details: ProblemDetails): Answer {
  const [status, title] = SERVICE_PROBLEMS[code];
  return problemAnswer({ status, title, code }, details);
}

/** A refused API key, as the public edge tells it. */
export function refusalProblem(
  refusal: PublicRefusal,
  details: Pick<ProblemDetails, 'requestId' | 'headers' | 'missingScopes'> & { readonly status?: number },
): Answer {
  const challenge = refusal.wwwAuthenticate === null ? {} : { 'www-authenticate': refusal.wwwAuthenticate };
  return problemAnswer(
    { status: details.status ?? refusal.status, title: REFUSAL_TITLES[refusal.code], code: refusal.code },
    { ...details, detail: refusal.message, headers: { ...challenge, ...details.headers } },
  );
}

/** What an error is answered with. An error that nobody raised on purpose says nothing of itself. */
export function errorProblem(error: unknown, requestId: string): Answer {
  if (!isLatchkeyError(error)) return internal(requestId);
  return latchkeyProblem(error, requestId);
}

function latchkeyProblem(error: LatchkeyError, requestId: string): Answer {
  const detail = error.message;
  switch (error.code) {
    case 'invalid_input':
      return inputProblem(error.issues, requestId);
    case 'not_found':
      return problem('not_found', { detail, requestId });
    case 'forbidden':
      return problem('forbidden', { detail, requestId, ...(error.missingScopes.length > 0 && { missingScopes: error.missingScopes }) });
    case 'unavailable':
      return problemAnswer(
        { status: 503, title: REFUSAL_TITLES.unavailable, code: 'unavailable' },
        { detail, requestId, dependency: error.dependency, headers: { 'retry-after': retryAfterOf(error) } },
      );
    case 'rate_limited':
      return problemAnswer(
        { status: 429, title: REFUSAL_TITLES.rate_limited, code: 'rate_limited' },
        { detail, requestId, headers: { 'retry-after': retryAfterOf(error) } },
      );
    case 'timed_out':
      return problem('timed_out', { detail, requestId });
    case 'configuration':
      return internal(requestId);
    case 'key_revoked':
    case 'key_expired':
    case 'rotated_meanwhile':
    case 'current_secret':
    case 'too_many_keys':
    case 'too_many_secrets':
    case 'tier_in_use':
    case 'tier_is_configured':
    case 'already_imported':
    case 'idempotency_key_reused':
      return problemAnswer({ status: 409, title: CONFLICT_TITLES[error.code], code: error.code }, { detail, requestId });
  }
}

/** Whole seconds, at least one. */
function retryAfterOf({ retryAfterMs }: Pick<UnavailableError, 'retryAfterMs'>): string {
  return String(Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1000)));
}

/** Bounds of an answer: a request with very many problems gets no answer that is longer than itself. */
const ISSUES_MAX = 20;
const POINTER_MAX = 200;

/** A field is refused by its name, and somebody may have put a token where a name should be. */
function inputProblem(issues: readonly InputIssue[], requestId: string): Answer {
  const errors = issues
    .slice(0, ISSUES_MAX)
    .map(({ pointer, message }) => ({ pointer: shortened(pointer), message: scrubTokens(message) }));
  const moreErrors = issues.length - errors.length;
  const detail = new InvalidInputError(errors).message + (moreErrors > 0 ? `; and ${moreErrors} more` : '');
  return problem('invalid_input', { detail, requestId, errors, ...(moreErrors > 0 && { moreErrors }) });
}

function shortened(pointer: string): string {
  const text = scrubTokens(pointer);
  return text.length > POINTER_MAX ? `${text.slice(0, POINTER_MAX)}…` : text;
}

function internal(requestId: string): Answer {
  return problem('internal', {
    detail: 'The request could not be carried out. The log of the service says more, under the request id.',
    requestId,
  });
}

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly code: ProblemCode;
}

const PROBLEM_TYPE: HeaderFields = { 'content-type': 'application/problem+json' };

function problemAnswer({ status, title, code }: ProblemKind, { headers = {}, requestId, detail, ...extensions }: ProblemDetails): Answer {
  const body = {
    type: `urn:latchkey:problem:${code}`,
    title,
    status,
    code,
    detail,
    instance: `urn:latchkey:request:${requestId}`,
    requestId,
    ...extensions,
  };
  return {
    status,
    headers: [PROBLEM_TYPE, NO_STORE, headers],
    body: JSON.stringify(body),
  };
}
