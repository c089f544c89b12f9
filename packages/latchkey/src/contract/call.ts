/** The declaration of a call beside its address. */
import type { OperatorScope } from '../domain/actor.js';
import type { ADDRESSES } from './addresses.js';
import type { ProblemCode } from './errors/errors.js';

export interface Call {
  /** Its name in the OpenAPI document, and so in clients that are generated from it. */
  readonly id: string;
  /** One line: a verb first. */
  readonly summary: string;
  /** Markdown: guarantees, and what a caller has to know beside the summary. */
  readonly description?: string;
  /** The scope that an operator token must hold; null for a call of owners, or of anybody. */
  readonly scope: OperatorScope | null;
  /** A second scope that an operator token must hold, because the answer shows more than `scope` grants. */
  readonly alsoNeeds?: OperatorScope;
  /** For a call of owners: what a portal session must allow. */
  readonly needs?: 'create' | 'rotate' | 'revoke' | 'rename' | 'usage';
  /** The TypeScript type of the names in its path, `string` by default. `N` denotes the configured names. */
  readonly pathType?: string;
  /** The shape of each name in its path that the caller chooses: a name of something that may not exist yet. */
  readonly path?: Readonly<Record<string, object>>;
  /** The shape of its input; absent for a call that takes only what is in its path. */
  readonly input?: object;
  /** The shape of what it gives. */
  readonly output: object;
  /** A few words for `output`, for the OpenAPI document. */
  readonly gives: string;
  /**
   * - `reads`: changes nothing.
   * - `creates`: answered 201, with the place of what it made.
   * - `changes`: changes something, and holds everywhere when it is answered.
   * - `takes away`: may take authority away, and so is answered when it holds on every node, unless the caller does not wait.
   * - `removes`: answered 204, without a body.
   */
  readonly effect: 'reads' | 'creates' | 'changes' | 'takes away' | 'removes';
  /** True if an idempotency key makes it safe to repeat. */
  readonly repeatable?: true;
  /** True if its answer has an entity tag, so that the service answers 304 to a client that has it. */
  readonly tagged?: true;
  /** True for a list that is also walked: `walk` beside it iterates over all pages (`domain/utilities/walk-pages.ts`). */
  readonly walked?: true;
  /** Statuses of errors that it may answer, beside those that every call may, and those of conflicts and of `If-Match`. */
  readonly problems?: readonly number[];
  /** Conflicts that it may answer (409), beside the one of an idempotency key. */
  readonly conflicts?: readonly ProblemCode[];
}

/** The calls of a resource: one for each of its addresses. */
export type CallsOf<Resource extends keyof typeof ADDRESSES> = { readonly [Name in keyof (typeof ADDRESSES)[Resource]]: Call };
