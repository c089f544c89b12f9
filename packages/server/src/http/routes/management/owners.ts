import { z } from '@hono/zod-openapi';
import { endpoint } from '../../endpoints/endpoint.js';
import { propagated, propagatingAnswers, waitQuery } from '../../endpoints/propagating.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { json } from '../../exchange/answer.js';
import { reasonBody } from '../../schemas/keys.js';
import { changedOwner, listOwnersQuery, owner, ownerPage, revokedAll, updateOwnerBody } from '../../schemas/owners.js';
import { ownerId } from '../../schemas/values.js';

const tag = 'Owners';
const params = z.strictObject({ id: ownerId });

const listOwners = endpoint(
  {
    method: 'get',
    path: '/v1/owners',
    id: 'listOwners',
    tag,
    summary: 'List and search owners',
    scope: 'owners:read',
    query: listOwnersQuery,
    answers: taggedAnswers('A page of owners', ownerPage),
  },
  async ({ services, query, context }) => json(200, await services.latchkey.owners.list(query, context)),
);

const getOwner = endpoint(
  {
    method: 'get',
    path: '/v1/owners/{id}',
    id: 'getOwner',
    tag,
    summary: 'Read an owner',
    scope: 'owners:read',
    params,
    answers: { 200: { description: 'The owner', schema: owner } },
    problems: [404],
  },
  async ({ services, params: { id }, context }) => json(200, await services.latchkey.owners.get(id, context)),
);

const updateOwner = endpoint(
  {
    method: 'patch',
    path: '/v1/owners/{id}',
    id: 'updateOwner',
    tag,
    summary: 'Change an owner',
    description: 'Makes the record where there is none, if there is anything to write.',
    scope: 'owners:write',
    params,
    query: waitQuery,
    body: updateOwnerBody,
    answers: propagatingAnswers('The owner as it is now, and how far the change has reached', changedOwner),
    problems: [404],
  },
  async ({ services, params: { id }, query, body, context }) => propagated(query, await services.latchkey.owners.update(id, body, context)),
);

const VERBS = { suspend: 'Suspend all keys of an owner', resume: 'Resume the keys of a suspended owner' } as const;

function verbEndpoint(verb: keyof typeof VERBS) {
  return endpoint(
    {
      method: 'post',
      path: `/v1/owners/{id}/${verb}`,
      id: `${verb}Owner`,
      tag,
      summary: VERBS[verb],
      scope: 'owners:write',
      params,
      query: waitQuery,
      body: reasonBody,
      bodyOptional: true,
      answers: propagatingAnswers('The owner as it is now, and how far the change has reached', changedOwner),
      problems: [404],
    },
    async ({ services, params: { id }, query, body, context }) =>
      propagated(query, await services.latchkey.owners[verb](id, body, context)),
  );
}

const revokeAll = endpoint(
  {
    method: 'post',
    path: '/v1/owners/{id}/revoke-all',
    id: 'revokeAllKeysOfOwner',
    tag,
    summary: 'Revoke every key of an owner, for good',
    description:
      'Every key is refused when this is answered, however many there are. The records of more than 100 keys follow in batches: `owner.revoking` says how many are left, and the audit log has one entry for each batch, which names its keys.',
    scope: 'owners:write',
    params,
    query: waitQuery,
    body: reasonBody,
    bodyOptional: true,
    answers: propagatingAnswers('The owner, and how many keys this call revoked', revokedAll),
    problems: [404],
  },
  async ({ services, params: { id }, query, body, context }) =>
    propagated(query, await services.latchkey.owners.revokeAll(id, body, context)),
);

export const ownerEndpoints = [listOwners, getOwner, updateOwner, verbEndpoint('suspend'), verbEndpoint('resume'), revokeAll];
