/** Good and bad calls of every operation, with secrets where they belong and where they do not. */
import { mistyped } from 'latchkey/testing';
import type { Document, DocumentedOperation, JsonSchema } from '../http/conformance.js';
import type { CanaryCall, CanaryService } from './canary-service.js';

/** What the calls are about. */
export interface Stage {
  /** A key that is used, one that is ended, and one for each operation that ends one. */
  readonly used: Issued;
  readonly ended: Issued;
  readonly deleted: Issued;
  /** Used once each, by proxies: so the last use that is kept of them is that one. */
  readonly proxied: Issued;
  readonly proxiedBelow: Issued;
  /** Operators: one who may do everything, and one who may do next to nothing. */
  readonly operator: Issued;
  readonly bystander: Issued;
  /** An owner who signs in by JWT, and a key of theirs. */
  readonly ownerJwt: string;
  readonly own: Issued & { readonly oldSecretId: string };
  /** A key that was rotated with a grace, and the secret that it left valid. */
  readonly rotated: Issued & { readonly oldSecretId: string };
  /** Sessions by their cookies: one that is used, and one for each operation that ends one. */
  readonly sessions: { readonly used: string; readonly ended: string; readonly endedEverywhere: string };
  readonly portals: { readonly used: string; readonly ended: string };
  /** Somebody who is on the way back from the issuer, and somebody who came back already. */
  readonly arrivals: { readonly first: Arrival; readonly second: Arrival };
  /** A link that was not used. */
  readonly link: { readonly id: string; readonly secret: string };
}

interface Arrival {
  readonly path: string;
  readonly cookie: string;
}

export interface Issued {
  readonly id: string;
  readonly token: string;
}

const OWNER = 'team-7';

export async function setStage(service: CanaryService): Promise<Stage> {
  const issue = async (name: string, more: object = {}): Promise<Issued> => {
    const headers = { 'x-admin-key': service.adminKey, 'idempotency-key': service.secret(`the idempotency key of ${name}`) };
    const { json } = await service.call({ operation: 'POST /v1/keys', body: { name, owner: OWNER, ...more }, headers });
    return { id: json['key'].id, token: json['token'] };
  };
  const rotated = await issue('a rotated key');
  const rotation = { operation: 'POST /v1/keys/{id}/rotate', path: `/v1/keys/${rotated.id}/rotate`, body: { grace: '1h' } };
  const { json } = await service.call(rotation);
  const own = await issue('an own key');
  const ownRotation = { ...rotation, path: `/v1/keys/${own.id}/rotate` };
  const { json: ownRotated } = await service.call(ownRotation);
  const operator = await issue('an operator', { environment: 'operator', scopes: ['*:*'] });
  const signIn = async (body: object) => (await service.call({ operation: 'POST /v1/session', body, headers: {} })).cookie;
  const makeLink = async () => {
    const { json: link } = await service.call({ operation: 'POST /v1/portal-sessions', body: { ownerId: OWNER } });
    return { id: String(link['id']), secret: String(link['url']).split('#link=')[1] ?? '' };
  };
  const openPortal = async (body: object) => (await service.call({ operation: 'POST /v1/portal-session', body, headers: {} })).cookie;
  return {
    sessions: {
      used: await signIn({ adminKey: service.adminKey }),
      ended: await signIn({ token: operator.token }),
      endedEverywhere: await signIn({ token: operator.token }),
    },
    portals: {
      used: await openPortal({ link: (await makeLink()).secret }),
      ended: await openPortal({ jwt: await service.jwt(OWNER) }),
    },
    link: await makeLink(),
    arrivals: { first: await service.leaveForIssuer(), second: await service.leaveForIssuer() },
    operator,
    rotated: { ...rotated, oldSecretId: json['key'].secrets[1].id },
    used: await issue('a used key', { credits: { remaining: 5 }, limits: [{ name: 'calls', limit: 100, window: '1d' }] }),
    ended: await issue('an ended key'),
    deleted: await issue('a deleted key'),
    proxied: await issue('a proxied key'),
    proxiedBelow: await issue('another proxied key'),
    bystander: await issue('a bystander', { environment: 'operator', scopes: ['tiers:read'] }),
    ownerJwt: await service.jwt(OWNER),
    own: { ...own, oldSecretId: ownRotated['key'].secrets[1].id },
  };
}

