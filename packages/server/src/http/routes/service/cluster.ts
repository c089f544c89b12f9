import { endpoint } from '../../endpoints/endpoint.js';
import { json } from '../../exchange/answer.js';
import { cluster } from '../../schemas/cluster.js';

const getCluster = endpoint(
  {
    method: 'get',
    path: '/v1/cluster',
    id: 'getCluster',
    tag: 'Operations',
    summary: 'The nodes that share the database',
    description: 'Which processes answer, and up to which entry of the log each has forgotten what was changed.',
    scope: 'cluster:read',
    answers: { 200: { description: 'The nodes on record', schema: cluster } },
  },
  async ({ services }) => json(200, await services.latchkey.cluster()),
);

export const clusterEndpoints = [getCluster];
