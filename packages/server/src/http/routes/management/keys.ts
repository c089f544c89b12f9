import { z } from '@hono/zod-openapi';
import { endpoint } from '../../endpoints/endpoint.js';
import { issued } from '../../endpoints/issued.js';
import { DELETED, propagated, propagatedWithoutBody, propagatingAnswers, waitQuery } from '../../endpoints/propagating.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { json } from '../../exchange/answer.js';
import { revokedKeys, revokeKeysBody } from '../../schemas/insight.js';
import {
  changedKey,
  createKeyBody,
  issuedKey,
  key,
  keyPage,
  listKeysQuery,
  reasonBody,
  rotatedKey,
  rotateKeyBody,
  searchKeysBody,
  updateKeyBody,
} from '../../schemas/keys.js';
import { id } from '../../schemas/values.js';

const tag = 'Keys';
const params = z.strictObject({ id });

const createKey = endpoint(
  {
    method: 'post',
    path: '/v1/keys',
    id: 'createKey',
    tag,
    summary: 'Create a key',
    description: 'Answers the key and its token: the one time that the token is shown.',
    scope: 'keys:write',
    body: createKeyBody,
    repeatable: true,
    answers: { 201: { description: 'The key and its token', schema: issuedKey, headers: ['Location'] } },
    problems: [404, 409],
  },
  async ({ services, exchange, body, context }) => {
    const created = await services.latchkey.keys.create(body, context);
    exchange.keyId = created.key.id;
    return issued(201, created, { location: `/v1/keys/${encodeURIComponent(created.key.id)}` });
  },
);

const listKeys = endpoint(
  {
    method: 'get',
    path: '/v1/keys',
    id: 'listKeys',
    tag,
    summary: 'List and search keys, the newest first',
    description: 'With `expiresWithin` or `unusedFor`, the most urgent come first.',
    scope: 'keys:read',
    query: listKeysQuery,
    answers: taggedAnswers('A page of keys', keyPage),
  },
  async ({ services, query, context }) => json(200, await services.latchkey.keys.list(query, context)),
);

const searchKeys = endpoint(
  {
    method: 'post',
    path: '/v1/keys/search',
    id: 'searchKeys',
    tag,
    summary: 'Search keys, also by a token',
    description: 'As the list of keys, for what does not belong in a URL: logs and histories keep URLs. Changes nothing.',
    scope: 'keys:read',
    body: searchKeysBody,
    answers: { 200: { description: 'A page of keys', schema: keyPage } },
  },
  async ({ services, body, context }) => json(200, await services.latchkey.keys.list(body, context)),
);

const getKey = endpoint(
  {
    method: 'get',
    path: '/v1/keys/{id}',
    id: 'getKey',
    tag,
    summary: 'Read a key',
    scope: 'keys:read',
    params,
    answers: { 200: { description: 'The key', schema: key } },
    problems: [404],
  },
  async ({ services, exchange, params: { id }, context }) => {
    const found = await services.latchkey.keys.get(id, context);
    exchange.keyId = found.id;
    return json(200, found);
  },
);

const updateKey = endpoint(
  {
    method: 'patch',
    path: '/v1/keys/{id}',
    id: 'updateKey',
    tag,
    summary: 'Change a key',
    scope: 'keys:write',
    params,
    query: waitQuery,
    body: updateKeyBody,
    answers: propagatingAnswers('The key as it is now, and how far the change has reached', changedKey),
    problems: [404, 409],
  },
  async ({ services, exchange, params: { id }, query, body, context }) => {
    const changed = await services.latchkey.keys.update(id, body, context);
    exchange.keyId = changed.key.id;
    return propagated(query, changed);
  },
);

const rotateKey = endpoint(
  {
    method: 'post',
    path: '/v1/keys/{id}/rotate',
    id: 'rotateKey',
    tag,
    summary: 'Give a key a new token',
    description: 'Id, scopes, limits, credits and usage stay. The old token stays valid for the grace asked for.',
    scope: 'keys:write',
    params,
    query: waitQuery,
    body: rotateKeyBody,
    bodyOptional: true,
    repeatable: true,
    answers: propagatingAnswers('The key and its new token, and how far the end of the old one has reached', rotatedKey),
    problems: [404, 409],
  },
  async ({ services, exchange, params: { id }, query, body, context }) => {
    const rotated = await services.latchkey.keys.rotate(id, body, context);
    exchange.keyId = rotated.key.id;
    return issued(query.wait === false ? 202 : 200, rotated);
  },
);

const VERBS = {
  revoke: 'Revoke a key, for good',
  disable: 'Disable a key until it is enabled again',
  enable: 'Enable a disabled key',
} as const;

function verbEndpoint(verb: keyof typeof VERBS) {
  return endpoint(
    {
      method: 'post',
      path: `/v1/keys/{id}/${verb}`,
      id: `${verb}Key`,
      tag,
      summary: VERBS[verb],
      scope: 'keys:write',
      params,
      query: waitQuery,
      body: reasonBody,
      bodyOptional: true,
      answers: propagatingAnswers('The key as it is now, and how far the change has reached', changedKey),
      problems: [404, 409],
    },
    async ({ services, exchange, params: { id }, query, body, context }) => {
      const changed = await services.latchkey.keys[verb](id, body, context);
      exchange.keyId = changed.key.id;
      return propagated(query, changed);
    },
  );
}

const deleteKey = endpoint(
  {
    method: 'delete',
    path: '/v1/keys/{id}',
    id: 'deleteKey',
    tag,
    summary: 'Revoke a key, for good',
    description: 'The same as revoke, waiting until it holds on every node, without an answer to read. The key stays in the records.',
    scope: 'keys:write',
    params,
    answers: DELETED,
    problems: [404, 409],
  },
  async ({ services, exchange, params: { id }, context }) => {
    const { key, propagation } = await services.latchkey.keys.revoke(id, {}, context);
    exchange.keyId = key.id;
    return propagatedWithoutBody(propagation);
  },
);

const retireSecret = endpoint(
  {
    method: 'post',
    path: '/v1/keys/{id}/secrets/{secretId}/retire',
    id: 'retireSecret',
    tag,
    summary: 'End at once a secret that a rotation left valid',
    scope: 'keys:write',
    params: z.strictObject({ id, secretId: id }),
    query: waitQuery,
    answers: propagatingAnswers('The key as it is now, and how far the change has reached', changedKey),
    problems: [404, 409],
  },
  async ({ services, exchange, params: { id, secretId }, query, context }) => {
    const changed = await services.latchkey.keys.retireSecret(id, secretId, context);
    exchange.keyId = changed.key.id;
    return propagated(query, changed);
  },
);

const revokeKeys = endpoint(
  {
    method: 'post',
    path: '/v1/keys/revoke-batch',
    id: 'revokeKeys',
    tag,
    summary: 'Revoke up to 100 keys, for good',
    description: 'All as one change. Those that are not there, or are revoked already, are named and left alone.',
    scope: 'keys:write',
    query: waitQuery,
    body: revokeKeysBody,
    answers: propagatingAnswers('What became of each, in the order asked, and how far the change has reached', revokedKeys),
  },
  async ({ services, query, body, context }) => propagated(query, await services.latchkey.keys.revokeMany(body, context)),
);

export const keyEndpoints = [
  retireSecret,
  revokeKeys,
  createKey,
  listKeys,
  searchKeys,
  getKey,
  updateKey,
  rotateKey,
  verbEndpoint('revoke'),
  verbEndpoint('disable'),
  verbEndpoint('enable'),
  deleteKey,
];
