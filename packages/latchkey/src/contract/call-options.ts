/** The options of a call beside its input. */
import type { CallContext } from '../domain/actor.js';
import type { Token } from '../domain/token.js';

export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeOptions extends RequestOptions {
  /**
   * By default, a change that takes authority away resolves only when it holds on every node, which may take as long as a lease.
   * With `false` it resolves when it is durable, and names the nodes that it has not reached yet.
   */
  readonly wait?: boolean | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and has it repeated, once, where no answer came. */
  readonly idempotencyKey?: string | undefined;
}

/** An option of the calls that change one key or owner. */
export interface IfMatch {
  /**
   * The `version` of the key or the owner as the caller knows it, or several, of which one must be it. If it has another version when it is
   * this change's turn, nothing is changed, and the call rejects with a ConflictError, code `precondition_failed`. `*` is any version, of a record that exists.
   */
  readonly ifMatch?: number | readonly number[] | '*' | undefined;
}

/** The answer to a call with an idempotency key: where it repeats an earlier one, the token may no longer be shown. */
export type Repeatable<Answer extends { readonly token: Token }> = Omit<Answer, 'token'> & { readonly token: Token | null };

/** Says that a call is made without an idempotency key: then its answer has a token. */
export interface Unrepeated {
  readonly idempotencyKey?: undefined;
}

/** The answer to a call with these options: its token may be null only where they have an idempotency key. */
export type IssuedBy<Options, Answer extends { readonly token: Token }> = 'idempotencyKey' extends keyof Options
  ? [Options['idempotencyKey' & keyof Options]] extends [undefined]
    ? Answer
    : Repeatable<Answer>
  : Answer;

/** The options of each kind of call: what the library takes, or what a client of the service does. */
export interface OptionsByKind {
  readonly read: unknown;
  readonly change: unknown;
  readonly issue: unknown;
  readonly reissue: unknown;
}

/** The context of a call, without who acts. */
export type OwnCallContext = Omit<CallContext, 'actor'>;

/** What the library takes with every call: the same options, and the context that the audit log keeps. */
export interface CallOptions extends OwnCallContext {
  /** Who acts; by default the library itself, which may do everything. */
  readonly actor?: CallContext['actor'] | undefined;
}

export interface LibraryOptions {
  readonly read: CallOptions;
  readonly change: CallOptions;
  readonly issue: CallOptions;
  readonly reissue: CallOptions;
}

export interface RemoteOptions {
  readonly read: RequestOptions;
  readonly change: ChangeOptions;
  readonly issue: IssueOptions;
  readonly reissue: IssueOptions & ChangeOptions;
}

/** The options of self-service, whose calls are made by the owner. */
export interface OwnOptions {
  readonly read: OwnCallContext;
  readonly change: OwnCallContext;
  readonly issue: OwnCallContext;
  readonly reissue: OwnCallContext;
}

/** What a use case of the engine takes: the context, complete. */
export interface ContextOptions {
  readonly read: CallContext;
  readonly change: CallContext;
  readonly issue: CallContext;
  readonly reissue: CallContext;
}
