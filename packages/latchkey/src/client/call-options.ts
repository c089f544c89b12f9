/** What a caller may say of one call, beyond what it asks. */
export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeOptions extends RequestOptions {
  /**
   * Whether a change that takes authority away is answered only when it holds on every node; by default it is, which may take
   * as long as a lease. With `false` the answer names the nodes that it has not reached yet.
   */
  readonly wait?: boolean | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and has it repeated, once, where no answer came. */
  readonly idempotencyKey?: string | undefined;
}
