import type { Kysely } from 'kysely';
import type { LogHead } from '../../domain/event.js';
import type { EventLog, EventQuery } from '../../ports/event-log.js';
import { failingAsUnavailable } from './failure.js';
import type { SqlReader } from './reader.js';
import { eventFromRow } from './rows.js';
import type { Schema } from './schema.js';

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
  return select;
}

export async function readHead(db: Kysely<Schema>): Promise<LogHead | null> {
  const row = await db.selectFrom('events').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row ?? null;
}
