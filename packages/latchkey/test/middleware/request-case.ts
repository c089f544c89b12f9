/** One request of the table, and what it is answered. */
import type { Question } from './ask.js';

/** Tokens in clear text, made anew for each case. */
export interface Tokens {
  /** Of team-7, live, may read articles. */
  readonly good: string;
  readonly other: string;
  /** A token of the environment `test`. */
  readonly test: string;
  /** May be used from 10.0.0.0/8 alone. */
  readonly inside: string;
  /** A token of a tier with two limits. */
  readonly tiered: string;
  /** With one credit. */
  readonly spent: string;
  readonly revoked: string;
  readonly disabled: string;
  readonly expired: string;
  readonly scheduled: string;
  readonly suspended: string;
  readonly operator: string;
  /** Well formed, and of nobody. */
  readonly unknown: string;
}

export type Headers = NonNullable<Question['headers']>;

export interface Case {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  readonly headers?: (tokens: Tokens) => Headers;
  readonly query?: (tokens: Tokens) => string;
  readonly body?: string;
  /** How often the same was asked before, with whatever answer. */
  readonly after?: number;
  readonly expected: Expected;
}

export interface Expected {
  readonly status: number;
  /** The `code` of the problem details. */
  readonly code?: string;
  readonly detail?: string;
  /** `WWW-Authenticate`; by default there must be none. */
  readonly challenge?: string;
  /** `null`: not there. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly text?: string;
}
