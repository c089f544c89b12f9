/** The types of the calls about events. Generated from `contract/calls/events.ts`: run `npm run contract` after a change there. */
import type { EventAction, EventView, LogHead } from '../../domain/event.js';
import type { LibraryOptions, OptionsByKind } from '../call-options.js';

export interface EventCalls<O extends OptionsByKind = LibraryOptions> {
  /** Read the audit log. */
  list(input?: ListEventsQuery, options?: O['read']): Promise<EventPage>;
  /**
   * Read the last entry of the audit log. Keep it elsewhere: with it, a removed tail can be found. Null while the log is
   * empty.
   */
  head(options?: O['read']): Promise<LogHead | null>;
  /**
   * Check the audit log, or a part of it. Checks every link and every hash; with an entry that you kept, also that no tail
   * was removed. Entries are checked where they are stored, a few thousand at a time: verifications continue. To follow a
   * long check, give a `limit` and continue after the `head` of each report.
   */
  verify(input?: VerifyEventsQuery, options?: O['read']): Promise<ChainReport>;
  /**
   * Archive the old part of the audit log. From then on the log begins after the named entry, with a signed checkpoint, and
   * the entries up to it leave the database within minutes. Export them first: they cannot be restored. Entries of the last
   * hour stay. Safe to repeat.
   */
  archive(input: ArchiveLogInput, options?: O['read']): Promise<ArchivedLog>;
}

/** Which entries of the audit log, and which page of them. */
export interface ListEventsQuery {
  /** Entries of this action. */
  readonly action?: EventAction | undefined;
  /** Entries about this key. */
  readonly key?: string | undefined;
  /** Entries that concern this owner. */
  readonly owner?: string | undefined;
  /** Entries that this actor caused. */
  readonly actor?: string | undefined;
  /** Entries at this instant or after it. */
  readonly from?: string | Date | undefined;
  /** Entries before this instant. */
  readonly until?: string | Date | undefined;
  /** Which come first; by default the newest. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** How many to a page: 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

export interface EventPage {
  readonly data: readonly EventView[];
  /** Hand it back as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/** Which part of the audit log is checked, and against what. */
export interface VerifyEventsQuery {
  /** An entry that was kept elsewhere: with it, a removed tail and a log that was rewritten and hashed anew are found, too. */
  readonly expect?: LogHead | undefined;
  /** Only entries after this one are checked. It must be in the log as it was kept: the head of an earlier report. */
  readonly after?: LogHead | undefined;
  /** At most so many entries are checked; by default all. The next call continues after the `head` of the report. */
  readonly limit?: number | undefined;
}

/** The last entry of the archived part of the log, and the outcome of the check of its signature. */
export interface ArchivedPart {
  readonly seq: number;
  readonly hash: string;
  readonly signature: 'valid' | 'invalid' | 'none' | 'unknown_pepper';
}

export interface ChainReport {
  readonly intact: boolean;
  /** How many entries were checked. */
  readonly entries: number;
  /** The last entry that was checked; if none was, the one that the check began after. */
  readonly head: LogHead | null;
  /** The first entry that is not as it was written, and why; null where the log is intact. */
  readonly broken: { readonly seq: number; readonly reason: string; } | null;
  /** The checkpoint that an archived log begins after; null where nothing was archived. */
  readonly archived: ArchivedPart | null;
  /** Whether the check reached the end of the log. If not, it ended at a break or at its limit: continue after `head`. */
  readonly complete: boolean;
}

export interface ArchiveLogInput {
  /** The last entry that is archived: its position and its hash, as an export shows them. */
  readonly upTo: LogHead;
}

export interface ArchivedLog {
  /** The checkpoint that the log begins after. */
  readonly archived: LogHead;
  /** How many entries this call archived; 0 where they were archived before. */
  readonly entries: number;
}