/** Calls that are answered as asked, in an order in which that is so. */
export function goodCalls(service: CanaryService, stage: Stage): readonly CanaryCall[] {
  const { used, ended, deleted, proxied, proxiedBelow, operator } = stage;
  const [archivable] = service.oldEntries;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const key = (id: string, verb = '') => `/v1/keys/${id}${verb}`;
  const once = { 'x-admin-key': service.adminKey, 'idempotency-key': service.secret('the UUID of a repeated creation') };
  const repeated: CanaryCall = { operation: 'POST /v1/keys', body: { name: 'repeated', owner: OWNER }, headers: once };
  const rotation = { ...once, 'idempotency-key': `"${service.secret('the UUID of a repeated rotation')}"` };
  const rotated: CanaryCall = {
    operation: 'POST /v1/keys/{id}/rotate',
    path: key(ended.id, '/rotate'),
    body: { grace: '1h' },
    headers: rotation,
  };
  return [
    repeated,
    repeated,
    rotated,
    rotated,
    { operation: 'POST /v1/keys', body: { name: 'by an operator', owner: OWNER }, headers: bearer(operator.token) },
    { operation: 'GET /v1/keys', path: `/v1/keys?search=${used.token.slice(-4)}` },
    { operation: 'GET /v1/keys/{id}', path: key(used.id), headers: bearer(operator.token) },
    { operation: 'PATCH /v1/keys/{id}', path: key(used.id), body: { name: 'renamed', metadata: { plan: 'yearly' } } },
    { operation: 'POST /v1/keys/verify', body: { token: used.token, ip: '203.0.113.9', userAgent: 'curl' } },
    { operation: 'POST /v1/keys/verify', body: { token: used.token, dryRun: true }, headers: bearer(operator.token) },
    { operation: 'POST /v1/keys/verify-batch', body: { requests: [{ token: used.token }, { token: ended.token }] } },
    { operation: 'GET /v1/forward-auth', headers: bearer(proxied.token) },
    { operation: 'GET /v1/forward-auth/{path}', path: '/v1/forward-auth/some/path?a=b', headers: { 'x-api-key': proxiedBelow.token } },
    { operation: 'POST /v1/keys/{id}/disable', path: key(ended.id, '/disable'), body: { reason: 'a pause' } },
    { operation: 'POST /v1/keys/{id}/enable', path: key(ended.id, '/enable') },
    { operation: 'POST /v1/keys/{id}/revoke', path: key(ended.id, '/revoke'), body: { reason: 'leaked' } },
    { operation: 'DELETE /v1/keys/{id}', path: key(deleted.id), headers: bearer(operator.token) },
    { operation: 'GET /v1/owners' },
    { operation: 'GET /v1/owners/{id}', path: `/v1/owners/${OWNER}` },
    { operation: 'PATCH /v1/owners/{id}', path: '/v1/owners/other', body: { name: 'Other', maxKeys: 3 } },
    { operation: 'POST /v1/owners/{id}/suspend', path: '/v1/owners/other/suspend', body: { reason: 'unpaid' } },
    { operation: 'POST /v1/owners/{id}/resume', path: '/v1/owners/other/resume' },
    { operation: 'POST /v1/owners/{id}/revoke-all', path: '/v1/owners/other/revoke-all' },
    { operation: 'PUT /v1/tiers/{name}', path: '/v1/tiers/free', body: { limits: [{ name: 'daily', limit: 9, window: '1d' }] } },
    { operation: 'GET /v1/tiers' },
    { operation: 'GET /v1/tiers/{name}', path: '/v1/tiers/free', headers: bearer(operator.token) },
    { operation: 'DELETE /v1/tiers/{name}', path: '/v1/tiers/free' },
    { operation: 'GET /v1/events', path: '/v1/events?limit=100' },
    { operation: 'GET /v1/events/head' },
    { operation: 'GET /v1/events/verify' },
    { operation: 'POST /v1/events/archive', body: { upTo: { seq: archivable?.seq, hash: archivable?.hash } } },
    { operation: 'GET /v1/usage' },
    { operation: 'GET /v1/cluster' },
    ...insightCalls(stage),
    ...sessionCalls(stage),
    ...ownersCalls(stage),
    { operation: 'GET /healthz', headers: {} },
    { operation: 'GET /readyz', headers: {} },
    { operation: 'GET /metrics', headers: {} },
  ];
}

