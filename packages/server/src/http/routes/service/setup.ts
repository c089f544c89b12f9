/** The routes about the service as a whole: counts of everything, its nodes, and its settings. */
import { OPERATOR_SCOPES } from 'latchkey';
import { callAt, contractEndpoint, ofLatchkey, operationOf } from '../../endpoints/contract-endpoints.js';
import type { Endpoint, Tag } from '../../endpoints/endpoint.js';

type Run = Parameters<typeof contractEndpoint>[2]['run'];

const settings: Run = async ({ services: { latchkey, about } }, [context]) => {
  const tiers = await latchkey.tiers.list(context as Parameters<typeof latchkey.tiers.list>[0]);
  return {
    ...about,
    prefix: latchkey.prefix,
    environments: latchkey.environments,
    scopes: latchkey.scopes,
    configuredTiers: tiers.filter(({ configured }) => configured).map(({ name }) => name),
    operatorScopes: OPERATOR_SCOPES,
  };
};

function serviceEndpoint(name: string, tag: Tag, run: Run): Endpoint {
  const { call, address } = callAt('service', name);
  return contractEndpoint(operationOf(call, address, tag), call, { address, run });
}

export const setupEndpoints = [
  serviceEndpoint('overview', 'Overview', ofLatchkey('overview')),
  serviceEndpoint('settings', 'Operations', settings),
  serviceEndpoint('cluster', 'Operations', ofLatchkey('cluster')),
];
