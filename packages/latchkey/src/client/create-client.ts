/** The calls, each as one request. */
import type { LogHead } from '../domain/event.js';
import type { TierView } from '../engine/api.js';
import type { Client, ClientEvents, ClientKeys, ClientOwners, ClientTiers, ClientUsage } from './client.js';
import { createMe, createPortal, createSessions } from './create-sessions.js';
import { createTransport, segment, type ClientOptions, type Query, type Transport } from './transport.js';
import { MISSING_TOKEN, readVerdict, type WireVerdict } from './wire-verdict.js';

/**
 * A client of the service at `options.url`. Nothing is sent until the first call. Throws a
 * ConfigurationError where the options cannot work.
 */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options);
  return {
    async verify(token, request = {}, { signal } = {}) {
      if (token === null || token === undefined || token === '') return MISSING_TOKEN;
      const body = { ...request, token: typeof token === 'string' ? token : token.reveal() };
      return readVerdict(await transport.ask<WireVerdict>({ method: 'POST', path: '/v1/keys/verify', body, signal }));
    },
    keys: createKeys(transport),
    owners: createOwners(transport),
    tiers: createTiers(transport),
    events: createEvents(transport),
    usage: createUsage(transport),
    overview: async (call) => transport.ask({ ...call, method: 'GET', path: '/v1/overview' }),
    settings: async (call) => transport.ask({ ...call, method: 'GET', path: '/v1/settings' }),
    sessions: createSessions(transport),
    portal: createPortal(transport),
    me: createMe(transport),
  };
}

function createKeys({ ask, issue }: Transport): ClientKeys {
  const at = (id: string, verb = '') => ({ path: `/v1/keys/${segment(id)}${verb}`, resource: 'key' }) as const;
  return {
    create: async (input, options) => issue({ ...options, method: 'POST', path: '/v1/keys', body: input }),
    get: async (id, options) => ask({ ...options, ...at(id), method: 'GET' }),
    list: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/keys', query }),
    update: async (id, patch, options) => ask({ ...options, ...at(id), method: 'PATCH', body: patch }),
    rotate: async (id, input = {}, options = {}) => issue({ ...options, ...at(id, '/rotate'), method: 'POST', body: input }),
    revoke: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/revoke'), method: 'POST', body: input }),
    disable: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/disable'), method: 'POST', body: input }),
    enable: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/enable'), method: 'POST', body: input }),
    retireSecret: async (id, secretId, options) =>
      ask({ ...options, ...at(id, `/secrets/${segment(secretId)}/retire`), resource: 'secret', method: 'POST', body: {} }),
    revokeMany: async (input, options) => ask({ ...options, method: 'POST', path: '/v1/keys/revoke-batch', body: input }),
    limits: async (id, options) => ask({ ...options, ...at(id, '/limits'), method: 'GET' }),
    explain: async (id, input = {}, options = {}) =>
      readVerdict(await ask<WireVerdict>({ ...options, ...at(id, '/explain'), method: 'POST', body: input })),
  };
}

function createOwners({ ask }: Transport): ClientOwners {
  const at = (id: string, verb = '') => ({ path: `/v1/owners/${segment(id)}${verb}`, resource: 'owner' }) as const;
  return {
    get: async (id, options) => ask({ ...options, ...at(id), method: 'GET' }),
    list: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/owners', query }),
    update: async (id, patch, options) => ask({ ...options, ...at(id), method: 'PATCH', body: patch }),
    suspend: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/suspend'), method: 'POST', body: input }),
    resume: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/resume'), method: 'POST', body: input }),
    revokeAll: async (id, input = {}, options = {}) => ask({ ...options, ...at(id, '/revoke-all'), method: 'POST', body: input }),
  };
}

function createTiers({ ask }: Transport): ClientTiers {
  const at = (name: string, verb = '') => ({ path: `/v1/tiers/${segment(name)}${verb}`, resource: 'tier' }) as const;
  return {
    get: async (name, options) => ask({ ...options, ...at(name), method: 'GET' }),
    list: async (options) => (await ask<{ data: readonly TierView[] }>({ ...options, method: 'GET', path: '/v1/tiers' })).data,
    put: async (name, input, options) => ask({ ...options, ...at(name), method: 'PUT', body: input }),
    remove: async (name, options) => ask({ ...options, ...at(name), method: 'DELETE' }),
    preview: async (name, input, options) => ask({ ...options, ...at(name, '/preview'), method: 'POST', body: input }),
  };
}

function createEvents({ ask, urlOf }: Transport): ClientEvents {
  return {
    list: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/events', query }),
    head: async (options) => (await ask<LogHead | null | undefined>({ ...options, method: 'GET', path: '/v1/events/head' })) ?? null,
    verify: async (expectedHead, options) => ask({ ...options, method: 'GET', path: '/v1/events/verify', query: headQuery(expectedHead) }),
    exportUrl: (format, query) => urlOf('/v1/events/export', { ...query, format }),
  };
}

function createUsage({ ask }: Transport): ClientUsage {
  return {
    read: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/usage', query }),
    byKey: async ({ keys, ...span }, options) =>
      ask({ ...options, method: 'GET', path: '/v1/usage/by-key', query: { ...span, keys: keys.join(',') } }),
    busiest: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/usage/busiest', query }),
  };
}

function headQuery(head: LogHead | undefined): Query | undefined {
  return head === undefined ? undefined : { seq: head.seq, hash: head.hash };
}
