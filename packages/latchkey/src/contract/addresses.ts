/**
 * Where each call is on the wire. The client loads this and no shape, so it holds text alone.
 *
 * The arguments of a call are the names in its path, then its input where it has any.
 */

export interface Address {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/v1/keys/{id}`. */
  readonly path: string;
  /** Where its input travels; absent for a call without any. */
  readonly input?: 'query' | 'body';
  /** What comes back, where it is more than JSON to be handed on: see `client/calls.ts`. */
  readonly gives?: 'issued' | 'verdict' | 'list';
  /** True for a call that changes nothing although it is no GET: it may be sent again when no answer came. */
  readonly safe?: true;
}

export const ADDRESSES = {
  keys: {
    create: { method: 'POST', path: '/v1/keys', input: 'body', gives: 'issued' },
    get: { method: 'GET', path: '/v1/keys/{id}' },
    list: { method: 'GET', path: '/v1/keys', input: 'query' },
    update: { method: 'PATCH', path: '/v1/keys/{id}', input: 'body' },
    rotate: { method: 'POST', path: '/v1/keys/{id}/rotate', input: 'body', gives: 'issued' },
    revoke: { method: 'POST', path: '/v1/keys/{id}/revoke', input: 'body' },
    disable: { method: 'POST', path: '/v1/keys/{id}/disable', input: 'body' },
    enable: { method: 'POST', path: '/v1/keys/{id}/enable', input: 'body' },
    retireSecret: { method: 'POST', path: '/v1/keys/{id}/secrets/{secretId}/retire' },
    revokeMany: { method: 'POST', path: '/v1/keys/revoke-batch', input: 'body' },
    limits: { method: 'GET', path: '/v1/keys/{id}/limits' },
    explain: { method: 'POST', path: '/v1/keys/{id}/explain', input: 'body', gives: 'verdict', safe: true },
  },
  owners: {
    get: { method: 'GET', path: '/v1/owners/{id}' },
    list: { method: 'GET', path: '/v1/owners', input: 'query' },
    update: { method: 'PATCH', path: '/v1/owners/{id}', input: 'body' },
    suspend: { method: 'POST', path: '/v1/owners/{id}/suspend', input: 'body' },
    resume: { method: 'POST', path: '/v1/owners/{id}/resume', input: 'body' },
    revokeAll: { method: 'POST', path: '/v1/owners/{id}/revoke-all', input: 'body' },
  },
  tiers: {
    get: { method: 'GET', path: '/v1/tiers/{name}' },
    list: { method: 'GET', path: '/v1/tiers', gives: 'list' },
    put: { method: 'PUT', path: '/v1/tiers/{name}', input: 'body' },
    remove: { method: 'DELETE', path: '/v1/tiers/{name}' },
    preview: { method: 'POST', path: '/v1/tiers/{name}/preview', input: 'body', safe: true },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Address>>>>;

/** The names in the path of an address, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
