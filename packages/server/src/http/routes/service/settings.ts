import { OPERATOR_SCOPES } from 'latchkey';
import { endpoint } from '../../endpoints/endpoint.js';
import { json } from '../../exchange/answer.js';
import { serviceSettings } from '../../schemas/settings.js';

const readSettings = endpoint(
  {
    method: 'get',
    path: '/v1/settings',
    id: 'readSettings',
    tag: 'Operations',
    summary: 'How the service is set up',
    description: 'Of a secret, only whether there is one.',
    scope: 'settings:read',
    answers: { 200: { description: 'Versions, parts and settings', schema: serviceSettings } },
  },
  async ({ services: { latchkey, about }, context }) => {
    const tiers = await latchkey.tiers.list(context);
    return json(200, {
      ...about,
      prefix: latchkey.prefix,
      environments: latchkey.environments,
      scopes: latchkey.scopes,
      configuredTiers: tiers.filter(({ configured }) => configured).map(({ name }) => name),
      operatorScopes: OPERATOR_SCOPES,
    });
  },
);

export const settingsEndpoints = [readSettings];
