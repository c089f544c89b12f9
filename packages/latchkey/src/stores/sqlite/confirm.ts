import { sql } from 'kysely';
import type { EventLog } from '../../ports/event-log.js';
import { GENESIS, hashedEntries, type QuoteText } from '../sql/log/confirm.js';
import type { ThreadReader } from './thread-reader.js';

/** The reading thread hashes what the database writes. Where there is none, nothing is confirmed. */
export function createConfirm(thread: ThreadReader): EventLog['confirm'] {
  return async (after, limit) => {
    const { sql: text, parameters } = hashedEntries(thread.db, { after: after ?? GENESIS, limit, quote }).compile();
    const head = await thread.confirm(text, parameters, after ?? GENESIS);
    return head.seq === 0 ? null : head;
  };
}

const quote: QuoteText = (text) => sql`json_quote(${text})`;
