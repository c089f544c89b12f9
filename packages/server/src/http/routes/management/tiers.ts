import { z } from '@hono/zod-openapi';
import { endpoint } from '../../endpoints/endpoint.js';
import { propagated, propagatingAnswers, waitQuery } from '../../endpoints/propagating.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { empty, json } from '../../exchange/answer.js';
import { changedTier, putTierBody, tier, tierPage } from '../../schemas/tiers.js';
import { tierName } from '../../schemas/values.js';

const tag = 'Tiers';
const params = z.strictObject({ name: tierName });

const listTiers = endpoint(
  {
    method: 'get',
    path: '/v1/tiers',
    id: 'listTiers',
    tag,
    summary: 'List tiers',
    scope: 'tiers:read',
    answers: taggedAnswers('All tiers', tierPage),
  },
  async ({ services, context }) => json(200, { data: await services.latchkey.tiers.list(context), nextCursor: null }),
);

const getTier = endpoint(
  {
    method: 'get',
    path: '/v1/tiers/{name}',
    id: 'getTier',
    tag,
    summary: 'Read a tier',
    scope: 'tiers:read',
    params,
    answers: { 200: { description: 'The tier', schema: tier } },
    problems: [404],
  },
  async ({ services, params: { name }, context }) => json(200, await services.latchkey.tiers.get(name, context)),
);

const putTier = endpoint(
  {
    method: 'put',
    path: '/v1/tiers/{name}',
    id: 'putTier',
    tag,
    summary: 'Make a tier, or replace its limits',
    description: 'Takes effect on all its keys at once.',
    scope: 'tiers:write',
    params,
    query: waitQuery,
    body: putTierBody,
    answers: propagatingAnswers('The tier as it is now, and how far the change has reached', changedTier),
    problems: [409],
  },
  async ({ services, params: { name }, query, body, context }) => propagated(query, await services.latchkey.tiers.put(name, body, context)),
);

const removeTier = endpoint(
  {
    method: 'delete',
    path: '/v1/tiers/{name}',
    id: 'removeTier',
    tag,
    summary: 'Remove a tier',
    description: 'Refused while keys that are not revoked have it.',
    scope: 'tiers:write',
    params,
    answers: { 204: { description: 'Removed' } },
    problems: [404, 409],
  },
  async ({ services, params: { name }, context }) => {
    await services.latchkey.tiers.remove(name, context);
    return empty(204);
  },
);

export const tierEndpoints = [listTiers, getTier, putTier, removeTier];
