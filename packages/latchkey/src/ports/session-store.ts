import type { Digest } from '../domain/digest.js';
import type { SessionKind, SessionRecord } from '../domain/session.js';

/** Sessions, shared by all nodes. They begin, and links are used, through `KeyStore.change`. */
export interface SessionStore {
  /** By an index, never from a replica or a cache: a session that was ended is not found. */
  findSession(digest: Digest): Promise<SessionRecord | null>;
  /** Notes that it was seen at `at`; never at an earlier time than before. */
  touchSession(id: string, at: number): Promise<void>;
  /** Ends it, if it is of this kind. Durable when it returns. */
  endSession(id: string, kind: SessionKind): Promise<void>;
  /** Ends all of this kind and subject. Durable when it returns. */
  endSessions(kind: SessionKind, subject: string): Promise<void>;
  /** Drops those whose time was over at or before `instant`. */
  pruneSessions(instant: number): Promise<void>;
}
