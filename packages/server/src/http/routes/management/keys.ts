/** Routes about keys: those of the contract, and two that are other ways to ask the same. */
import { z } from '@hono/zod-openapi';
import { CONTRACT, KEY_SEARCH } from 'latchkey/internal';
import { contractEndpoint, contractEndpoints } from '../../endpoints/contract-endpoints.js';
import { endpoint } from '../../endpoints/endpoint.js';
import { DELETED, propagatedWithoutBody } from '../../endpoints/propagating.js';
import { ifMatchOf } from '../../endpoints/version-tag.js';
import { id } from '../../schemas/values.js';

const tag = 'Keys';

const { tagged: _tagged, ...listing } = CONTRACT.keys.list;

const searchKeys = contractEndpoint(
  {
    ...listing,
    id: 'searchKeys',
    summary: 'Search keys, also by a token',
    description: 'As the list of keys, for what does not belong in a URL: logs and histories keep URLs. Changes nothing.',
  },
  { address: KEY_SEARCH, tag, run: async (latchkey, [input, context]) => latchkey.keys.list(input as never, context as never) },
);

const deleteKey = endpoint(
  {
    method: 'delete',
    path: '/v1/keys/{id}',
    id: 'deleteKey',
    tag,
    summary: 'Revoke a key permanently',
    description: 'The same as revoke, waiting until it holds on every node, without an answer to read. The key stays in the records.',
    scope: 'keys:write',
    params: z.strictObject({ id }),
    answers: DELETED,
    conditional: true,
    problems: [404, 409, 412],
  },
  async ({ services, exchange, params, context }) => {
    const { key, propagation } = await services.latchkey.keys.revoke(params.id, {}, { ...context, ...ifMatchOf(exchange) });
    exchange.keyId = key.id;
    return propagatedWithoutBody(propagation);
  },
);

export const keyEndpoints = [...contractEndpoints('keys', tag), searchKeys, deleteKey];
