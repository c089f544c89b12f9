/** What the contract says of a call beside its address. */
import type { OperatorScope } from '../domain/actor.js';
import type { ADDRESSES } from './addresses.js';

export interface Call {
  /** Its name in the OpenAPI document, and so in clients that are generated from it. */
  readonly id: string;
  /** One line: a verb first. */
  readonly summary: string;
  /** Markdown: guarantees, and what a caller has to know beside the summary. */
  readonly description?: string;
  /** What an operator token must hold. */
  readonly scope: OperatorScope;
  /** What an operator token must hold as well: the answer tells of more than `scope` lets one read. */
  readonly alsoNeeds?: OperatorScope;
  /** The TypeScript type of the names in its path, where that is narrower than text. `N` stands for the configured names. */
  readonly pathType?: string;
  /** The shape of its input; absent for a call that takes only what is in its path. */
  readonly input?: object;
  /** The shape of what it gives. */
  readonly output: object;
  /** What `output` is, in a few words. */
  readonly gives: string;
  /**
   * - `reads`: changes nothing.
   * - `creates`: answered 201, with the place of what it made.
   * - `takes away`: may take authority away, and so is answered when it holds on every node, unless the caller does not wait.
   * - `removes`: answered 204, without a body.
   */
  readonly effect: 'reads' | 'creates' | 'takes away' | 'removes';
  /** Whether an idempotency key makes it safe to repeat. */
  readonly repeatable?: true;
  /** Whether its answer has an entity tag, so that one who has it already is answered 304. */
  readonly tagged?: true;
  /** Statuses of errors that it may answer, beside those that every call may. */
  readonly problems?: readonly number[];
}

/** The calls of a resource: one for each of its addresses. */
export type CallsOf<Resource extends keyof typeof ADDRESSES> = { readonly [Name in keyof (typeof ADDRESSES)[Resource]]: Call };