/** What a browser asks with its cookies; the last ones end what they are asked with. */
function sessionCalls({ sessions, portals, link, own, arrivals }: Stage): readonly CanaryCall[] {
  const by = (cookie: string) => ({ cookie, 'sec-fetch-site': 'same-origin' });
  return [
    { operation: 'GET /v1/sign-in-methods', headers: {} },
    { operation: 'GET /v1/session/oidc/callback', path: arrivals.first.path, headers: { cookie: arrivals.first.cookie } },
    { operation: 'GET /v1/session/oidc/callback', path: arrivals.second.path, headers: { cookie: arrivals.first.cookie } },
    { operation: 'GET /v1/session/oidc/callback', path: arrivals.second.path, headers: {} },
    { operation: 'GET /v1/session', headers: by(sessions.used) },
    { operation: 'GET /v1/keys', headers: by(sessions.used) },
    { operation: 'POST /v1/keys', headers: by(sessions.used), body: { name: 'by a session', owner: OWNER } },
    { operation: 'GET /v1/session', headers: by(sessions.ended) },
    { operation: 'GET /v1/portal-session', headers: by(portals.used) },
    { operation: 'GET /v1/me', headers: by(portals.used) },
    { operation: 'PATCH /v1/me/keys/{id}', path: `/v1/me/keys/${own.id}`, headers: by(portals.used), body: { ipRules: ['::1'] } },
    { operation: 'DELETE /v1/portal-session', headers: by(portals.ended) },
    { operation: 'DELETE /v1/portal-sessions/{id}', path: `/v1/portal-sessions/${link.id}` },
    { operation: 'DELETE /v1/session', headers: by(sessions.ended) },
    { operation: 'DELETE /v1/sessions', headers: by(sessions.endedEverywhere) },
  ];
}

function insightCalls({ used, ended, operator, rotated }: Stage): readonly CanaryCall[] {
  const headers = { authorization: `Bearer ${operator.token}` };
  const limits = [{ name: 'daily', limit: 9, window: '1d' }];
  return [
    { operation: 'GET /v1/overview' },
    { operation: 'GET /v1/settings', headers },
    { operation: 'GET /v1/keys/{id}/limits', path: `/v1/keys/${used.id}/limits` },
    { operation: 'POST /v1/keys/{id}/explain', path: `/v1/keys/${used.id}/explain`, body: { scopes: ['a:read'] }, headers },
    { operation: 'PUT /v1/tiers/{name}', path: '/v1/tiers/basic', body: { limits } },
    { operation: 'POST /v1/tiers/{name}/preview', path: '/v1/tiers/basic/preview', body: { limits: [] } },
    { operation: 'GET /v1/usage/by-key', path: `/v1/usage/by-key?keys=${used.id},${ended.id}` },
    { operation: 'GET /v1/usage/busiest', headers },
    { operation: 'GET /v1/events/export', path: '/v1/events/export?format=csv' },
    { operation: 'GET /v1/events/export', path: '/v1/events/export?format=jsonl', headers },
    {
      operation: 'POST /v1/keys/{id}/secrets/{secretId}/retire',
      path: `/v1/keys/${rotated.id}/secrets/${rotated.oldSecretId}/retire`,
    },
    { operation: 'POST /v1/keys/search', body: { search: used.token } },
    ...['revoke', 'disable', 'extend'].map((verb) => ({
      operation: `POST /v1/keys/${verb}-where`,
      body: { where: { owner: 'nobody' }, expect: 0, ...(verb === 'extend' && { expiresIn: '1d' }) },
    })),
    { operation: 'POST /v1/keys/revoke-batch', body: { ids: [ended.id], reason: 'all of them' } },
  ];
}

