import type { EventAction, LogEvent, LogHead } from '../domain/event.js';

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
}

/** The change log, to read. Entries are appended by changes alone, and never altered. */
export interface EventLog {
  readEvents(query: EventQuery): Promise<readonly LogEvent[]>;
  /** Null while the log is empty. */
  readHead(): Promise<LogHead | null>;
}
