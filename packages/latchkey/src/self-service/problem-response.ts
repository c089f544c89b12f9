import { isLatchkeyError, type LatchkeyError } from '../domain/errors.js';
import { publicRefusal, tokenRefusal, type PublicRefusal } from '../edge/index.js';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** JSON that no cache may keep. */
export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...COMMON, 'content-type': 'application/json', ...headers } });
}

/** Problem details after RFC 9457. */
export function problemResponse({ status, code, title, detail, headers, extensions }: Problem): Response {
  const body = { type: `urn:latchkey:problem:${code}`, title, status, code, detail, ...extensions };
  return jsonResponse(status, body, { 'content-type': 'application/problem+json', ...headers });
}

/** Nobody is signed in, or not any more; the host's `authenticate` does not say which. */
export function unauthenticated(request: Request): Response {
  const presented = request.headers.has('authorization');
  return refusalResponse(presented ? tokenRefusal() : publicRefusal({ code: 'missing' }));
}

/** What an error is answered with. One that nobody raised on purpose says nothing of itself. */
export function errorResponse(error: unknown): Response {
  return problemResponse(isLatchkeyError(error) ? problemOf(error) : INTERNAL);
}

export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...COMMON, ...headers } });
}

const COMMON = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

const INTERNAL: Problem = {
  status: 500,
  code: 'internal',
  title: 'Something went wrong inside',
  detail: 'The request could not be carried out.',
};

function refusalResponse({ status, code, message, wwwAuthenticate }: PublicRefusal): Response {
  const headers = wwwAuthenticate === null ? {} : { 'www-authenticate': wwwAuthenticate };
  return problemResponse({ status, code, title: 'Not signed in', detail: message, headers });
}

/** Whole seconds, at least one. */
function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}

function problemOf(error: LatchkeyError): Problem {
  const { code, message: detail } = error;
  switch (error.code) {
    case 'invalid_input':
      return { status: 400, code, title: 'The input is not acceptable', detail, extensions: { errors: error.issues } };
    case 'forbidden': {
      const extensions = error.missingScopes.length > 0 ? { missingScopes: error.missingScopes } : {};
      return { status: 403, code, title: 'Not allowed', detail, extensions };
    }
    case 'not_found':
      return { status: 404, code, title: 'There is no such thing', detail };
    case 'rate_limited':
      return { status: 429, code, title: 'Too many requests', detail, headers: { 'retry-after': retryAfter(error.retryAfterMs) } };
    case 'unavailable':
      return { status: 503, code, title: 'Not available at the moment', detail, headers: { 'retry-after': '1' } };
    case 'timed_out':
      return { status: 422, code, title: 'The read took too long', detail };
    case 'configuration':
      return INTERNAL;
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
      return { status: 409, code, title: 'The change does not fit the state of things', detail };
  }
}
