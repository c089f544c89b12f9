import type { LimitInput } from '../domain/limit.js';
import type { Names } from '../domain/names.js';
import type { Token } from '../domain/token.js';
import type { Verdict } from '../domain/verdict.js';

/** What a verification asks beyond "is this token good". */
export interface VerifyRequest<N extends Names = Names> {
  /** The environment that the key must be of; by default the configured one, or any but `operator`. */
  readonly environment?: N['environment'] | undefined;
  /** Scopes that the key must hold, all of them. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Scopes of which the key must hold at least one, beside all of `scopes`. An empty list is an InvalidInputError. */
  readonly anyScope?: readonly N['scope'][] | undefined;
  /**
   * The caller's address, with or without port, brackets and zone: judged by the key's IP rules, recorded as last use, and
   * slowed when it guesses. Null: the caller has none that can be read; such callers count as one. Any other text is an InvalidInputError.
   */
  readonly ip?: string | null | undefined;
  readonly userAgent?: string | undefined;
  /** Units and credits that this call costs; an integer ≥ 0, by default 1. */
  readonly cost?: number | undefined;
  /** Limits beyond those of tier, key and owner; counted for each key, and for each `resource` where given. */
  readonly limits?: readonly LimitInput[] | undefined;
  /** What is asked for; the limits of this call are counted apart for each. */
  readonly resource?: string | undefined;
  /** Explain the verdict step by step, charging and recording nothing. */
  readonly dryRun?: boolean | undefined;
}

/** One of several verifications in one call. */
export interface BatchQuestion<N extends Names = Names> extends VerifyRequest<N> {
  readonly token: string | Token | null | undefined;
}

/** Whatever can say whether a token is good: an engine in this process, or a client of one elsewhere. */
export interface Verifier<N extends Names = Names> {
  /** The scopes that there are, where the verifier knows; a guard that asks for another is refused when it is made. */
  readonly scopes?: readonly string[] | null | undefined;
  /**
   * Never rejects for a bad token: every outcome is a verdict. Rejects with an InvalidInputError where the
   * request itself is wrong (a cost below 0, a limit that is none, a scope that there is not).
   */
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>): Promise<Verdict>;
}

/** The names of an engine or a client, to state them elsewhere: `createClient<NamesOf<typeof latchkey>>({ url })`. */
export type NamesOf<V extends Verifier> = V extends Verifier<infer N> ? N : never;
