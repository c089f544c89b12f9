/** The calls, each as one request. */
import type { LogHead } from '../domain/event.js';
import type { Names, NamesGiven, WithWildcards } from '../domain/names.js';
import type { TierView } from '../engine/api.js';
import type { Client, ClientEvents, ClientKeys, ClientOwners, ClientTiers, ClientUsage } from './client.js';
import { createTransport, segment, type ClientOptions, type Query, type Transport } from './transport.js';
import { MISSING_TOKEN, readVerdict, type WireVerdict } from './wire-verdict.js';

/**
 * A client of the service at `options.url`. Nothing is sent until the first call. Throws a
 * ConfigurationError where the options cannot work.
 *
 * Which names there are, only the service knows: state them, and the calls are checked by them.
 *
 * @example
 * const latchkey = createClient<{ tier: 'free' | 'pro'; scope: 'articles:read' }>({ url, adminKey });
 */
export function createClient<Given extends Partial<Names> = Names>(
  options: ClientOptions,
): Client<{
  readonly tier: NamesGiven<Given, 'tier'>;
  readonly scope: WithWildcards<NamesGiven<Given, 'scope'>>;
  readonly environment: NamesGiven<Given, 'environment'>;
}> {
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
  const at = (name: string) => ({ path: `/v1/tiers/${segment(name)}`, resource: 'tier' }) as const;
  return {
    get: async (name, options) => ask({ ...options, ...at(name), method: 'GET' }),
    list: async (options) => (await ask<{ data: readonly TierView[] }>({ ...options, method: 'GET', path: '/v1/tiers' })).data,
    put: async (name, input, options) => ask({ ...options, ...at(name), method: 'PUT', body: input }),
    remove: async (name, options) => ask({ ...options, ...at(name), method: 'DELETE' }),
  };
}

function createEvents({ ask }: Transport): ClientEvents {
  return {
    list: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/events', query }),
    head: async (options) => (await ask<LogHead | null | undefined>({ ...options, method: 'GET', path: '/v1/events/head' })) ?? null,
    verify: async (expectedHead, options) => ask({ ...options, method: 'GET', path: '/v1/events/verify', query: headQuery(expectedHead) }),
  };
}

function createUsage({ ask }: Transport): ClientUsage {
  return { read: async (query, options) => ask({ ...options, method: 'GET', path: '/v1/usage', query }) };
}

function headQuery(head: LogHead | undefined): Query | undefined {
  return head === undefined ? undefined : { seq: head.seq, hash: head.hash };
}
