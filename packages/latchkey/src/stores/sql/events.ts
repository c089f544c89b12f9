import { sql, type Kysely } from 'kysely';
import type { LogHead } from '../../domain/event.js';
import type { EventLog, EventQuery } from '../../ports/event-log.js';
import { failingAsUnavailable } from './failure.js';
import type { SqlReader } from './reader.js';
import { eventFromRow } from './rows.js';
import type { Schema } from './schema.js';

/**
 * By how much the times of entries may be out of the order of the log, at most: by as much as the clocks of nodes differ. What
 * lies further off is not looked at, whatever the span.
 */
const DISORDER_MS = 600_000;

export function createEventLog({ db, read }: SqlReader): EventLog {
  return failingAsUnavailable<EventLog>({
    async readEvents(query) {
      const rows = await read(() => eventsQuery(db, query).execute());
      return rows.map(eventFromRow);
    },
    readHead: () => read(() => readHead(db)),
  });
}

export function eventsQuery(db: Kysely<Schema>, query: EventQuery) {
  const newestFirst = query.order === 'newest';
  let select = db
    .selectFrom('events')
    .selectAll()
    .orderBy('seq', newestFirst ? 'desc' : 'asc')
    .limit(query.limit);
  if (query.after !== undefined) select = select.where('seq', newestFirst ? '<' : '>', query.after);
  if (query.action !== undefined) select = select.where('action', '=', query.action);
  if (query.targetId !== undefined) select = select.where('target_id', '=', query.targetId);
  if (query.owner !== undefined) select = select.where('owner', '=', query.owner);
  if (query.actorId !== undefined) select = select.where('actor_id', '=', query.actorId);
  const events = sql.table('events');
  if (query.from !== undefined) {
    const first = sql<number>`(select seq from ${events} where at >= ${query.from - DISORDER_MS} order by at, seq limit 1)`;
    select = select.where('seq', '>=', first).where('at', '>=', query.from);
  }
  if (query.until !== undefined) {
    const last = sql<number>`(select seq from ${events} where at < ${query.until + DISORDER_MS} order by at desc, seq desc limit 1)`;
    select = select.where('seq', '<=', last).where('at', '<', query.until);
  }
  return select;
}

export async function readHead(db: Kysely<Schema>): Promise<LogHead | null> {
  const row = await db.selectFrom('events').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? null : { seq: row.seq, hash: row.hash };
}
