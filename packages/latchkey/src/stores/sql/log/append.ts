/** How a change appends entries to the audit log: each sealed with the hash of the one before it. */
import type { Kysely } from 'kysely';
import { sealEvent } from '../../../domain/event-chain.js';
import { keysNamedBy, type LogEvent, type LogHead } from '../../../domain/event.js';
import type { Change } from '../../../ports/key-store.js';
import { eventInsert } from '../rows.js';
import type { Schema } from '../schema.js';
import type { Write } from '../write.js';
import { readHead } from './events.js';

/** Entries that one statement writes. */
const EVENTS_AT_ONCE = 50;

/** Returns what appends entries within one change; `head` is the last entry of the log, where it is known already. */
export function appenderOf(db: Kysely<Schema>, write: Write, head: LogHead | null | undefined): Change['appendAll'] {
  let last = head;
  return async (drafts) => {
    const events: LogEvent[] = [];
    for (const draft of drafts) {
      // Nobody else appends until the change ends: the head is read once.
      const event = sealEvent(draft, last === undefined ? await readHead(db) : last);
      events.push(event);
      last = event;
    }
    for (let start = 0; start < events.length; start += EVENTS_AT_ONCE) {
      await write(db.insertInto('events').values(events.slice(start, start + EVENTS_AT_ONCE).map(eventInsert)));
    }
    const named = events.flatMap((event) => keysNamedBy(event).map((key_id) => ({ key_id, seq: event.seq })));
    if (named.length > 0) await write(db.insertInto('event_keys').values(named));
    return events;
  };
}
