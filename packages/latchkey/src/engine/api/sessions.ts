/**
 * Sessions as their edge uses them. The engine begins, finds and ends them; who may have one, and what it may do at
 * each request, the edge judges by what it noted in `details`.
 */
import type { CallContext } from '../../domain/actor.js';
import type { JsonObject } from '../../domain/json.js';
import type { SessionKind } from '../../domain/session.js';
import type { Token } from '../../domain/token.js';
import type { Verdict } from '../../domain/verdict.js';
import type { VerifyRequest } from '../../ports/verifier.js';

export interface Sessions {
  /** Begins an operator's session. Its token is shown this once, and stored as SHA-256. */
  start(input: StartSessionInput): Promise<StartedSession>;
  /** The open session of a token, which is seen by it; null for every other text. */
  find(kind: 'operator' | 'portal', token: string): Promise<Session | null>;
  end(id: string, kind: 'operator' | 'portal'): Promise<void>;
  /** Every session of this kind and subject. */
  endAll(kind: 'operator' | 'portal', subject: string): Promise<void>;
  /**
   * As `verify`, for the token that a session began with: found by the id of its secret in the store at each call,
   * and charged and counted like the token itself.
   */
  verifySecret(secretId: string, request?: VerifyRequest): Promise<Verdict>;
  /** A link that opens an owner's portal, once. Needs the scope `portal:write`. */
  createLink(input: PortalLinkInput, context?: CallContext): Promise<PortalLinkIssued>;
  /** Ends a link, and the session that it opened. Needs the scope `portal:write`. Rejects with a NotFoundError. */
  withdrawLink(id: string, context?: CallContext): Promise<void>;
  /** Of any number of uses of one link at once, one opens a session. */
  openLink(token: string, context?: OpenLinkContext): Promise<LinkOpening>;
  /** Begins a portal session for an owner who has proved who they are in another way. */
  startPortal(input: PortalSessionInput): Promise<StartedSession>;
}

export interface StartSessionInput {
  /** Whose it is; all of one subject can be ended together. */
  readonly subject: string;
  /** What is noted; made of its token, so that it can be tied to another secret without either of them being stored. */
  readonly details: (token: Token) => JsonObject;
  /** Epoch milliseconds at which it ends at the latest; by default, and at most, 12 hours from now. */
  readonly expiresAt?: number | null | undefined;
}

export interface PortalSessionInput {
  readonly ownerId: string;
  readonly details: JsonObject;
  /** Epoch milliseconds; at most 12 hours from now. */
  readonly expiresAt: number;
}

export interface PortalLinkInput {
  readonly ownerId: string;
  readonly details: JsonObject;
  /** How long the session lasts once it is opened: a duration of at most 12 hours, by default one. */
  readonly expiresIn?: string | number | undefined;
}

export interface PortalLinkIssued {
  readonly id: string;
  readonly ownerId: string;
  readonly token: Token;
  /** Epoch milliseconds, as below. */
  readonly linkExpiresAt: number;
  /** When a session ends that is opened right away. */
  readonly expiresAt: number;
}

export interface OpenLinkContext extends Pick<CallContext, 'address' | 'requestId'> {
  /** Asked before the link is spent: false, or a rejection, leaves it as it is. By default every owner is admitted. */
  readonly admit?: ((ownerId: string) => Promise<boolean>) | undefined;
}

export type LinkOpening =
  | (StartedSession & { readonly outcome: 'opened' })
  /** `linkId`: the session that it opened names it in `openedBy`. */
  | { readonly outcome: 'used'; readonly linkId: string }
  | { readonly outcome: 'not_admitted'; readonly ownerId: string }
  | { readonly outcome: 'unknown' | 'expired' };

export interface StartedSession {
  readonly session: Session;
  readonly token: Token;
}

/** Times are epoch milliseconds. */
export interface Session {
  readonly id: string;
  readonly kind: SessionKind;
  readonly subject: string;
  readonly details: JsonObject;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** When it ends if it is not seen again. */
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  /** The id of the link that it was opened with; null for every other. */
  readonly openedBy: string | null;
}
