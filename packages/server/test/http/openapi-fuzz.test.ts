/**
 * Every operation of the OpenAPI document, asked with good and bad data made from its own schemas. The answers are held
 * against the document by the service fixture; here it is seen to that nothing fails and nothing secret comes back.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { OPERATOR_SCOPES } from 'latchkey';
import type { DocumentedOperation } from './conformance.js';
import { fromSchema, spoil } from './schema-arbitrary.js';
import { ADMIN, ADMIN_KEY, openService, type CallInput, type Service } from './service.js';

/** Named here, so that each has a test of its own; a test holds the list against the document. */
const OPERATIONS = [
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /v1/cluster',
  'GET /v1/events',
  'POST /v1/events/archive',
  'GET /v1/events/export',
  'GET /v1/events/head',
  'GET /v1/events/verify',
  'GET /v1/forward-auth',
  'GET /v1/forward-auth/{path}',
  'DELETE /v1/keys/{id}',
  'GET /v1/keys',
  'GET /v1/keys/{id}',
  'GET /v1/keys/{id}/limits',
  'PATCH /v1/keys/{id}',
  'POST /v1/keys',
  'POST /v1/keys/verify',
  'POST /v1/keys/verify-batch',
  'POST /v1/keys/{id}/disable',
  'POST /v1/keys/{id}/enable',
  'POST /v1/keys/{id}/explain',
  'POST /v1/keys/{id}/secrets/{secretId}/retire',
  'POST /v1/keys/revoke-batch',
  'POST /v1/keys/revoke-where',
  'POST /v1/keys/disable-where',
  'POST /v1/keys/extend-where',
  'POST /v1/keys/search',
  'POST /v1/keys/{id}/revoke',
  'POST /v1/keys/{id}/rotate',
  'DELETE /v1/me/keys/{id}',
  'GET /v1/me',
  'GET /v1/me/keys',
  'GET /v1/me/keys/{id}',
  'GET /v1/me/usage',
  'PATCH /v1/me/keys/{id}',
  'POST /v1/me/keys',
  'POST /v1/me/keys/{id}/revoke',
  'POST /v1/me/keys/{id}/rotate',
  'POST /v1/me/keys/{id}/secrets/{secretId}/retire',
  'GET /v1/owners',
  'GET /v1/owners/{id}',
  'PATCH /v1/owners/{id}',
  'POST /v1/owners/{id}/resume',
  'POST /v1/owners/{id}/revoke-all',
  'POST /v1/owners/{id}/suspend',
  'DELETE /v1/tiers/{name}',
  'GET /v1/overview',
  'DELETE /v1/portal-session',
  'DELETE /v1/portal-sessions/{id}',
  'GET /v1/portal-session',
  'POST /v1/portal-session',
  'POST /v1/portal-sessions',
  'DELETE /v1/session',
  'DELETE /v1/sessions',
  'GET /v1/session',
  'GET /v1/session/oidc/callback',
  'GET /v1/session/oidc/start',
  'POST /v1/session',
  'GET /v1/settings',
  'GET /v1/sign-in-methods',
  'GET /v1/tiers',
  'GET /v1/tiers/{name}',
  'POST /v1/tiers/{name}/preview',
  'PUT /v1/tiers/{name}',
  'GET /v1/usage',
  'GET /v1/usage/busiest',
  'GET /v1/usage/by-key',
];

const OPEN = new Set([
  'GET /healthz',
  'GET /metrics',
  'GET /readyz',
  'GET /v1/forward-auth',
  'GET /v1/forward-auth/{path}',
  'GET /v1/session/oidc/callback',
  'GET /v1/session/oidc/start',
  'GET /v1/sign-in-methods',
  'POST /v1/portal-session',
  'POST /v1/session',
]);

/** For owners, who sign in by a JWT or have the portal open. */
const isOwn = (name: string): boolean => name.includes(' /v1/me');

