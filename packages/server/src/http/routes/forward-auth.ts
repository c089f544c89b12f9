import { openEndpoint } from '../endpoint.js';
import { forwardAuth, NO_SETTINGS, readForwardAuthSettings, refuseSettings, type ForwardAuthSettings } from '../forward-auth.js';

const tag = 'Forward auth';

const answers = { 200: { description: 'Let it pass. The `X-Latchkey-*` headers say whose request it is; all of them are always there.' } };
const problems = [400, 403, 429, 503];

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
      'Query: `scope` (repeatable, or separated by spaces), `environment`, `cost`, `mode=nginx` (429 becomes 403 with `X-Latchkey-Status`); ' +
      'last of all `uri=`, after which the original request target may follow unencoded.',
    scope: null,
    answers,
    problems,
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
  const known = new Map<string, ForwardAuthSettings>();
  return (query) => {
    if (query === '') return NO_SETTINGS;
    const remembered = known.get(query);
    if (remembered !== undefined) return remembered;
    const settings = readForwardAuthSettings(query);
    // With the original target or a key in it, a query is another one each time.
    if (settings.uri !== undefined || query.includes('api_key')) return settings;
    if (known.size >= 256) known.clear();
    known.set(query, settings);
    return settings;
  };
}
