/** What operators look into keys, tiers and usage with; nothing here changes or charges anything. */
import { assertHolds } from '../../endpoints/assert-holds.js';
import { endpoint } from '../../endpoints/endpoint.js';
import { taggedAnswers } from '../../endpoints/tagged-answers.js';
import { json } from '../../exchange/answer.js';
import { busiestKeys, busiestQuery, overview, usageByKey, usageByKeyQuery } from '../../schemas/insight.js';

const readOverview = endpoint(
  {
    method: 'get',
    path: '/v1/overview',
    id: 'readOverview',
    tag: 'Overview',
    summary: 'Counts of everything, for a first look',
    scope: 'keys:read',
    answers: { 200: { description: 'The counts, and when they were taken', schema: overview } },
  },
  async ({ services, context }) => json(200, await services.latchkey.overview(context)),
);

const readUsageByKey = endpoint(
  {
    method: 'get',
    path: '/v1/usage/by-key',
    id: 'readUsageByKey',
    tag: 'Usage',
    summary: 'Verifications of several keys by hour or day',
    description: 'By the hour at most 7 days, by the day at most 366.',
    scope: 'usage:read',
    query: usageByKeyQuery,
    answers: taggedAnswers('The figures of each key', usageByKey),
  },
  async ({ services, query, context }) => json(200, await services.latchkey.usage.byKey(query, context)),
);

const readBusiest = endpoint(
  {
    method: 'get',
    path: '/v1/usage/busiest',
    id: 'readBusiestKeys',
    tag: 'Usage',
    summary: 'The keys that were verified most often',
    description: 'By default in the last 30 days; at most 31. Needs `keys:read` as well.',
    scope: 'usage:read',
    query: busiestQuery,
    answers: taggedAnswers('The busiest first', busiestKeys),
  },
  async ({ services, query, context }) => {
    assertHolds(context, 'keys:read');
    return json(200, await services.latchkey.usage.busiest(query, context));
  },
);

export const insightEndpoints = [readOverview, readUsageByKey, readBusiest];
