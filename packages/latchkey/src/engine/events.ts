/** The change log, to read and to check. */
import { createChainCheck } from '../domain/event-chain.js';
import { EVENT_ACTIONS, type LogEvent } from '../domain/event.js';
import { InvalidInputError } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import type { Events, EventView } from './api.js';
import type { UseCaseParts } from './context.js';
import { readPaging, toPage } from './cursor.js';

const CHECK_BATCH = 500;

export function createEvents({ storage }: UseCaseParts): Events {
  return {
    head: () => storage.events.readHead(),
    async list({ action, key, owner, actor, order = 'newest', limit, cursor } = {}) {
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
    async verify(expectedHead) {
      const check = createChainCheck(expectedHead);
      let after = 0;
      for (;;) {
        const events = await storage.events.readEvents({ after, order: 'oldest', limit: CHECK_BATCH });
        for (const event of events) check.next(event);
        const last = events.at(-1);
        if (last === undefined) return check.finish();
        after = last.seq;
      }
    },
  };
}

function viewEvent(event: LogEvent): EventView {
  return { ...event, at: toIso(event.at) };
}
