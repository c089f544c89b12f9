import type { EventAction, LogEvent, LogHead } from '../domain/event.js';
import type { LogCheckpoint } from '../domain/log-checkpoint.js';

export interface EventQuery {
  /** Events after this place in the log; 0 for the beginning. With `order: 'newest'`, events before it. */
  readonly after?: number | undefined;
  readonly order?: 'oldest' | 'newest' | undefined;
  readonly limit: number;
  readonly action?: EventAction | undefined;
  readonly targetId?: string | undefined;
  readonly owner?: string | undefined;
  readonly actorId?: string | undefined;
  /** Epoch milliseconds; from inclusive, until exclusive. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Ends the read when nobody waits for it any more; it then rejects with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/** The change log, to read. Entries are appended by changes alone, and never altered. */
export interface EventLog {
  readEvents(query: EventQuery): Promise<readonly LogEvent[]>;
  /**
   * Checks entries where they are stored, off the event loop and in one short transaction: from the entry after `after` on, `limit`
   * at most. Returns the last one up to which each entry follows the one before and links to it, and its hash is over its content;
   * `after` where there is none. It may stop early, even at once, at an entry that it does not understand: others judge that one.
   */
  confirm(after: LogHead | null, limit: number): Promise<LogHead | null>;
  /** The last entry that was archived: the log begins after it, though some entries before may still be about to leave. */
  readCheckpoint(): Promise<LogCheckpoint | null>;
  /** Null while the log is empty. */
  readHead(): Promise<LogHead | null>;
}
