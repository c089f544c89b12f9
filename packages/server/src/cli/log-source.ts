import type { ChainReport, EventView, ListEventsQuery, LogHead, VerifyEventsQuery } from 'latchkey';
import type { Client } from 'latchkey/client';
import { walkPages } from './pages.js';

/** Source of the audit log. */
export interface LogSource {
  /** Every entry, or those of a service that the filters admit; oldest first. */
  walk(filters?: EventFilters): AsyncIterable<EventView>;
  head(): Promise<LogHead | null>;
  /** Checks the log to its end; tells `progress` now and then how many entries it has checked, and that there are more. */
  verify(query: CheckQuery, progress: Progress): Promise<ChainReport>;
  close(): Promise<void>;
}

export type EventFilters = Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>;

export type CheckQuery = Omit<VerifyEventsQuery, 'limit'>;

export type Progress = (entries: number) => void;

/** The service checks its own log. */
export function serviceLog(client: Client): LogSource {
  return {
    walk: (filters) => walkPages(async (page) => client.events.list({ ...filters, ...page, order: 'oldest' })),
    head: async () => client.events.head(),
    verify: async (query, progress) => checkInSteps(async (step) => client.events.verify(step), query, progress),
    close: async () => Promise.resolve(),
  };
}

/** Entries of a step: about a second of work. */
export const STEP = 100_000;

/** Checks step by step: no request takes long, and the check can be followed. */
export async function checkInSteps(
  check: (query: VerifyEventsQuery) => Promise<ChainReport>,
  query: CheckQuery,
  progress: Progress,
): Promise<ChainReport> {
  let entries = 0;
  for (let { after } = query; ;) {
    const report = await check({ ...query, after, limit: STEP });
    entries += report.entries;
    if (report.complete || !report.intact) return { ...report, entries };
    progress(entries);
    after = report.head ?? undefined;
  }
}
