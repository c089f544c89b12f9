/** The change log, to read and to check. */
import { verifyChain } from '../domain/event-chain.js';
import { EVENT_ACTIONS, type LogEvent } from '../domain/event.js';
import { InvalidInputError } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import type { EventLog } from '../ports/event-log.js';
import type { Events, EventView } from './api.js';
import { ownerFilterOf, type UseCaseParts } from './context.js';
import { readPaging, toPage } from './cursor.js';

const READ_AT_ONCE = 200;

export function createEvents({ storage }: UseCaseParts): Events {
  return {
    head: () => storage.events.readHead(),
    async list({ action, key, actor, order = 'newest', limit, cursor, ...query } = {}) {
      const owner = ownerFilterOf(query.owner);
      if (action !== undefined && !EVENT_ACTIONS.includes(action)) {
        throw new InvalidInputError([{ pointer: '/action', message: `Use one of ${EVENT_ACTIONS.join(', ')}.` }]);
      }
      const filters = [action ?? null, key ?? null, owner ?? null, actor ?? null, order];
      const paging = readPaging('events', { limit, cursor }, filters);
      const [after] = paging.after ?? [];
      const events = await storage.events.readEvents({
        action,
        targetId: key,
        owner,
        actorId: actor,
        order,
        after: typeof after === 'number' ? after : undefined,
        limit: paging.limit + 1,
      });
      return toPage(events, paging, { view: viewEvent, position: ({ seq }) => [seq] });
    },
    verify: (expectedHead) => verifyChain(walkLog(storage.events), expectedHead),
  };
}

/** The whole log, oldest first, in constant memory. */
export async function* walkLog(log: EventLog): AsyncGenerator<LogEvent> {
  for (let after = 0; ;) {
    const events = await log.readEvents({ after, order: 'oldest', limit: READ_AT_ONCE });
    yield* events;
    const last = events.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

function viewEvent(event: LogEvent): EventView {
  return { ...event, at: toIso(event.at) };
}
