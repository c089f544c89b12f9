import type { FastifyPluginAsync } from 'fastify';
import type { Latchkey } from 'latchkey';
import { userOf } from './callers.js';

const LISTING = { type: 'object', additionalProperties: false, properties: { cursor: { type: 'string' } } } as const;

/** What became of a user's keys, the newest first. Latchkey writes the entries: each is made by the transaction that it tells of. */
export function auditRoutes(latchkey: Latchkey): FastifyPluginAsync {
  return async (api) => {
    api.get<{ Querystring: { cursor?: string } }>('/audit', { schema: { querystring: LISTING } }, async (request) => {
      const { ownerId } = userOf(request);
      const { data, nextCursor } = await latchkey.events.list({ owner: ownerId, limit: 100, cursor: request.query.cursor });
      const entries = data.map(({ at, action, actor, target, address }) => ({ at, action, by: actor.id, id: target.id, from: address }));
      return { entries, nextCursor };
    });
  };
}
