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
  /** True for a call that may take authority away: its caller may choose not to wait until it holds on every node. */
  readonly waits?: true;
  /** True for a call that changes nothing although it is not a GET: the client may send it again. */
  readonly safe?: true;
  /** True for a call that changes one key or owner: `ifMatch` (`If-Match`) then names the version that it must have. */
  readonly conditional?: true;
}

export const ADDRESSES = {
  keys: {
    create: { method: 'POST', path: '/v1/keys', input: 'body', gives: 'issued' },
    get: { method: 'GET', path: '/v1/keys/{id}' },
    list: { method: 'GET', path: '/v1/keys', input: 'query' },
    update: { method: 'PATCH', path: '/v1/keys/{id}', input: 'body', waits: true, conditional: true },
    rotate: { method: 'POST', path: '/v1/keys/{id}/rotate', input: 'body', gives: 'issued', waits: true, conditional: true },
    revoke: { method: 'POST', path: '/v1/keys/{id}/revoke', input: 'body', waits: true, conditional: true },
    disable: { method: 'POST', path: '/v1/keys/{id}/disable', input: 'body', waits: true, conditional: true },
    enable: { method: 'POST', path: '/v1/keys/{id}/enable', input: 'body', waits: true, conditional: true },
    retireSecret: { method: 'POST', path: '/v1/keys/{id}/secrets/{secretId}/retire', waits: true, conditional: true },
    revokeMany: { method: 'POST', path: '/v1/keys/revoke-batch', input: 'body', waits: true },
    revokeWhere: { method: 'POST', path: '/v1/keys/revoke-where', input: 'body', waits: true },
    disableWhere: { method: 'POST', path: '/v1/keys/disable-where', input: 'body', waits: true },
    extendWhere: { method: 'POST', path: '/v1/keys/extend-where', input: 'body', waits: true },
    limits: { method: 'GET', path: '/v1/keys/{id}/limits' },
    explain: { method: 'POST', path: '/v1/keys/{id}/explain', input: 'body', gives: 'verdict', safe: true },
  },
  owners: {
    get: { method: 'GET', path: '/v1/owners/{id}' },
    list: { method: 'GET', path: '/v1/owners', input: 'query' },
    update: { method: 'PATCH', path: '/v1/owners/{id}', input: 'body', waits: true, conditional: true },
    suspend: { method: 'POST', path: '/v1/owners/{id}/suspend', input: 'body', waits: true, conditional: true },
    resume: { method: 'POST', path: '/v1/owners/{id}/resume', input: 'body', waits: true, conditional: true },
    revokeAll: { method: 'POST', path: '/v1/owners/{id}/revoke-all', input: 'body', waits: true },
  },
  tiers: {
    get: { method: 'GET', path: '/v1/tiers/{name}' },
    list: { method: 'GET', path: '/v1/tiers', gives: 'list' },
    put: { method: 'PUT', path: '/v1/tiers/{name}', input: 'body', waits: true },
    remove: { method: 'DELETE', path: '/v1/tiers/{name}' },
    preview: { method: 'POST', path: '/v1/tiers/{name}/preview', input: 'body', safe: true },
  },
  events: {
    list: { method: 'GET', path: '/v1/events', input: 'query' },
    head: { method: 'GET', path: '/v1/events/head' },
    verify: { method: 'GET', path: '/v1/events/verify', input: 'query' },
    archive: { method: 'POST', path: '/v1/events/archive', input: 'body', safe: true },
  },
  usage: {
    read: { method: 'GET', path: '/v1/usage', input: 'query' },
    byKey: { method: 'GET', path: '/v1/usage/by-key', input: 'query' },
    busiest: { method: 'GET', path: '/v1/usage/busiest', input: 'query' },
  },
  service: {
    overview: { method: 'GET', path: '/v1/overview' },
    cluster: { method: 'GET', path: '/v1/cluster' },
    settings: { method: 'GET', path: '/v1/settings' },
  },
  verification: {
    verify: { method: 'POST', path: '/v1/keys/verify', input: 'body', gives: 'verdict' },
    verifyBatch: { method: 'POST', path: '/v1/keys/verify-batch', input: 'body' },
  },
  /** A host application that mounts self-service replaces `/v1/me` by its own path. */
  ownKeys: {
    account: { method: 'GET', path: '/v1/me' },
    list: { method: 'GET', path: '/v1/me/keys', input: 'query' },
    get: { method: 'GET', path: '/v1/me/keys/{id}' },
    create: { method: 'POST', path: '/v1/me/keys', input: 'body', gives: 'issued' },
    update: { method: 'PATCH', path: '/v1/me/keys/{id}', input: 'body', conditional: true },
    rotate: { method: 'POST', path: '/v1/me/keys/{id}/rotate', input: 'body', gives: 'issued', conditional: true },
    retireSecret: { method: 'POST', path: '/v1/me/keys/{id}/secrets/{secretId}/retire', conditional: true },
    revoke: { method: 'POST', path: '/v1/me/keys/{id}/revoke', input: 'body', conditional: true },
    usage: { method: 'GET', path: '/v1/me/usage', input: 'query' },
  },
  sessions: {
    methods: { method: 'GET', path: '/v1/sign-in-methods' },
    start: { method: 'POST', path: '/v1/session', input: 'body' },
    current: { method: 'GET', path: '/v1/session' },
    end: { method: 'DELETE', path: '/v1/session' },
    endAll: { method: 'DELETE', path: '/v1/sessions' },
  },
  portal: {
    createLink: { method: 'POST', path: '/v1/portal-sessions', input: 'body' },
    withdrawLink: { method: 'DELETE', path: '/v1/portal-sessions/{id}' },
    open: { method: 'POST', path: '/v1/portal-session', input: 'body' },
    current: { method: 'GET', path: '/v1/portal-session' },
    close: { method: 'DELETE', path: '/v1/portal-session' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Address>>>>;

/** The list of keys for what does not belong in a URL: logs and histories keep URLs. */
export const KEY_SEARCH: Address = { method: 'POST', path: '/v1/keys/search', input: 'body', safe: true };

/** Returns the names in the path of an address, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
