/** Self-service over HTTP, as the configuration sets it up: real JWTs, an issuer that serves its keys, and a socket. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJwtVerifier } from 'latchkey/jwt';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service as Running } from '../../src/compose.js';
import { readConfig } from '../../src/config/index.js';
import { silentLog } from '../../src/telemetry/logger.js';
import { openService, type Answer, type Service } from './service.js';

let service: Service | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function open(...options: Parameters<typeof openService>) {
  service = await openService(...options);
  const { call, jwt } = service;
  const as = async (owner: string, method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, `/v1/me${path}`, { headers: { authorization: `Bearer ${await jwt(owner)}` }, body });
  return { ...service, as };
}

describe('/v1/me', () => {
  it('lets an owner create, read, list, rename, rotate and revoke a key, and see its usage', async () => {
    const { as, latchkey } = await open();
    const created = await as('ada', 'POST', '/keys', { name: 'CI', scopes: ['a:read'] });
    const { key, token } = created.json ?? {};
    expect(created).toMatchObject({ status: 201, json: { key: { status: 'active', daysUntilExpiry: 90, tier: null } } });
    expect(created.headers.get('location')).toBe(`/v1/me/keys/${key.id}`);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect((await latchkey.verify(token as string, { scopes: ['a:read'] })).valid).toBe(true);
    expect((await as('ada', 'GET', '/keys')).json).toEqual({ data: [key], total: 1, active: 1, nextCursor: null });
    expect((await as('ada', 'PATCH', `/keys/${key.id}`, { name: 'Shop' })).json).toMatchObject({ key: { name: 'Shop' } });
    expect((await as('ada', 'POST', `/keys/${key.id}/rotate`)).json).toMatchObject({ key: { id: key.id } });
    expect((await latchkey.verify(token as string)).code).toBe('revoked');
    expect((await as('ada', 'POST', `/keys/${key.id}/revoke`, { reason: 'done' })).json).toMatchObject({ key: { status: 'revoked' } });
    expect((await as('ada', 'GET', `/usage?key=${key.id}`)).status).toBe(200);
    const { data } = await latchkey.events.list({ owner: 'ada' });
    expect(data.map(({ action, actor }) => `${action} by ${actor.type}:${actor.id}`)).toEqual(
      ['revoked', 'rotated', 'updated', 'created'].map((what) => `key.${what} by owner:ada`),
    );
  });

  it.each([
    ['GET', '/keys/ID', undefined],
    ['PATCH', '/keys/ID', { name: 'mine' }],
    ['DELETE', '/keys/ID', undefined],
    ['POST', '/keys/ID/rotate', { grace: '1h' }],
    ['POST', '/keys/ID/revoke', {}],
    ['GET', '/usage?key=ID', undefined],
  ])('answers %s %s for a key of another owner, byte for byte, as for one that never was', async (method, path, body) => {
    const { as, issue, latchkey } = await open();
    const others = await issue({ owner: 'bob' });
    const operators = await latchkey.keys.create({ name: 'k', owner: 'ada', environment: 'operator', scopes: ['*:*'] });
    const answers = await Promise.all(
      ['key_0000000000000000', others.id, operators.key.id].map(async (id) => as('ada', method, path.replace('ID', id), body)),
    );
    const shown = answers.map(({ status, text, headers }) => [
      status,
      text.replaceAll(headers.get('x-request-id') ?? '', ''),
      [...headers].filter(([name]) => name !== 'x-request-id'),
    ]);
    expect(answers[0]).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(shown).toEqual([shown[0], shown[0], shown[0]]);
    expect((await latchkey.keys.get(others.id)).status).toBe('active');
    expect((await as('ada', 'GET', '/keys')).json).toMatchObject({ data: [], total: 0 });
  });

  it('refuses what the policy does not give', async () => {
    const { as } = await open();
    expect(await as('ada', 'POST', '/keys', { name: 'k', scopes: ['b:read'] })).toMatchObject({
      status: 403,
      json: { missingScopes: ['b:read'] },
    });
    for (const fields of [
      { owner: 'bob' },
      { limits: [] },
      { credits: { remaining: 9 } },
      { metadata: {} },
      { environment: 'operator' },
      { tier: 'pro' },
    ]) {
      expect((await as('ada', 'POST', '/keys', { name: 'k', ...fields })).status, JSON.stringify(fields)).toBe(400);
    }
  });

  it('says of a JWT that is refused nothing but that, and takes no API key for one', async () => {
    const { call, jwt, clock, issue } = await open();
    const token = await jwt('ada');
    const { token: apiKey } = await issue({ owner: 'ada' });
    clock.advance(3_600_000);
    for (const bearer of [token, apiKey, `${token}x`]) {
      const answer = await call('GET', '/v1/me/keys', { headers: { authorization: `Bearer ${bearer}` } });
      expect(answer).toMatchObject({ status: 401, json: { code: 'invalid', detail: 'Invalid or expired token' } });
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
      expect(answer.text).not.toContain(bearer);
    }
  });

  it('says that it cannot tell, where the keys of the issuer cannot be had', async () => {
    const jwt = createJwtVerifier({ jwksUrl: 'http://127.0.0.1:1/jwks', issuer: 'https://id.example/', audience: 'acme' });
    const { as, call } = await open({ selfService: { jwt, policy: {} } });
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    // A token that is signed by HMAC is refused without them.
    expect((await as('ada', 'GET', '/keys')).status).toBe(401);
    const unknown = await call('GET', '/v1/me/keys', { headers: { authorization: `Bearer ${token}` } });
    expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('is not there where it is not configured', async () => {
    const { as } = await open({ selfService: undefined });
    expect(await as('ada', 'GET', '/keys')).toMatchObject({ status: 404, json: { code: 'self_service_not_configured' } });
  });
});

describe('a service that is configured with an issuer', () => {
  const issuer = { url: '', keys: [] as object[] };
  let server: Server;
  let privateKey: CryptoKey;
  let running: Running;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    ({ privateKey } = pair);
    issuer.keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one' }];
    server = createServer((_, response) => response.end(JSON.stringify({ keys: issuer.keys })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const variables = {
      PORT: '0',
      DATABASE_URL: ':memory:',
      LATCHKEY_JWT_JWKS_URL: `${issuer.url}/jwks`,
      LATCHKEY_JWT_ISSUER: issuer.url,
      LATCHKEY_JWT_AUDIENCE: 'acme',
      LATCHKEY_JWT_OWNER_CLAIM: 'team',
      LATCHKEY_SELF_SERVICE_SCOPES: 'articles:read',
      LATCHKEY_SELF_SERVICE_MAX_KEYS: '1',
      LATCHKEY_SELF_SERVICE_DEFAULT_EXPIRY: '30d',
    };
    const { config, problems } = readConfig({ variables, readText: () => '' });
    if (config === null) throw new Error(problems.join('\n'));
    running = await startService(config, silentLog);
  });
  afterAll(async () => {
    await running.close();
    server.close();
  });

  async function ask(method: string, path: string, { claims = {}, body }: { claims?: JWTPayload; body?: unknown } = {}): Promise<Response> {
    const token = await new SignJWT({ iss: issuer.url, aud: 'acme', team: 'seven', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('1h')
      .sign(privateKey);
    return fetch(`${running.url}/v1/me${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  it.each([
    ['GET', 401, { aud: 'another' }],
    ['GET', 401, { iss: 'https://evil.example' }],
    ['GET', 401, { team: undefined }],
  ])('refuses %s with %i to a token with %j', async (method, status, claims) => {
    expect((await ask(method, '/keys', { claims: claims as JWTPayload })).status).toBe(status);
  });

  it('lets owners have what the policy gives', async () => {
    const created = await ask('POST', '/keys', { body: { name: 'CI', scopes: ['articles:read'] } });
    expect([created.status, await created.json()]).toMatchObject([201, { key: { daysUntilExpiry: 30 } }]);
    expect((await ask('POST', '/keys', { body: { name: 'CI 2' } })).status).toBe(409);
    expect(await (await ask('GET', '/keys')).json()).toMatchObject({ total: 1, active: 1 });
  });
});

describe('a configuration of self-service that cannot be', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ LATCHKEY_JWT_ISSUER: 'x' }, /LATCHKEY_JWT_JWKS_URL, LATCHKEY_JWT_PUBLIC_KEY, LATCHKEY_JWT_SECRET: give one/],
    [
      { LATCHKEY_JWT_SECRET: 'short-and-secret', LATCHKEY_JWT_ISSUER: 'x', LATCHKEY_JWT_AUDIENCE: 'y' },
      /LATCHKEY_JWT_SECRET: use at least 32/,
    ],
    [{ LATCHKEY_JWT_JWKS_URL: 'https://id.example/jwks', LATCHKEY_JWT_AUDIENCE: 'y' }, /LATCHKEY_JWT_ISSUER: say which/],
    [
      { LATCHKEY_JWT_JWKS_URL: 'http://id.example/jwks', LATCHKEY_JWT_ISSUER: 'x', LATCHKEY_JWT_AUDIENCE: 'y' },
      /LATCHKEY_JWT_JWKS_URL: use an https/,
    ],
    [{ LATCHKEY_SELF_SERVICE_SCOPES: 'all' }, /LATCHKEY_SELF_SERVICE_SCOPES: use a list/],
    [{ LATCHKEY_SELF_SERVICE_ENVIRONMENTS: 'operator' }, /LATCHKEY_SELF_SERVICE_ENVIRONMENTS: use some/],
    [{ LATCHKEY_SELF_SERVICE_MAX_EXPIRY: 'soon' }, /LATCHKEY_SELF_SERVICE_MAX_EXPIRY: use a duration/],
    [
      { LATCHKEY_SELF_SERVICE_MAX_EXPIRY: '1d', LATCHKEY_SELF_SERVICE_DEFAULT_EXPIRY: '2d' },
      /LATCHKEY_SELF_SERVICE_DEFAULT_EXPIRY: use one/,
    ],
  ])('is refused at the start, by name: %j', (variables, problem) => {
    const { config, problems } = readConfig({ variables, readText: () => '' });
    expect(config).toBeNull();
    expect(problems.join('\n')).toMatch(problem);
    expect(problems.join('\n')).not.toContain('short-and-secret');
  });

  it('takes a public key and a secret from files of their own', () => {
    const files: Record<string, string> = { '/run/secret': 'm9TQe0bXw3RkPz6yHs1vUj8dFa5nLc2iGo7tKqEx\n' };
    const variables = { LATCHKEY_JWT_SECRET_FILE: '/run/secret', LATCHKEY_JWT_ISSUER: 'x', LATCHKEY_JWT_AUDIENCE: 'y,z' };
    const { config, problems } = readConfig({ variables, readText: (path) => files[path] ?? '' });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ jwtSecret: 'm9TQe0bXw3RkPz6yHs1vUj8dFa5nLc2iGo7tKqEx', jwtAudience: ['y', 'z'] });
  });
});
