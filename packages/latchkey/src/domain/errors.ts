/**
 * The errors of Latchkey: misuse or failure, never the outcome of a verification (that is a verdict).
 *
 * Every error has a literal `code`, is listed in docs/errors.md, and has a message that says what to do.
 * No message repeats a token, a pepper, an admin key or an Authorization header.
 */

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
    super(issues.map((issue) => (issue.pointer === '' ? issue.message : `${issue.pointer}: ${issue.message}`)).join('; '));
  }
}

/** There is no such record, or it belongs to somebody else: the two are not told apart. */
export class NotFoundError extends BaseError<'not_found'> {
  readonly code = 'not_found';

  constructor(readonly resource: 'key' | 'secret' | 'owner' | 'tier' | 'event' | 'link') {
    super(`There is no such ${resource}.`);
  }
}

/** Why a change was refused although its input was well formed. */
export type ConflictReason =
  | 'key_revoked'
  | 'key_expired'
  | 'rotated_meanwhile'
  | 'current_secret'
  | 'too_many_keys'
  | 'too_many_secrets'
  | 'tier_in_use'
  | 'tier_is_configured'
  | 'already_imported'
  | 'idempotency_key_reused';

/** The change does not fit the state of things; `reason` says how. Nothing was changed. */
export class ConflictError extends BaseError<ConflictReason> {
  constructor(
    readonly code: ConflictReason,
    message: string,
  ) {
    super(message);
  }
}

/** The actor may not do this: it would act beyond, or mint more than, the authority that it holds. */
export class ForbiddenError extends BaseError<'forbidden'> {
  readonly code = 'forbidden';
  /** Whether the service does not know who asks, or not any more (401): signing in again may help. Over HTTP alone. */
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

/** So many calls of this kind were made that the next has to wait; nothing was changed. */
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
 * A part that Latchkey depends on did not answer. Whether a change that was under way took effect is
 * unknown; it is safe to ask again (with the same idempotency key, where the call takes one).
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
 * A read was ended because it took longer than reads may: the store works, and the same read would take as long again. It
 * changed nothing; a change that it was to show was made.
 */
export class TimedOutError extends BaseError<'timed_out'> {
  readonly code = 'timed_out';

  constructor(options: { readonly limitMs: number } | { readonly message: string }) {
    super('message' in options ? options.message : `The read took longer than ${options.limitMs / 1000} s. ${NARROW}`);
  }
}

/** The configuration cannot be run with; `problems` lists all of them, each with what mends it. */
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

/** Whether `error` is one that Latchkey raised on purpose. */
export function isLatchkeyError(error: unknown): error is LatchkeyError {
  return error instanceof BaseError;
}
