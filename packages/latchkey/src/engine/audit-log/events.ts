/** engine/audit-log/ owns the audit log: reading, checking and archiving it. */
import { EVENT_ACTIONS, type LogEvent } from '../../domain/event.js';
import { createMutex } from '../../domain/mutex.js';
import { toIso } from '../../domain/time.js';
import type { EventLog, EventQuery } from '../../ports/event-log.js';
import type { Events, EventView, ListEventsQuery } from '../api/index.js';
import { createArchiveLog, type ArchiveParts } from './archive-log.js';
import { checkLog } from './check-log.js';
import { assertUnbounded, LIBRARY_CONTEXT, ownerFilterOf, type UseCaseParts } from '../changes/context.js';
import { readPaging, toPage } from '../fields/cursor.js';
import { createFieldReader } from '../fields/key-input.js';
import { assertShapes } from '../fields/takes.js';

/** An export makes them into text on the event loop: about 1 ms. */
const READ_AT_ONCE = 50;

export function createEvents(parts: UseCaseParts & ArchiveParts): Events {
  const { storage, settings } = parts;
  const pages = createMutex();
  return {
    async head(context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      return storage.events.readHead();
    },
    async list(asked = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      assertShapes([asked], ['fields']);
      const { order = 'newest', limit, cursor, ...query } = asked;
      const filters = readFilters(query);
      const { action, targetId, owner, actorId, from, until } = filters;
      const given = [action, targetId, owner, actorId, order, from, until].map((value) => value ?? null);
      const paging = readPaging('events', { limit, cursor }, given);
      const [after] = paging.after ?? [];
      const events = await storage.events.readEvents({
        ...filters,
        order,
        after: typeof after === 'number' ? after : undefined,
        limit: paging.limit + 1,
        signal: context.signal,
      });
      return toPage(events, paging, { view: viewEvent, position: ({ seq }) => [seq] });
    },
    walk(query = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      assertShapes([query], ['fields']);
      // Of many exports, one page at a time comes to the event loop.
      const log: Pick<EventLog, 'readEvents'> = { readEvents: async (page) => pages.run(async () => storage.events.readEvents(page)) };
      return viewAll(walkLog(log, readFilters(query)));
    },
    async verify(query = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      assertShapes([query], ['fields']);
      return checkLog(storage.events, query, settings.peppers);
    },
    archive: createArchiveLog(parts),
  };
}

type Filters = Omit<EventQuery, 'after' | 'order' | 'limit'>;

function readFilters({ action, key, actor, from, until, ...query }: Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>): Filters {
  const fields = createFieldReader();
  if (action !== undefined && !EVENT_ACTIONS.includes(action)) fields.refuse('/action', `Use one of ${EVENT_ACTIONS.join(', ')}.`);
  const span = {
    from: from === undefined ? undefined : (fields.instant(from, '/from') ?? undefined),
    until: until === undefined ? undefined : (fields.instant(until, '/until') ?? undefined),
  };
  if (span.from !== undefined && span.until !== undefined && span.from >= span.until && !fields.refused('/from'))
    fields.refuse('/from', 'It must lie before until.');
  fields.finish();
  return { action, targetId: key, owner: ownerFilterOf(query.owner), actorId: actor, ...span };
}

/** The log, or what the filters admit of it, oldest first, in constant memory. */
export async function* walkLog(log: Pick<EventLog, 'readEvents'>, filters: Filters = {}): AsyncGenerator<LogEvent> {
  for (let after = 0; ;) {
    const events = await log.readEvents({ ...filters, after, order: 'oldest', limit: READ_AT_ONCE });
    yield* events;
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

async function* viewAll(events: AsyncIterable<LogEvent>): AsyncGenerator<EventView> {
  for await (const event of events) yield viewEvent(event);
}

function viewEvent(event: LogEvent): EventView {
  return { ...event, at: toIso(event.at) };
}
