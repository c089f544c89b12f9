import { problemFields } from '../contract/errors/error-fields.js';
import { ERRORS, type ProblemCode } from '../contract/errors/errors.js';
import { isLatchkeyError } from '../domain/errors.js';
import { publicRefusal, tokenRefusal, type PublicRefusal } from '../edge/index.js';

/** JSON that no cache may keep. */
export function jsonResponse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...COMMON, 'content-type': 'application/json', ...headers } });
}

/** What a problem adds to the row of its code in the table of errors. */
interface ProblemDetails {
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: object;
}

/** Problem details after RFC 9457. */
export function problemResponse(code: ProblemCode, { detail, headers, extensions }: ProblemDetails): Response {
  const { status, title } = ERRORS[code];
  const body = { type: `urn:latchkey:problem:${code}`, title, status, code, detail, ...extensions };
  return jsonResponse(status, body, { 'content-type': 'application/problem+json', ...headers });
}

/** Nobody is signed in, or not any more; the host's `authenticate` does not say which. */
export function unauthenticated(request: Request): Response {
  const presented = request.headers.has('authorization');
  return refusalResponse(presented ? tokenRefusal() : publicRefusal({ code: 'missing' }));
}

/** Returns the answer to an error. The answer to an error that nobody raised on purpose gives no details. */
export function errorResponse(error: unknown): Response {
  if (!isLatchkeyError(error) || error.code === 'configuration') {
    return problemResponse('internal', { detail: 'The request could not be carried out.' });
  }
  // Which part of the host's own service is unavailable is not for its users.
  const { retryAfter, dependency: _dependency, ...extensions } = problemFields(error);
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return problemResponse(error.code, { detail: error.message, headers, extensions });
}

export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...COMMON, ...headers } });
}

const COMMON = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function refusalResponse({ code, message, wwwAuthenticate }: PublicRefusal): Response {
  const headers = wwwAuthenticate === null ? {} : { 'www-authenticate': wwwAuthenticate };
  return problemResponse(code, { detail: message, headers });
}
