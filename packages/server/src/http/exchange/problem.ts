/**
 * The one place where an error becomes an HTTP answer: problem details after RFC 9457.
 *
 * Status and title come from the table of errors. A problem says what was wrong and what to do. It never repeats a token, an
 * admin key, a header or the body that was sent; of a failure inside the service it gives no details.
 */
import { ERRORS, InvalidInputError, isLatchkeyError, UnavailableError, type InputIssue, type ProblemCode } from 'latchkey';
import { problemFields } from 'latchkey/internal';
import type { PublicRefusal } from 'latchkey/edge';
import { scrubTokens } from '../../telemetry/scrub.js';
import { NO_STORE, type Answer, type HeaderFields } from './answer.js';

/** Every `code` that a problem may have. */
export const PROBLEM_CODES = Object.keys(ERRORS).filter((code): code is ProblemCode => code !== 'configuration');

export interface ProblemDetails {
  readonly detail: string;
  readonly requestId: string;
  /** Replaces the status of the table, for a proxy that does not know it. */
  readonly status?: number | undefined;
  readonly headers?: HeaderFields | undefined;
  readonly errors?: readonly InputIssue[] | undefined;
  readonly moreErrors?: number | undefined;
  readonly missingScopes?: readonly string[] | undefined;
  readonly dependency?: string | undefined;
}

const PROBLEM_TYPE: HeaderFields = { 'content-type': 'application/problem+json' };

/** Returns the answer of a code, with its status and title. */
export function problem(code: ProblemCode, { headers = {}, requestId, detail, ...rest }: ProblemDetails): Answer {
  const { status = ERRORS[code].status, ...extensions } = rest;
  const body = {
    type: `urn:latchkey:problem:${code}`,
    title: ERRORS[code].title,
    status,
    code,
    detail,
    instance: `urn:latchkey:request:${requestId}`,
    requestId,
    ...extensions,
  };
  return { status, headers: [PROBLEM_TYPE, NO_STORE, headers], body: JSON.stringify(body) };
}

/** Returns the answer to a refused API key, as the public edge phrases it. */
export function refusalProblem(
  { code, message, wwwAuthenticate }: PublicRefusal,
  details: Pick<ProblemDetails, 'requestId' | 'status' | 'headers' | 'missingScopes'>,
): Answer {
  const challenge = wwwAuthenticate === null ? {} : { 'www-authenticate': wwwAuthenticate };
  return problem(code, { ...details, detail: message, headers: { ...challenge, ...details.headers } });
}

/** Returns the answer to an error. The answer to an error that nobody raised on purpose gives no details. */
export function errorProblem(error: unknown, requestId: string): Answer {
  if (!isLatchkeyError(error) || error.code === 'configuration') return internal(requestId);
  if (error.code === 'invalid_input') return inputProblem(error.issues, requestId);
  const { retryAfter, ...fields } = problemFields(error);
  const headers = retryAfter === undefined ? undefined : { 'retry-after': retryAfter };
  // The operator reads in the log why a part is not available.
  const detail = error.code === 'unavailable' ? new UnavailableError(error.dependency).message : error.message;
  return problem(error.code, { detail, requestId, headers, ...fields });
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
