import { BOUNDS } from 'latchkey';
import { Memo } from 'latchkey/internal';
import { IDENTITY_HEADERS, RATE_LIMIT_HEADERS } from 'latchkey/edge';
import { FORWARD_AUTH_HEADERS, type Parameter } from '../../endpoints/describe-headers.js';
import { openEndpoint } from '../../endpoints/endpoint.js';
import { forwardAuth, NO_SETTINGS, readForwardAuthSettings, refuseSettings, type ForwardAuthSettings } from './answer-forward-auth.js';

const tag = 'Forward auth';

const answers = {
  200: {
    description: 'Let it pass. The `X-Latchkey-*` headers say whose request it is; all of them are always there.',
    headers: [...IDENTITY_HEADERS, ...RATE_LIMIT_HEADERS.filter((name) => name !== 'Retry-After')],
  },
};
const problems = [400, 403, 429, 503];

function setting(name: string, description: string, schema: object): Parameter {
  return { name, in: 'query', description, schema: schema as Parameter['schema'] };
}

/** For the documentation: readForwardAuthSettings reads the query, in which `uri` is not encoded. */
const parameters: readonly Parameter[] = [
  setting('scope', 'Scopes that the key must hold, all of them: repeated, or separated by spaces.', {
    type: 'array',
    items: { type: 'string' },
    example: ['articles:read'],
  }),
  setting('anyScope', 'Scopes of which the key must hold at least one: repeated, or separated by spaces.', {
    type: 'array',
    items: { type: 'string' },
    example: ['articles:read', 'articles:write'],
  }),
  setting('environment', 'The environment that the key must be of.', {
    type: 'string',
    minLength: 1,
    maxLength: BOUNDS.environmentLength,
    example: 'live',
  }),
  setting('cost', 'Units and credits of the request; by default 1.', { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 }),
  setting('mode', '`nginx`, which knows 401 and 403 only: 429 becomes 403 with `X-Latchkey-Status: 429`. By default `standard`.', {
    type: 'string',
    enum: ['standard', 'nginx'],
  }),
  setting('uri', 'The target of the original request, unencoded. Always the last parameter: all that follows belongs to it.', {
    type: 'string',
  }),
  ...FORWARD_AUTH_HEADERS,
];

const settingsOf = rememberSettings();

export const askWithSettings = openEndpoint(
  {
    method: 'all',
    path: '/v1/forward-auth',
    id: 'forwardAuth',
    tag,
    summary: 'May this request pass?',
    description:
      'For proxies, by any method: nginx `auth_request`, Caddy `forward_auth`, Traefik ForwardAuth. The key comes with the request itself. ' +
      'An unknown query parameter is an error. Where the service takes keys from URLs (`LATCHKEY_ALLOW_QUERY_KEY`), `api_key` is one.',
    scope: null,
    parameters,
    answers,
    problems,
    problemHeaders: {
      401: ['X-Latchkey-Status'],
      403: ['X-Latchkey-Status', ...RATE_LIMIT_HEADERS],
      503: ['X-Latchkey-Status'],
    },
  },
  (services, exchange) => forwardAuth(services, exchange, settingsOf(exchange.query)),
);

const askBelow = openEndpoint(
  {
    method: 'all',
    path: '/v1/forward-auth/{path}',
    routingPath: '/v1/forward-auth/*',
    id: 'forwardAuthBelow',
    tag,
    summary: 'May this request pass? For proxies that append the original path',
    description: 'For Envoy `ext_authz`, which appends path and query of the original request: so the query sets nothing here.',
    scope: null,
    parameters: FORWARD_AUTH_HEADERS,
    answers,
    problems,
  },
  async (services, exchange) => forwardAuth(services, exchange, NO_SETTINGS),
);

/** The root of what a proxy appends, or a slash too many in its configuration: that one must not let everybody pass. */
export const askAtRoot = openEndpoint(
  { ...askBelow.operation, path: '/v1/forward-auth/', routingPath: '/v1/forward-auth/', scope: null },
  async (services, exchange) => {
    refuseSettings(exchange.query);
    return forwardAuth(services, exchange, NO_SETTINGS);
  },
);

export const forwardAuthEndpoints = [askWithSettings, askBelow];

/** A proxy asks the same thing with every request. What anybody else asks must not fill the memory. */
function rememberSettings(): (query: string) => ForwardAuthSettings {
  const known = new Memo<string, ForwardAuthSettings>(256);
  return (query) => {
    if (query === '') return NO_SETTINGS;
    const remembered = known.get(query);
    if (remembered !== undefined) return remembered;
    const settings = readForwardAuthSettings(query);
    // With the original target or a key in it, a query is another one each time.
    if (settings.uri !== undefined || query.includes('api_key')) return settings;
    known.set(query, settings);
    return settings;
  };
}
