/**
 * The classes of errors: misuse or failure, never the outcome of a verification (that is a verdict).
 *
 * Every error has a `code` of the table in `contract/errors/errors.ts`, which docs/reference/errors.md shows, and a message that says
 * what to do. No message repeats a token, a pepper, an admin key or an Authorization header.
 */
import type { ConflictReason } from '../contract/errors/errors.js';

export type { ConflictReason };

/** One thing that is wrong with an input: where (RFC 6901 pointer) and what would be right. */
export interface InputIssue {
  readonly pointer: string;
  readonly message: string;
}

abstract class BaseError<Code extends string> extends Error {
  abstract readonly code: Code;

  override get name(): string {
    return this.constructor.name;
  }
}

/** The input cannot be accepted; `issues` names each problem. Nothing was changed. */
export class InvalidInputError extends BaseError<'invalid_input'> {
  readonly code = 'invalid_input';

  constructor(readonly issues: readonly InputIssue[]) {
    super(issues.map((issue) => (issue.pointer === '' ? issue.message : `${issue.pointer}: ${issue.message}`)).join(' '));
  }
}

/** The record was not found, or belongs to another owner: the two look the same. */
export class NotFoundError extends BaseError<'not_found'> {
  readonly code = 'not_found';

  constructor(readonly resource: 'key' | 'secret' | 'owner' | 'tier' | 'event' | 'link') {
    super(`${resource.charAt(0).toUpperCase()}${resource.slice(1)} not found.`);
  }
}

/** The change conflicts with the stored state; `code` says how. Nothing was changed. */
export class ConflictError extends BaseError<ConflictReason> {
  constructor(
    readonly code: ConflictReason,
    message: string,
  ) {
    super(message);
  }
}

/** The actor may not do this: it would exceed its authority, or grant more than it holds. */
export class ForbiddenError extends BaseError<'forbidden'> {
  readonly code = 'forbidden';
  /** Only over HTTP: whether the service does not know the caller, or no longer (401). Signing in again may help. */
  readonly unauthenticated: boolean;

  constructor(
    message: string,
    readonly missingScopes: readonly string[] = [],
    options: { readonly unauthenticated?: boolean } = {},
  ) {
    super(message);
    this.unauthenticated = options.unauthenticated ?? false;
  }
}

/** Too many calls of this kind were made; nothing was changed. */
export class RateLimitedError extends BaseError<'rate_limited'> {
  readonly code = 'rate_limited';

  constructor(
    message: string,
    /** How long to wait before asking again, in milliseconds. */
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/**
 * A part that Latchkey depends on did not answer. It is unknown whether a change that was under way took effect; it is safe to
 * try again (with the same idempotency key, where the call takes one).
 */
export class UnavailableError extends BaseError<'unavailable'> {
  readonly code = 'unavailable';
  /** How long to wait before asking again, in milliseconds, where the service said so (`Retry-After`); else null. */
  readonly retryAfterMs: number | null;

  constructor(
    /** `service`: the Latchkey service itself, for a client over HTTP. */
    readonly dependency: 'store' | 'limiter' | 'hashing' | 'service',
    { retryAfterMs = null, message, ...options }: { cause?: unknown; message?: string; retryAfterMs?: number | null } = {},
  ) {
    super(message ?? `The ${dependency} is not available. Try again shortly.`, options);
    this.retryAfterMs = retryAfterMs;
  }
}

const NARROW =
  'Narrow it: search for a whole id, a hint or at least three characters of a name, or choose an owner or a shorter span of time.';

/**
 * A read was ended because it took longer than reads may. The store works, and the same read would take as long again. The read
 * changed nothing; a change whose result it was to return has been made.
 */
export class TimedOutError extends BaseError<'timed_out'> {
  readonly code = 'timed_out';

  constructor(options: { readonly limitMs: number } | { readonly message: string }) {
    super('message' in options ? options.message : `The read took longer than ${options.limitMs / 1000} s. ${NARROW}`);
  }
}

/** Latchkey cannot run with this configuration; `problems` lists everything that is wrong, each with its remedy. */
export class ConfigurationError extends BaseError<'configuration'> {
  readonly code = 'configuration';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Every error that Latchkey raises on purpose, for an exhaustive `switch` over `code`. */
export type LatchkeyError =
  | InvalidInputError
  | NotFoundError
  | ConflictError
  | ForbiddenError
  | RateLimitedError
  | UnavailableError
  | TimedOutError
  | ConfigurationError;

/** Returns whether `error` is one that Latchkey raised on purpose. */
export function isLatchkeyError(error: unknown): error is LatchkeyError {
  return error instanceof BaseError;
}
