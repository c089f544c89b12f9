/** From a problem document (RFC 9457) back to the error that the engine raised, or to what the service refused. */
import { ERRORS, isErrorCode, type ErrorClass } from '../contract/errors/errors.js';
import {
  ConfigurationError,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  TimedOutError,
  UnavailableError,
  type ConflictReason,
  type InputIssue,
  type LatchkeyError,
} from '../domain/errors.js';

export type Resource = NotFoundError['resource'];

interface ProblemContext {
  readonly status: number;
  readonly retryAfterMs: number | null;
  readonly resource: Resource | undefined;
}

/** What the service answered in place of what was asked for. */
export interface ServiceProblem {
  readonly status: number;
  /** As docs/reference/errors.md lists them; null where the answer was no problem of Latchkey's. */
  readonly code: string | null;
  /** Under which the log of the service says more. */
  readonly requestId: string | null;
}

/** The problem behind an error of this client; null for an error that is none, or was made without an answer. */
export function problemOf(error: unknown): ServiceProblem | null {
  return error instanceof Error && error.cause instanceof AnsweredProblem ? error.cause : null;
}

/** Never throws: whatever the body holds, there is an error that says what happened. */
export function errorOfProblem(body: unknown, context: ProblemContext): LatchkeyError {
  const problem = readProblem(body);
  const error = errorOf(problem, context);
  error.cause = new AnsweredProblem(context.status, problem.code, problem.requestId);
  return error;
}

class AnsweredProblem implements ServiceProblem {
  constructor(
    readonly status: number,
    readonly code: string | null,
    readonly requestId: string | null,
  ) {}
}

function errorOf(problem: Problem, context: ProblemContext): LatchkeyError {
  return MAKE[classOf(problem.code, context.status)](problem, context);
}

/** The class of the table; for another code, such as one of a newer service, what the status alone says. */
function classOf(code: string | null, status: number): ErrorClass {
  if (isErrorCode(code) && ERRORS[code].status === status) return ERRORS[code].class;
  if (status === 401 || status === 403) return 'ForbiddenError';
  return code !== null && status < 500 && status !== 404 && status !== 429 ? 'InvalidInputError' : 'UnavailableError';
}

const MAKE: Readonly<Record<ErrorClass, (problem: Problem, context: ProblemContext) => LatchkeyError>> = {
  InvalidInputError: (problem, { status }) => new InvalidInputError(issuesOf(problem, status)),
  NotFoundError: ({ detail }, { resource }) => new NotFoundError(missingResource(detail) ?? resource ?? 'key'),
  ConflictError: ({ code, detail }) => new ConflictError(code as ConflictReason, detail ?? 'The change conflicts.'),
  ForbiddenError: ({ detail, missingScopes }, { status }) =>
    new ForbiddenError(detail ?? 'The service does not allow this.', missingScopes, { unauthenticated: status === 401 }),
  RateLimitedError: ({ detail }, { retryAfterMs }) =>
    new RateLimitedError(detail ?? 'Too many requests. Wait, then try again.', retryAfterMs ?? 1_000),
  UnavailableError: (problem, { status, retryAfterMs }) =>
    status === 503 && isDependency(problem.dependency)
      ? new UnavailableError(problem.dependency, { retryAfterMs })
      : new UnavailableError('service', { message: messageOf(problem, status, retryAfterMs), retryAfterMs }),
  TimedOutError: ({ detail }) => new TimedOutError({ message: detail ?? 'The read took too long. Narrow it.' }),
  ConfigurationError: ({ detail }) => new ConfigurationError([detail ?? 'The configuration of the service is invalid.']),
};

interface Problem {
  readonly code: string | null;
  readonly detail: string | null;
  readonly dependency: string | null;
  readonly requestId: string | null;
  readonly errors: readonly InputIssue[];
  readonly missingScopes: readonly string[];
}

function readProblem(body: unknown): Problem {
  const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
  return {
    code: textOrNull(fields['code']),
    detail: textOrNull(fields['detail']),
    dependency: textOrNull(fields['dependency']),
    requestId: textOrNull(fields['requestId']),
    errors: Array.isArray(fields['errors']) ? fields['errors'].filter(isIssue) : [],
    missingScopes: Array.isArray(fields['missingScopes']) ? fields['missingScopes'].filter((scope) => typeof scope === 'string') : [],
  };
}

function issuesOf(problem: Problem, status: number): readonly InputIssue[] {
  if (problem.errors.length > 0) return problem.errors;
  return [{ pointer: '', message: problem.detail ?? `The service refused the request (${status}).` }];
}

/** A new key may name a tier that there is not: what is missing is then not what the path names. */
function missingResource(detail: string | null): Resource | null {
  return RESOURCES.find((resource) => detail === new NotFoundError(resource).message) ?? null;
}

const RESOURCES: readonly Resource[] = ['key', 'secret', 'owner', 'tier', 'event', 'link'];

/** What another server says of a path that it does not have would only mislead. */
function messageOf({ code, detail }: Problem, status: number, retryAfterMs: number | null): string {
  if (detail === null || (status === 404 && code === null)) {
    return `The service answered ${status}: is this its address?`;
  }
  return status === 429 && retryAfterMs !== null ? `${detail} Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : detail;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isIssue(value: unknown): value is InputIssue {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'message' in value && typeof value.message === 'string';
}

function isDependency(text: string | null): text is UnavailableError['dependency'] {
  return text === 'store' || text === 'limiter' || text === 'hashing';
}
