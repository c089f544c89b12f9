/** Self-service: an owner's own keys, within what the configuration lets owners choose. */
import { CONTRACT, type Call } from 'latchkey/internal';
import { authenticateOwner } from '../../authentication/authenticate-owner.js';
import { answerOf, argumentsOf, callAt, groupCall, noteKey, operationOf } from '../../endpoints/contract-endpoints.js';
import { contextOf, guardedEndpoint, type Endpoint, type Guard, type Operation } from '../../endpoints/endpoint.js';
import { DELETED, propagatedWithoutBody } from '../../endpoints/propagating.js';
import { versionTag } from '../../endpoints/version-tag.js';
import type { OwnerEntry } from '../../authentication/authenticate-owner.js';

const tag = 'Own keys';

function ownOperation(name: string): Operation {
  const { call, address } = callAt('ownKeys', name);
  return { ...operationOf(call, address, tag), ownKeys: true };
}

function guardOf({ needs }: Call): Guard<OwnerEntry> {
  return async (services, exchange) => authenticateOwner(services, exchange, needs);
}

const contractedEndpoints = Object.keys(CONTRACT.ownKeys).map((name): Endpoint => {
  const { call, address } = callAt('ownKeys', name);
  const operation = ownOperation(name);
  return guardedEndpoint(operation, guardOf(call), async (received) => {
    const { keys, allow } = received.who;
    const { actor: _owner, ...context } = contextOf(operation, received);
    const result = await groupCall(keys, name)(...argumentsOf(received, address), context);
    noteKey(received, address, result);
    const answer = answerOf(name === 'account' ? { ...(result as object), allow } : result, { call, address });
    return { ...answer, headers: [...answer.headers, versionTag(result)] };
  });
});

const deletion: Operation = {
  ...ownOperation('revoke'),
  method: 'delete',
  path: '/v1/me/keys/{id}',
  id: 'deleteOwnKey',
  description: 'The same as revoke, without an answer to read.',
  answers: DELETED,
};

const { body: _body, bodyOptional: _bodyOptional, ...withoutBody } = deletion;

const deleteOwnKey = guardedEndpoint(withoutBody, guardOf(CONTRACT.ownKeys.revoke), async (received) => {
  const {
    exchange,
    who,
    ids: [id = ''],
  } = received;
  const { actor: _owner, ...context } = contextOf(withoutBody, received);
  const { key, propagation } = await who.keys.revoke(id, {}, context);
  exchange.keyId = key.id;
  return propagatedWithoutBody(propagation);
});

export const ownKeyEndpoints = [...contractedEndpoints, deleteOwnKey];
