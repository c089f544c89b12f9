/** Self-service: an owner's own keys, within what the configuration lets owners choose. */
import { z } from '@hono/zod-openapi';
import { ownEndpoint } from '../../endpoints/endpoint.js';
import { issued } from '../../endpoints/issued.js';
import { DELETED, propagatedWithoutBody } from '../../endpoints/propagating.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { json } from '../../exchange/answer.js';
import { reasonBody } from '../../schemas/keys.js';
import {
  changedOwnKey,
  createOwnKeyBody,
  issuedOwnKey,
  listOwnKeysQuery,
  ownKey,
  ownKeyPage,
  ownUsageQuery,
  rotatedOwnKey,
  rotateOwnKeyBody,
  updateOwnKeyBody,
} from '../../schemas/own-keys.js';
import { me } from '../../schemas/session.js';
import { usageReport } from '../../schemas/usage.js';
import { id } from '../../schemas/values.js';

const common = { tag: 'Own keys', scope: null, ownKeys: true } as const;
const params = z.strictObject({ id });

const readMe = ownEndpoint(
  {
    ...common,
    method: 'get',
    path: '/v1/me',
    id: 'readMe',
    summary: 'Who you are here, and what you may choose',
    answers: { 200: { description: 'The owner, and what it may do', schema: me } },
  },
  async ({ who: { keys, allow } }) => json(200, { ...(await keys.account()), allow }),
);

const listOwnKeys = ownEndpoint(
  {
    ...common,
    method: 'get',
    path: '/v1/me/keys',
    id: 'listOwnKeys',
    summary: 'List your keys, the newest first',
    query: listOwnKeysQuery,
    answers: taggedAnswers('A page of keys, and how many there are', ownKeyPage),
  },
  async ({ who: { keys }, query }) => json(200, await keys.list(query)),
);

const createOwnKey = ownEndpoint(
  {
    ...common,
    method: 'post',
    path: '/v1/me/keys',
    id: 'createOwnKey',
    needs: 'create',
    summary: 'Create a key of your own',
    description: 'Answers the key and its token: the one time that the token is shown. What may be chosen, the service says.',
    body: createOwnKeyBody,
    repeatable: true,
    answers: { 201: { description: 'The key and its token', schema: issuedOwnKey, headers: ['Location'] } },
    problems: [409],
  },
  async ({ who: { keys }, exchange, body, context }) => {
    const created = await keys.create(body, context);
    exchange.keyId = created.key.id;
    return issued(201, created, { location: `/v1/me/keys/${encodeURIComponent(created.key.id)}` });
  },
);

const getOwnKey = ownEndpoint(
  {
    ...common,
    method: 'get',
    path: '/v1/me/keys/{id}',
    id: 'getOwnKey',
    summary: 'Read a key of yours',
    params,
    answers: { 200: { description: 'The key', schema: ownKey } },
  },
  async ({ who: { keys }, exchange, params: { id } }) => {
    const found = await keys.get(id);
    exchange.keyId = found.id;
    return json(200, found);
  },
);

const updateOwnKey = ownEndpoint(
  {
    ...common,
    method: 'patch',
    path: '/v1/me/keys/{id}',
    id: 'updateOwnKey',
    needs: 'rename',
    summary: 'Rename a key of yours, or narrow where it may be used from',
    params,
    body: updateOwnKeyBody,
    answers: { 200: { description: 'The key as it is now', schema: changedOwnKey } },
    problems: [409],
  },
  async ({ who: { keys }, exchange, params: { id }, body, context }) => {
    const changed = await keys.update(id, body, context);
    exchange.keyId = changed.key.id;
    return json(200, changed);
  },
);

const rotateOwnKey = ownEndpoint(
  {
    ...common,
    method: 'post',
    path: '/v1/me/keys/{id}/rotate',
    id: 'rotateOwnKey',
    needs: 'rotate',
    summary: 'Give a key of yours a new token',
    description: 'Everything else of the key stays as it is. The old token stays valid for the grace asked for.',
    params,
    body: rotateOwnKeyBody,
    bodyOptional: true,
    repeatable: true,
    answers: { 200: { description: 'The key and its new token', schema: rotatedOwnKey } },
    problems: [409],
  },
  async ({ who: { keys }, exchange, params: { id }, body, context }) => {
    const rotated = await keys.rotate(id, body, context);
    exchange.keyId = rotated.key.id;
    return issued(200, rotated);
  },
);

const retireOwnSecret = ownEndpoint(
  {
    ...common,
    method: 'post',
    path: '/v1/me/keys/{id}/secrets/{secretId}/retire',
    id: 'retireOwnSecret',
    needs: 'rotate',
    summary: 'End at once an old token of a key of yours, which a rotation left valid',
    params: z.strictObject({ id, secretId: id }),
    answers: { 200: { description: 'The key as it is now, and how far the change has reached', schema: changedOwnKey } },
    problems: [409],
  },
  async ({ who: { keys }, exchange, params: { id, secretId }, context }) => {
    const changed = await keys.retireSecret(id, secretId, context);
    exchange.keyId = changed.key.id;
    return json(200, changed);
  },
);

const revokeOwnKey = ownEndpoint(
  {
    ...common,
    method: 'post',
    path: '/v1/me/keys/{id}/revoke',
    id: 'revokeOwnKey',
    needs: 'revoke',
    summary: 'Revoke a key of yours, for good',
    params,
    body: reasonBody,
    bodyOptional: true,
    answers: { 200: { description: 'The key as it is now, and how far the change has reached', schema: changedOwnKey } },
  },
  async ({ who: { keys }, exchange, params: { id }, body, context }) => {
    const revoked = await keys.revoke(id, body, context);
    exchange.keyId = revoked.key.id;
    return json(200, revoked);
  },
);

const deleteOwnKey = ownEndpoint(
  {
    ...common,
    method: 'delete',
    path: '/v1/me/keys/{id}',
    id: 'deleteOwnKey',
    needs: 'revoke',
    summary: 'Revoke a key of yours, for good',
    description: 'The same as revoke, without an answer to read.',
    params,
    answers: DELETED,
  },
  async ({ who: { keys }, exchange, params: { id }, context }) => {
    const { key, propagation } = await keys.revoke(id, {}, context);
    exchange.keyId = key.id;
    return propagatedWithoutBody(propagation);
  },
);

const readOwnUsage = ownEndpoint(
  {
    ...common,
    method: 'get',
    path: '/v1/me/usage',
    id: 'readOwnUsage',
    needs: 'usage',
    summary: 'Verifications of your keys by hour or day, and by outcome',
    description: 'Of one key, or of all of yours. By default the last 30 days.',
    query: ownUsageQuery,
    answers: { 200: { description: 'The figures', schema: usageReport } },
  },
  async ({ who: { keys }, query }) => json(200, await keys.usage(query)),
);

export const ownKeyEndpoints = [
  readMe,
  listOwnKeys,
  createOwnKey,
  getOwnKey,
  updateOwnKey,
  retireOwnSecret,
  rotateOwnKey,
  revokeOwnKey,
  deleteOwnKey,
  readOwnUsage,
];
