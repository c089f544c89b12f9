/** A session: what stands behind a cookie, or behind a link that opens one. Times are epoch milliseconds. */
import type { Digest } from './digest.js';
import type { JsonObject } from './json.js';

/** `operator`: signed in to administer. `portal`: an owner among their own keys. `link`: good for opening one portal session. */
export type SessionKind = 'operator' | 'portal' | 'link';

export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of its token; unique. */
  readonly digest: Digest;
  readonly kind: SessionKind;
  /** Whose it is: all sessions of one kind and subject can be ended together. */
  readonly subject: string;
  /** What its edge must know to judge it at each request; opaque to everybody else. */
  readonly details: JsonObject;
  readonly createdAt: number;
  /** Written once a minute at most. */
  readonly lastSeenAt: number;
  /** How long after it was last seen it ends; null: it does not fall idle. */
  readonly idleMs: number | null;
  /** When it ends in any case. */
  readonly expiresAt: number;
  /** Of a link: when it was used. */
  readonly usedAt: number | null;
  /** The link that it was opened with. */
  readonly openedBy: string | null;
  /**
   * The operator token that made the link: the id of its secret, or of its key where the maker named none. Link and session are
   * judged by what it may do at each use. Null for another maker.
   */
  readonly madeBy: string | null;
}

/** Whether the session is good at `now`: before it ends, and not at that instant. */
export function isOpen(session: Pick<SessionRecord, 'lastSeenAt' | 'idleMs' | 'expiresAt' | 'usedAt'>, now: number): boolean {
  return session.usedAt === null && now < idleEnd(session) && now < session.expiresAt;
}

/** When it ends if it is not seen again. */
export function idleEnd({ lastSeenAt, idleMs, expiresAt }: Pick<SessionRecord, 'lastSeenAt' | 'idleMs' | 'expiresAt'>): number {
  return idleMs === null ? expiresAt : Math.min(lastSeenAt + idleMs, expiresAt);
}