function ownersCalls({ own, ownerJwt }: Stage): readonly CanaryCall[] {
  const headers = { authorization: `Bearer ${ownerJwt}` };
  const path = `/v1/me/keys/${own.id}`;
  return [
    { operation: 'GET /v1/me/keys', headers },
    { operation: 'POST /v1/me/keys', headers, body: { name: 'by its owner' } },
    { operation: 'GET /v1/me/keys/{id}', path, headers },
    { operation: 'PATCH /v1/me/keys/{id}', path, headers, body: { name: 'renamed by its owner' } },
    { operation: 'POST /v1/me/keys/{id}/rotate', path: `${path}/rotate`, headers, body: { grace: '1h' } },
    { operation: 'POST /v1/me/keys/{id}/secrets/{secretId}/retire', path: `${path}/secrets/${own.oldSecretId}/retire`, headers, body: {} },
    { operation: 'POST /v1/me/keys/{id}/revoke', path: `${path}/revoke`, headers, body: { reason: 'done with' } },
    { operation: 'DELETE /v1/me/keys/{id}', path, headers },
    { operation: 'GET /v1/me/usage', headers },
  ];
}

/** Of each operation of the document: every way not to be let in, and a token in every place where none belongs. */
export function badCalls(service: CanaryService, document: Document, stage: Stage): readonly CanaryCall[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => {
      const base = { operation: `${method.toUpperCase()} ${path}`, path: path.replaceAll(/\{\w+\}/g, stage.used.id) };
      return [
        ...uninvited(service, stage).map((headers) => ({ ...base, headers })),
        ...misplaced(base, operation, { document, token: stage.used.token }),
      ];
    }),
  );
}

function uninvited(
  service: CanaryService,
  { used, bystander, sessions, portals, link }: Stage,
): readonly Readonly<Record<string, string>>[] {
  const password = service.secret('the password of Basic credentials');
  const basic = Buffer.from(`somebody:${password}`).toString('base64');
  service.watch('Basic credentials', basic);
  return [
    {},
    { 'x-admin-key': service.secret('a wrong admin key') },
    { 'x-admin-key': used.token },
    { authorization: `Basic ${basic}` },
    { authorization: `Bearer ${service.secret('a bearer of another kind')}` },
    { authorization: `Bearer ${mistyped(used.token)}` },
    { authorization: used.token },
    { authorization: `Bearer ${used.token} ${used.token}` },
    { authorization: `Bearer ${bystander.token}` },
    { cookie: `latchkey-session=${used.token}; latchkey-portal=${used.token}`, 'sec-fetch-site': 'same-origin' },
    { cookie: `latchkey-session=${link.secret}; latchkey-portal=${link.secret}`, 'sec-fetch-site': 'same-origin' },
    { cookie: `${sessions.used}; ${portals.used}`, 'sec-fetch-site': 'cross-site' },
    { cookie: `${sessions.ended}; ${portals.ended}`, 'sec-fetch-site': 'same-origin' },
    { 'x-api-key': bystander.token, 'x-request-id': used.token, 'x-forwarded-for': used.token, cookie: `session=${used.token}` },
  ];
}

function misplaced(
  base: { readonly operation: string; readonly path: string },
  { parameters = [], requestBody }: DocumentedOperation,
  { document, token }: { readonly document: Document; readonly token: string },
): readonly CanaryCall[] {
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const queries = ['api_key', 'token', ...names].map((name) => `${name}=${token}`);
  const calls: CanaryCall[] = [...queries, `${token}=1`, token].map((query) => ({ ...base, path: `${base.path}?${query}` }));
  const inPath = base.operation.split(' ')[1]?.replaceAll(/\{\w+\}/g, token) ?? '';
  if (inPath.includes(token)) calls.push({ ...base, path: inPath });
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return calls;
  const bodies = [token, `{"a":${token}}`, JSON.stringify(token), [token], { [token]: 1 }, ...bodiesOf(schema, document, token)];
  return [...calls, ...bodies.map((body) => ({ ...base, body }))];
}

/** The example of the body, with a token in each of its fields in turn, and in each place below it. */
function bodiesOf(schema: JsonSchema, document: Document, token: string): readonly unknown[] {
  const { properties = {}, example } = resolve(schema, document) as { properties?: Record<string, JsonSchema>; example?: object };
  return Object.keys(properties)
    .filter((name) => name !== 'token')
    .flatMap((name) => [token, [token], { [token]: token }, [{ name: token, token }]].map((value) => ({ ...example, [name]: value })));
}

function resolve(schema: JsonSchema, { components }: Document): JsonSchema {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? (components.schemas[ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}
