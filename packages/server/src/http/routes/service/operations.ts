import { UnavailableError } from 'latchkey';
import { openEndpoint } from '../../endpoints/endpoint.js';
import { json, NO_STORE } from '../../exchange/answer.js';

const tag = 'Operations';
const status = { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } }, required: ['status'] };

const health = openEndpoint(
  {
    method: 'get',
    path: '/healthz',
    id: 'getHealth',
    tag,
    summary: 'Whether the process is alive',
    scope: null,
    answers: { 200: { description: 'Alive', schema: status } },
  },
  async () => json(200, { status: 'ok' }),
);

const readiness = openEndpoint(
  {
    method: 'get',
    path: '/readyz',
    id: 'getReadiness',
    tag,
    summary: 'Whether the service can do its work',
    description: 'Asks the store. Answers 503 as well while the service is shutting down.',
    scope: null,
    answers: { 200: { description: 'Ready', schema: status } },
    problems: [503],
  },
  async ({ latchkey, isDraining }) => {
    if (isDraining()) throw new UnavailableError('service', { message: 'The service is shutting down.' });
    await latchkey.ready();
    return json(200, { status: 'ok' });
  },
);

const metrics = openEndpoint(
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag,
    summary: 'Figures for Prometheus',
    scope: null,
    answers: { 200: { description: 'The text format of Prometheus', schema: { type: 'string' }, mediaType: 'text/plain' } },
  },
  async (services) => {
    const { text, contentType } = await services.metrics.expose();
    return { status: 200, headers: [{ 'content-type': contentType }, NO_STORE], body: text };
  },
);

export const healthEndpoints = [health, readiness];
export const metricsEndpoints = [metrics];
