/**
 * The reads of the audit log.
 *
 * stores/sql/log/ owns how the log is read, checked where it is stored, and archived.
 */
import { sql, type Expression, type ExpressionBuilder, type Kysely, type SqlBool } from 'kysely';
import type { LogHead } from '../../../domain/event.js';
import type { EventLog, EventQuery } from '../../../ports/event-log.js';
import { failingAsUnavailable } from '../failure.js';
import { readCheckpoint } from './archive.js';
import { NOT_ENDED, type InTime, type SqlReader } from '../reader.js';
import { eventFromRow } from '../rows.js';
import type { Schema } from '../schema.js';

/**
 * By how much the times of entries may be out of the order of the log, at most: by as much as the clocks of nodes differ. What
 * lies further off is not looked at, whatever the span.
 */
const DISORDER_MS = 600_000;

export function createEventLog(reader: SqlReader, confirm: EventLog['confirm']): EventLog {
  const { db, read } = reader;
  return failingAsUnavailable<EventLog>({
    async readEvents(query) {
      const { db: own, read: inTurn, inTime } = reader.until(query.signal);
      const rows = await inTurn(() => eventRowsQuery(own, query, inTime).execute());
      return rows.map(eventFromRow);
    },
    confirm,
    readCheckpoint: () => read(() => readCheckpoint(db)),
    readHead: () => read(() => readHead(db)),
  });
}

/**
 * The entries about a key are those that have it as their target and those that name it. Each kind is found in the order of the
 * log, by an index of its own, and no further than the page.
 */
export function eventRowsQuery(db: Kysely<Schema>, query: EventQuery, inTime: InTime = NOT_ENDED) {
  const direction = query.order === 'newest' ? 'desc' : 'asc';
  const admitted = filterOf(query, inTime);
  const page = db.selectFrom('events').selectAll('events').orderBy('events.seq', direction).limit(query.limit);
  const { targetId } = query;
  if (targetId === undefined) return page.where(admitted);
  const targeted = db
    .selectFrom('events')
    .select('events.seq')
    .where('events.target_id', '=', targetId)
    .where(admitted)
    .orderBy('events.seq', direction)
    .limit(query.limit);
  const naming = db
    .selectFrom('event_keys')
    .innerJoin('events', 'events.seq', 'event_keys.seq')
    .select('events.seq')
    .where('event_keys.key_id', '=', targetId)
    .where(admitted)
    .orderBy('event_keys.seq', direction)
    .limit(query.limit);
  // As subqueries, for SQLite lets no part of a compound have an order.
  const seqs = db
    .selectFrom(targeted.as('targeted'))
    .select('seq')
    .unionAll(db.selectFrom(naming.as('naming')).select('seq'));
  return page.where('events.seq', 'in', seqs);
}

function filterOf({ order, after, action, owner, actorId, from, until }: EventQuery, inTime: InTime) {
  return (eb: ExpressionBuilder<Schema, 'events'>): Expression<SqlBool> => {
    const parts: Expression<SqlBool>[] = [...inTime(sql`events.seq`)];
    if (after !== undefined) parts.push(eb('events.seq', order === 'newest' ? '<' : '>', after));
    if (action !== undefined) parts.push(eb('events.action', '=', action));
    if (owner !== undefined) parts.push(eb('events.owner', '=', owner));
    if (actorId !== undefined) parts.push(eb('events.actor_id', '=', actorId));
    const events = sql.table('events');
    if (from !== undefined) {
      const first = sql<number>`(select seq from ${events} where at >= ${from - DISORDER_MS} order by at, seq limit 1)`;
      parts.push(eb('events.seq', '>=', first), eb('events.at', '>=', from));
    }
    if (until !== undefined) {
      const last = sql<number>`(select seq from ${events} where at < ${until + DISORDER_MS} order by at desc, seq desc limit 1)`;
      parts.push(eb('events.seq', '<=', last), eb('events.at', '<', until));
    }
    return eb.and(parts);
  };
}

export async function readHead(db: Kysely<Schema>): Promise<LogHead | null> {
  const row = await db.selectFrom('events').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? null : { seq: row.seq, hash: row.hash };
}