/** An issuer that answers nothing: where it leads is tested with one that does (oidc.test.ts). */
const OIDC = {
  issuer: 'http://127.0.0.1:1',
  clientId: 'latchkey',
  clientSecret: null,
  redirectUri: 'http://service/v1/session/oidc/callback',
  label: 'Acme',
  scopes: ['openid'],
  allowedEmails: ['@example.com'],
  allowedGroups: [],
  groupsClaim: 'groups',
  operatorScopes: ['*:*'],
};

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

/** About the session of the request itself, and by which cookie it comes. */
const SESSIONS: Readonly<Record<string, 'operatorSession' | 'portalSession'>> = {
  'GET /v1/session': 'operatorSession',
  'DELETE /v1/session': 'operatorSession',
  'DELETE /v1/sessions': 'operatorSession',
  'GET /v1/portal-session': 'portalSession',
  'DELETE /v1/portal-session': 'portalSession',
};

let service: Service;
/** A token that is nobody's business: it must not come back from anywhere. */
let canary: { readonly id: string; readonly token: string };
let known: Readonly<Record<string, readonly (string | number)[]>>;

beforeEach(async () => {
  service = await openService({ oidc: OIDC });
  canary = await service.issue({ owner: 'canary' });
  const keys = [await service.issue(), await service.issue({ limits: [{ name: 'm', limit: 1, window: '1m' }] })];
  const rotated = await service.issue();
  const link = async () => service.latchkey.sessions.createLink({ ownerId: 'team-7', details: {} });
  const [first, second] = [await link(), await link()];
  const { key } = await service.latchkey.keys.rotate(rotated.id, { grace: '1d' });
  await service.latchkey.tiers.put('free', { limits: [{ name: 'day', limit: 10, window: '1d' }] });
  const [oldest] = (await service.latchkey.events.list({ order: 'oldest', limit: 1 })).data;
  known = {
    id: [...keys.map(({ id }) => id), rotated.id, second.id, 'team-7'],
    secretId: key.secrets.map(({ id }) => id),
    keys: [keys.map(({ id }) => id).join(',')],
    adminKey: [ADMIN_KEY],
    link: [first.token.reveal()],
    jwt: [await service.jwt('team-7')],
    returnUrl: ['https://app.example/'],
    expiresWithin: ['90d'],
    unusedFor: ['90d'],
    name: ['free'],
    tier: ['free'],
    owner: ['team-7'],
    token: keys.map(({ token }) => token),
    key: keys.map(({ id }) => id),
    from: ['2025-12-01T00:00:00Z'],
    until: ['2026-01-15T00:00:00Z'],
    seq: [oldest?.seq ?? 0],
    hash: [oldest?.hash ?? ''],
  };
});
afterEach(async () => service.close());

