/**
 * Gives each call its place on the wire. The client loads this file and no shape, so it contains only text.
 *
 * The arguments of a call are the names in its path, then its input where it has any.
 */

export interface Address {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/v1/keys/{id}`. */
  readonly path: string;
  /** The part of the request that carries its input; absent for a call without input. */
  readonly input?: 'query' | 'body';
  /** The kind of the answer, if the client does more than return its JSON: see `client/calls.ts`. */
  readonly gives?: 'issued' | 'verdict' | 'list';
  /** True for a call that changes nothing although it is not a GET: the client may send it again. */
  readonly safe?: true;
  /** True for a call that changes one key: `ifMatch` (`If-Match`) then names the version that the key must have. */
  readonly conditional?: true;
}

export const ADDRESSES = {
  keys: {
    create: { method: 'POST', path: '/v1/keys', input: 'body', gives: 'issued' },
    get: { method: 'GET', path: '/v1/keys/{id}' },
    list: { method: 'GET', path: '/v1/keys', input: 'query' },
    update: { method: 'PATCH', path: '/v1/keys/{id}', input: 'body', conditional: true },
    rotate: { method: 'POST', path: '/v1/keys/{id}/rotate', input: 'body', gives: 'issued', conditional: true },
    revoke: { method: 'POST', path: '/v1/keys/{id}/revoke', input: 'body', conditional: true },
    disable: { method: 'POST', path: '/v1/keys/{id}/disable', input: 'body', conditional: true },
    enable: { method: 'POST', path: '/v1/keys/{id}/enable', input: 'body', conditional: true },
    retireSecret: { method: 'POST', path: '/v1/keys/{id}/secrets/{secretId}/retire', conditional: true },
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

/** The list of keys for what does not belong in a URL: logs and histories keep URLs. */
export const KEY_SEARCH: Address = { method: 'POST', path: '/v1/keys/search', input: 'body', safe: true };

/** Returns the names in the path of an address, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
