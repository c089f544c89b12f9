/** What a caller may say of one call, beyond what it asks. */
export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and lets it be repeated. */
  readonly idempotencyKey?: string | undefined;
}