function operationOf(name: string): { method: string; path: string; operation: DocumentedOperation } {
  const [method = '', path = ''] = name.split(' ');
  const operation = service.document.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${name} is not in the document.`);
  return { method, path, operation };
}

interface Question {
  readonly target: string;
  readonly body: unknown;
}

function questions(path: string, operation: DocumentedOperation, make: { readonly bad: boolean }): fc.Arbitrary<Question> {
  const { schemas } = service.document.components;
  const valueOf = (schema: Parameters<typeof fromSchema>[0], name: string) => {
    const made = fromSchema(schema, { schemas, known });
    const names = known[name];
    const good = names === undefined ? made : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: made });
    return make.bad ? fc.oneof(good, spoil(good, canary.token)) : good;
  };
  const parameters = operation.parameters ?? [];
  const inPath = fc.record(
    Object.fromEntries(parameters.filter((one) => one.in === 'path').map((one) => [one.name, valueOf(one.schema, one.name)])),
  );
  const inQuery = fc.record(
    Object.fromEntries(parameters.filter((one) => one.in === 'query').map((one) => [one.name, valueOf(one.schema, one.name)])),
    {
      requiredKeys: [],
    },
  );
  const schema = operation.requestBody?.content['application/json']?.schema;
  const goodBody = schema === undefined ? fc.constant(undefined) : fromSchema(schema, { schemas, known });
  const body = make.bad && schema !== undefined ? spoil(goodBody, canary.token) : goodBody;
  const extra = make.bad
    ? fc.constantFrom('', '&nonsense=1', `&${canary.token}=1`, '&limit=1&limit=2', '&__proto__=1', '&%=%zz')
    : fc.constant('');
  const explodeOf = (name: string) => ({ name, explode: parameters.find((one) => one.in === 'query' && one.name === name)?.explode });
  return fc.record({ inPath, inQuery, body, extra }).map((made) => ({
    target:
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathSegment(made.inPath[name])) +
      `?${new URLSearchParams(Object.entries(made.inQuery).flatMap(([name, value]) => fieldsOf(value, explodeOf(name)))).toString()}${made.extra}`,
    body: made.body,
  }));
}

/** A list is a parameter that is repeated, or its items between commas; an object has a parameter for each field. */
function fieldsOf(
  value: unknown,
  { name, explode = true }: { readonly name: string; readonly explode?: boolean | undefined },
): [string, string][] {
  if (Array.isArray(value)) return explode ? value.map((one) => [name, asText(one)]) : [[name, value.map(asText).join(',')]];
  if (typeof value !== 'object' || value === null) return [[name, asText(value)]];
  return Object.entries(value).map(([field, one]) => [`${name}[${field}]`, asText(one)]);
}

/** A path ends at `.` and `..` in other places than it says: these no client can send. */
function pathSegment(value: unknown): string {
  const text = encodeURIComponent(asText(value).replaceAll(/[\ud800-\udfff]/gu, '?'));
  return ['', '.', '..'].includes(text) ? 'none' : text;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What lets a request for this operation in. */
async function credentialOf(name: string): Promise<Readonly<Record<string, string>>> {
  if (isOwn(name)) return { authorization: `Bearer ${await service.jwt('team-7')}` };
  const kind = SESSIONS[name];
  if (kind !== undefined) return sessionOf(kind);
  return name.includes('forward-auth') ? { authorization: `Bearer ${known['token']?.[0]}` } : ADMIN;
}

async function sessionOf(kind: 'operatorSession' | 'portalSession'): Promise<Readonly<Record<string, string>>> {
  const [path, body] =
    kind === 'operatorSession' ? ['/v1/session', { adminKey: ADMIN_KEY }] : ['/v1/portal-session', { jwt: await service.jwt('team-7') }];
  const { headers } = await service.call('POST', path, { body });
  return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '', ...SAME_ORIGIN };
}

async function ask(name: string, question: Question, headers: Readonly<Record<string, string>>) {
  const input: CallInput = { headers, ...(question.body !== undefined && name.split(' ')[0] !== 'GET' && { body: question.body }) };
  return service.call(name.split(' ')[0] ?? '', question.target, input);
}

describe('the OpenAPI document', () => {
  it('has these operations, and no others', () => {
    const documented = Object.entries(service.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(OPERATIONS.toSorted());
    expect(service.document.openapi).toBe('3.1.0');
  });

  it('says of every operation but the open ones how to authenticate, and which scope it takes', () => {
    for (const name of OPERATIONS) {
      const { operation } = operationOf(name);
      const kind = SESSIONS[name];
      if (isOwn(name) || kind !== undefined) {
        expect(operation.security, name).toEqual(kind === undefined ? [{ ownerJwt: [] }, { portalSession: [] }] : [{ [kind]: [] }]);
        continue;
      }
      const callers = [{ apiKey: [] }, { apiKeyHeader: [] }];
      const operators = [{ adminKey: [] }, { operatorToken: [] }, { operatorSession: [] }];
      expect(operation.security, name).toEqual(name.includes('forward-auth') ? callers : OPEN.has(name) ? [] : operators);
      const scope = /Scope of an operator token: `([\w:]+)`/.exec(operation.description ?? '')?.[1];
      expect(scope === undefined ? OPEN.has(name) : (OPERATOR_SCOPES as readonly string[]).includes(scope), name).toBe(true);
    }
  });
});

describe.each(OPERATIONS)('%s', (name) => {
  it('answers good data as documented', async () => {
    const { path, operation } = operationOf(name);
    // Entries of the last hour stay in the log.
    if (name === 'POST /v1/events/archive') service.clock.advance(3_600_001);
    let done = false;
    const property = fc.asyncProperty(questions(path, operation, { bad: false }), async (question) => {
      const { status, text } = await ask(name, question, await credentialOf(name));
      done ||= status < 400;
      expect(status, text).toBeLessThan(500);
      expect(text).not.toContain(ADMIN_KEY);
      expect(text).not.toContain(canary.token);
    });
    // Where parts have to belong together, chance seldom draws what does: it is given more turns, before it is said to draw nothing.
    for (let turn = 0; turn < 150 && !done; turn++) await fc.assert(property, runs(8));
    // Else the data would not be good, and nothing behind the first check would have been asked.
    expect(done).toBe(true);
  });

  it('answers bad data as documented, and repeats no token that is in it', async () => {
    const { path, operation } = operationOf(name);
    await fc.assert(
      fc.asyncProperty(questions(path, operation, { bad: true }), async (question) => {
        const { status, text, headers } = await ask(name, question, isOwn(name) || name in SESSIONS ? await credentialOf(name) : ADMIN);
        expect(status, text).toBeLessThan(500);
        if (status >= 400) expect(text + JSON.stringify([...headers])).not.toContain(canary.token);
      }),
      runs(6),
    );
  });
});

describe.each(OPERATIONS.filter((name) => !OPEN.has(name)))('%s', (name) => {
  it('answers nobody who may not ask, whatever they ask', async () => {
    const { path, operation } = operationOf(name);
    const scope = /`([\w:]+)`\.$/.exec(operation.description ?? '')?.[1] ?? '';
    const lacking = await service.operator(...OPERATOR_SCOPES.filter((one) => one !== scope));
    const forOwners = [
      [{}, 401],
      [ADMIN, 401],
      [{ authorization: 'Basic YTpi' }, 401],
      [{ authorization: `Bearer ${canary.token}` }, 401],
      [{ authorization: `Bearer ${lacking}` }, 401],
      [{ 'x-api-key': await service.jwt('team-7') }, 401],
      [{ authorization: `Bearer ${await service.jwt('')}` }, 401],
      [{ ...SAME_ORIGIN, cookie: '__Host-latchkey-portal=nonsense', 'content-type': 'application/json' }, 401],
    ] as const;
    const forOperators = [
      [{}, 401],
      [{ 'x-admin-key': 'wrong' }, 403],
      [{ authorization: 'Bearer nonsense' }, 401],
      [{ authorization: 'Basic YTpi' }, 401],
      [{ authorization: `Bearer ${canary.token}` }, 403],
      [{ authorization: `Bearer ${lacking}` }, 403],
      [{ ...SAME_ORIGIN, cookie: '__Host-latchkey=nonsense', 'content-type': 'application/json' }, 401],
    ] as const;
    const cookies = (value: string) => `__Host-latchkey=${value}; __Host-latchkey-portal=${value}`;
    const forSessions = [
      [SAME_ORIGIN, 401],
      [{ ...SAME_ORIGIN, ...ADMIN }, 401],
      [{ ...SAME_ORIGIN, authorization: `Bearer ${lacking}` }, 401],
      [{ ...SAME_ORIGIN, cookie: cookies('nonsense') }, 401],
      [{ ...SAME_ORIGIN, cookie: cookies(canary.token) }, 401],
      [{ ...(await credentialOf(name)), 'sec-fetch-site': 'cross-site' }, 403],
    ] as const;
    const nobody = name in SESSIONS ? forSessions : isOwn(name) ? forOwners : forOperators;
    await fc.assert(
      fc.asyncProperty(
        questions(path, operation, { bad: true }),
        fc.constantFrom<readonly [Readonly<Record<string, string>>, number]>(...nobody),
        async (question, [headers, expected]) => {
          const { status, text } = await ask(name, question, headers);
          // Ten wrong admin keys are answered, then the address has to wait.
          expect([expected, ...('x-admin-key' in headers ? [429] : [])], text).toContain(status);
          for (const secret of [ADMIN_KEY, canary.token, lacking]) expect(text).not.toContain(secret);
        },
      ),
      runs(6),
    );
  });
});
