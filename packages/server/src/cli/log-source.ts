import type { ChainReport, EventView, LogHead } from 'latchkey';
import type { Client } from 'latchkey/client';
import { walkPages } from './pages.js';

/** Where the change log is read from. */
export interface LogSource {
  /** Every entry, oldest first. */
  walk(): AsyncIterable<EventView>;
  head(): Promise<LogHead | null>;
  verify(expected?: LogHead): Promise<ChainReport>;
  close(): Promise<void>;
}

/** The service checks its own log. */
export function serviceLog(client: Client): LogSource {
  return {
    walk: () => walkPages(async (page) => client.events.list({ ...page, order: 'oldest' })),
    head: async () => client.events.head(),
    verify: async (expected) => client.events.verify(expected),
    close: async () => Promise.resolve(),
  };
}
