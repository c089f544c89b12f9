import { endpoint } from '../../endpoints/endpoint.js';
import { json } from '../../exchange/answer.js';
import { usageQuery, usageReport } from '../../schemas/usage.js';

const readUsage = endpoint(
  {
    method: 'get',
    path: '/v1/usage',
    id: 'readUsage',
    tag: 'Usage',
    summary: 'Verifications by hour or day, and by outcome',
    description:
      'Of one key, of one owner, of the keys that were in a tier when they were used, or of all. By default the last 30 days. Figures are of whole hours, or of whole UTC days: from the one of `from` on, up to the one in which `until` lies. By the hour they are kept for 14 days, by the day for 400, unless the service is configured otherwise: a `from` before that is answered with 400, which names the first instant that is kept.',
    scope: 'usage:read',
    query: usageQuery,
    answers: { 200: { description: 'The figures', schema: usageReport } },
    problems: [404],
  },
  async ({ services, query, context }) => json(200, await services.latchkey.usage.read(query, context)),
);

export const usageEndpoints = [readUsage];
