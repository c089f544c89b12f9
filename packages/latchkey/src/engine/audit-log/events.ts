/** engine/audit-log/ owns the audit log: reading, checking and archiving it. */
import type * as v from 'valibot';
import { eventFilters, listEventsInput } from '../../contract/calls/events.js';
import { readInput, type Rules } from '../../contract/index.js';
import type { EventView, LogEvent } from '../../domain/event.js';
import { createMutex } from '../../domain/mutex.js';
import { toIso } from '../../domain/time.js';
import type { EventLog, EventQuery } from '../../ports/event-log.js';
import type { Events } from '../api/index.js';
import { createArchiveLog, type ArchiveParts } from './archive-log.js';
import { checkLog } from './check-log.js';
import { assertUnbounded, LIBRARY_CONTEXT, ownerFilterOf, type EventUseCases, type UseCaseParts } from '../changes/context.js';
import { readPaging, toPage } from '../fields/cursor.js';
import { libraryContext } from '../fields/takes.js';

/** An export makes them into text on the event loop: about 1 ms. */
const READ_AT_ONCE = 50;

export function createEvents(parts: UseCaseParts & ArchiveParts): EventUseCases & Pick<Events, 'walk'> {
  const { storage, settings } = parts;
  const pages = createMutex();
  return {
    async head(context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      return storage.events.readHead();
    },
    async list(input = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      const { order = 'newest', limit, cursor, ...given } = readInput(listEventsInput, input, fromBeforeUntil);
      const filters = filtersOf(given);
      const { action, targetId, owner, actorId, from, until } = filters;
      const list = [action, targetId, owner, actorId, order, from, until].map((value) => value ?? null);
      const paging = readPaging('events', { limit, cursor }, list);
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
    walk(input = {}, options = {}) {
      assertUnbounded(libraryContext(options));
      const filters = filtersOf(readInput(eventFilters, input, fromBeforeUntil));
      // Of many exports, one page at a time comes to the event loop.
      const log: Pick<EventLog, 'readEvents'> = { readEvents: async (page) => pages.run(async () => storage.events.readEvents(page)) };
      return viewAll(walkLog(log, filters));
    },
    async verify(query = {}, context = LIBRARY_CONTEXT) {
      assertUnbounded(context);
      return checkLog(storage.events, query, settings.peppers);
    },
    archive: createArchiveLog(parts),
  };
}

type Filters = Omit<EventQuery, 'after' | 'order' | 'limit'>;
type Given = v.InferOutput<typeof eventFilters>;

const fromBeforeUntil: Rules<Given> = ({ from, until }, refuse) => {
  if (from !== undefined && until !== undefined && from >= until) refuse('/from', 'It must lie before until.');
};

function filtersOf({ action, key, actor, from, until, owner }: Given): Filters {
  return { action, targetId: key, owner: ownerFilterOf(owner), actorId: actor, from, until };
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
