import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { CreatedOwnKey, Latchkey, OwnCallContext, OwnKeyView } from 'latchkey';
import { ownerOf, userOf } from './callers.js';

const DAYS_MAX = 365;

const LISTING = { type: 'object', additionalProperties: false, properties: { cursor: { type: 'string' } } } as const;
const NEW_KEY = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 100 },
    expiresInDays: { type: 'integer', minimum: 1, maximum: DAYS_MAX, default: 90 },
  },
} as const;
/** `grace`: how long the old token goes on, such as "24h"; without it, it ends at once. */
const ROTATION = { type: ['object', 'null'], additionalProperties: false, properties: { grace: { type: 'string' } } } as const;

interface WithId {
  readonly id: string;
}

/** Users manage their own keys: whose key it is not, to them it does not exist. */
export function keyRoutes(latchkey: Latchkey): FastifyPluginAsync {
  const selfService = latchkey.selfService({ maxExpiry: `${DAYS_MAX}d`, maxKeys: 20 });
  return async (api) => {
    api.addHook('onRequest', async (_request, reply) => {
      reply.header('Cache-Control', 'no-store');
    });

    // To be seen by keys too: the list tells nothing by which one could act.
    api.get<{ Querystring: { cursor?: string } }>('/api-keys/list', { schema: { querystring: LISTING } }, async (request) => {
      const own = selfService.for({ ownerId: ownerOf(request), expiresAt: null });
      const { data, total, active, nextCursor } = await own.list({ limit: 100, cursor: request.query.cursor });
      return { apiKeys: data.map(viewKey), totalKeys: total, activeKeys: active, nextCursor };
    });

    api.post<{ Body: { name: string; expiresInDays: number } }>('/api-keys', { schema: { body: NEW_KEY } }, async (request, reply) => {
      const { name, expiresInDays } = request.body;
      const own = selfService.for(userOf(request));
      return reply.code(201).send(showOnce(await own.create({ name, expiresIn: `${expiresInDays}d` }, calledBy(request))));
    });

    api.post<{ Params: WithId; Body: { grace?: string } | null }>(
      '/api-keys/:id/rotate',
      { schema: { body: ROTATION } },
      async (request) => {
        const own = selfService.for(userOf(request));
        return showOnce(await own.rotate(request.params.id, { grace: request.body?.grace }, calledBy(request)));
      },
    );

    // Written into the log by the same transaction: see audit-routes.ts.
    api.delete<{ Params: WithId }>('/api-keys/:id', async (request) => {
      const own = selfService.for(userOf(request));
      const { key } = await own.revoke(request.params.id, {}, calledBy(request));
      return { message: 'API key revoked', id: key.id, name: key.name };
    });
  };
}

/** The one answer in which the token stands: it is stored nowhere, and cannot be shown again. */
function showOnce({ key, token }: CreatedOwnKey) {
  const { id, name, expiresAt } = key;
  return { message: 'Keep this API key now: it is not shown again', apiKey: token.reveal(), id, name, expiresAt };
}

function viewKey({ id, name, preview, status, daysUntilExpiry, createdAt, expiresAt, lastUsedAt }: OwnKeyView) {
  return { id, name, keyPreview: preview, status, daysUntilExpiration: daysUntilExpiry, createdAt, expiresAt, lastUsedAt };
}

/** What the log says of a change, beside who made it. */
function calledBy({ ip, id }: FastifyRequest): Pick<OwnCallContext, 'address' | 'requestId'> {
  return { address: ip, requestId: id };
}
