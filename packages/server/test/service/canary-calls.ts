/** Good and bad calls of every operation, with secrets where they belong and where they do not. */
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
  readonly own: Issued;
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
  return {
    used: await issue('a used key', { credits: { remaining: 5 }, limits: [{ name: 'calls', limit: 100, window: '1d' }] }),
    ended: await issue('an ended key'),
    deleted: await issue('a deleted key'),
    proxied: await issue('a proxied key'),
    proxiedBelow: await issue('another proxied key'),
    operator: await issue('an operator', { environment: 'operator', scopes: ['*:*'] }),
    bystander: await issue('a bystander', { environment: 'operator', scopes: ['tiers:read'] }),
    ownerJwt: await service.jwt(OWNER),
    own: await issue('an own key'),
  };
}

/** Calls that are answered as asked, in an order in which that is so. */
export function goodCalls(service: CanaryService, stage: Stage): readonly CanaryCall[] {
  const { used, ended, deleted, proxied, proxiedBelow, operator } = stage;
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
    { operation: 'GET /v1/usage' },
    { operation: 'GET /v1/cluster' },
    ...ownersCalls(stage),
    { operation: 'GET /healthz', headers: {} },
    { operation: 'GET /readyz', headers: {} },
    { operation: 'GET /metrics', headers: {} },
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

function uninvited(service: CanaryService, { used, bystander }: Stage): readonly Readonly<Record<string, string>>[] {
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
    { 'x-api-key': bystander.token, 'x-request-id': used.token, 'x-forwarded-for': used.token, cookie: `session=${used.token}` },
  ];
}

/** A token whose checksum is wrong: nearly all of it is a secret all the same. */
function mistyped(token: string): string {
  return token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
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
