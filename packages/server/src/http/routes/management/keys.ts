/** Routes about keys: those of the contract, and two that are other ways to ask the same. */
import { CONTRACT, KEY_SEARCH } from 'latchkey/internal';
import { contractEndpoint, contractEndpoints, groupCall, operationOf, operatorEndpoint } from '../../endpoints/contract-endpoints.js';
import { DELETED, propagatedWithoutBody } from '../../endpoints/propagating.js';

const tag = 'Keys';

const { tagged: _tagged, ...listing } = CONTRACT.keys.list;

const search = {
  ...listing,
  id: 'searchKeys',
  summary: 'Search keys, also by a token',
  description: 'As the list of keys, for what does not belong in a URL: logs and histories keep URLs. Changes nothing.',
};

const searchKeys = contractEndpoint(operationOf(search, KEY_SEARCH, tag), search, {
  address: KEY_SEARCH,
  run: async ({ services: { latchkey } }, args) => groupCall(latchkey.keys, 'list')(...args),
});

const deleteKey = operatorEndpoint(
  {
    method: 'delete',
    path: '/v1/keys/{id}',
    id: 'deleteKey',
    tag,
    summary: 'Revoke a key permanently',
    description: 'The same as revoke, waiting until it holds on every node, without an answer to read. The key stays in the records.',
    scope: 'keys:write',
    answers: DELETED,
    conditional: true,
    problems: [404],
  },
  async ({ services, exchange, ids: [id = ''], context }) => {
    const { key, propagation } = await services.latchkey.keys.revoke(id, {}, context);
    exchange.keyId = key.id;
    return propagatedWithoutBody(propagation);
  },
);

export const keyEndpoints = [...contractEndpoints('keys', tag), searchKeys, deleteKey];
