import { describe, expect, it } from 'vitest';
import { UnavailableError, type Latchkey, type Principal } from '../../src/index.js';
import { createSelfServiceHandler, type SelfServiceHandlerOptions } from '../../src/self-service/index.js';
import { openHarness } from '../engine/harness.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

interface Fields {
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test reads out of an answer it states itself
  readonly [name: string]: any;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Fields;
}

async function open(options: Partial<SelfServiceHandlerOptions> = {}) {
  const harness = await openHarness();
  const { latchkey, clock } = harness;
  const authenticate = async ({ headers }: Request): Promise<Principal | null> => {
    const user = headers.get('authorization')?.slice('Bearer '.length);
    return user === undefined || user === 'nobody' ? null : { ownerId: user, expiresAt: clock.now() + 1_000 };
  };
  const handler = createSelfServiceHandler({ latchkey, policy: { scopes: ['a:read'] }, authenticate, basePath: '/api/me', ...options });
  const call = async (
    user: string | null,
    line: string,
    init: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const [method = '', path = ''] = line.split(' ');
    const { body } = init;
    const response = await handler(
      new Request(`https://host.example/api/me${path}`, {
        method,
        headers: { ...(user !== null && { authorization: `Bearer ${user}` }), ...(method !== 'GET' && JSON_TYPE), ...init.headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text === '' ? {} : (JSON.parse(text) as Fields) };
  };
  return { ...harness, call };
}

async function tokenIsGood(latchkey: Latchkey, token: unknown): Promise<boolean> {
  return typeof token === 'string' && (await latchkey.verify(token, { scopes: ['a:read'] })).valid;
}

describe('the handler of self-service', () => {
  it('lets an owner create, read, list, rename, rotate and revoke a key, and see its usage', async () => {
    const { call, latchkey } = await open();
    const created = await call('ada', 'POST /keys', { body: { name: 'CI', scopes: ['a:read'] } });
    const { key, token } = created.json;
    expect(created).toMatchObject({ status: 201, json: { key: { name: 'CI', status: 'active', daysUntilExpiry: 90 } } });
    expect(created.headers.get('location')).toBe(`/api/me/keys/${key.id}`);
    expect(await tokenIsGood(latchkey, token)).toBe(true);
    expect((await call('ada', `GET /keys/${key.id}`)).json).toEqual(key);
    expect((await call('ada', 'GET /keys?limit=5')).json).toEqual({ data: [key], total: 1, active: 1, nextCursor: null });
    expect((await call('ada', `PATCH /keys/${key.id}`, { body: { name: 'Shop' } })).json).toMatchObject({ key: { name: 'Shop' } });
    const rotated = await call('ada', `POST /keys/${key.id}/rotate`);
    expect([await tokenIsGood(latchkey, token), await tokenIsGood(latchkey, rotated.json['token'])]).toEqual([false, true]);
    expect((await call('ada', 'GET /usage?by=hour')).json).toMatchObject({ by: 'hour' });
    expect((await call('ada', `POST /keys/${key.id}/revoke`, { body: { reason: 'done' } })).json).toMatchObject({
      key: { status: 'revoked' },
      propagation: { pending: [] },
    });
    expect((await call('ada', `DELETE /keys/${key.id}`)).status).toBe(204);
    await latchkey.close();
  });

  it('answers a repeated request as the first one', async () => {
    const { call, latchkey } = await open();
    const ask = async () => call('ada', 'POST /keys', { body: { name: 'CI' }, headers: { 'idempotency-key': `"${UUID}"` } });
    const [first, again] = [await ask(), await ask()];
    expect(again.text).toBe(first.text);
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    await latchkey.close();
  });

  it('lets no answer be kept by a cache', async () => {
    const { call, latchkey } = await open();
    for (const line of ['GET /keys', 'GET /none', 'GET /keys/key_x', 'POST /keys', 'PUT /keys', 'DELETE /keys/key_x']) {
      expect((await call('ada', line)).headers.get('cache-control'), line).toBe('no-store');
    }
    expect((await call(null, 'GET /keys')).headers.get('cache-control')).toBe('no-store');
    await latchkey.close();
  });

  it('tells who is not signed in, and says nothing more', async () => {
    const { call, latchkey } = await open();
    const missing = await call(null, 'GET /keys');
    expect(missing).toMatchObject({ status: 401, json: { code: 'missing', detail: 'Missing Authorization header' } });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    const ended = await call('nobody', 'POST /keys', { body: { name: 'CI' } });
    expect(ended).toMatchObject({ status: 401, json: { detail: 'Invalid or expired token' } });
    expect(ended.headers.get('www-authenticate')).toContain('error="invalid_token"');
    await latchkey.close();
  });

  it('refuses what a page of another site makes a browser send', async () => {
    const { call, latchkey } = await open();
    const body = { name: 'CI' };
    const across = await call('ada', 'POST /keys', { body, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(across).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json, text/plain', '']) {
      expect(await call('ada', 'POST /keys', { body, headers: { 'content-type': type } }), type).toMatchObject({ status: 415 });
      expect(await call('ada', 'POST /keys/key_x/rotate', { headers: { 'content-type': type } }), type).toMatchObject({ status: 415 });
    }
    expect((await call('ada', 'POST /keys', { body, headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(201);
    expect((await latchkey.keys.list()).data).toHaveLength(1);
    await latchkey.close();
  });

  it.each([
    ['GET /keys/ID', undefined],
    ['PATCH /keys/ID', { name: 'mine' }],
    ['DELETE /keys/ID', undefined],
    ['POST /keys/ID/rotate', {}],
    ['POST /keys/ID/revoke', {}],
    ['GET /usage?key=ID', undefined],
  ])('answers %s of another owner’s key, byte for byte, as of one that never was', async (line, body) => {
    const { call, latchkey, issue } = await open();
    const others = await issue({ owner: 'bob' });
    const [none, foreign] = await Promise.all(
      ['key_0000000000000000', others.id].map(async (id) => call('ada', line.replace('ID', id), { body })),
    );
    expect(none).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect([foreign?.text, [...(foreign?.headers ?? [])]]).toEqual([none?.text, [...(none?.headers ?? [])]]);
    expect((await latchkey.keys.get(others.id)).status).toBe('active');
    await latchkey.close();
  });

  it.each<[string, unknown, number, string]>([
    ['POST /keys', '{', 400, 'malformed_json'],
    ['POST /keys', [], 400, 'malformed_json'],
    ['POST /keys', 'null', 400, 'malformed_json'],
    ['POST /keys', {}, 400, 'invalid_input'],
    ['POST /keys', { name: 'x'.repeat(20_000) }, 413, 'body_too_large'],
    ['POST /keys', { name: 'CI', limits: [] }, 400, 'invalid_input'],
    ['POST /keys', { name: 'CI', scopes: ['b:read'] }, 403, 'forbidden'],
    ['GET /keys?limit=0', undefined, 400, 'invalid_input'],
    ['GET /keys?limit=many', undefined, 400, 'invalid_input'],
    ['GET /keys?limit=1&limit=2', undefined, 400, 'invalid_input'],
    ['GET /keys?owner=bob', undefined, 400, 'invalid_input'],
    ['GET /usage?by=week', undefined, 400, 'invalid_input'],
    ['GET /usage?from=never', undefined, 400, 'invalid_input'],
    ['PUT /keys', {}, 405, 'method_not_allowed'],
    ['GET /keys/key_x/rotate', undefined, 405, 'method_not_allowed'],
    ['GET /', undefined, 404, 'route_not_found'],
    ['GET /keysmith', undefined, 404, 'route_not_found'],
    ['POST /keys/key_x/enable', {}, 404, 'route_not_found'],
    ['GET /keys/key_x/rotate/y', undefined, 404, 'route_not_found'],
    ['GET /keys/%', undefined, 404, 'not_found'],
  ])('%s with %j is answered as a problem', async (line, body, status, code) => {
    const { call, latchkey } = await open();
    const answer = await call('ada', line, { body });
    expect([answer.status, answer.json['code'], answer.headers.get('content-type')]).toEqual([status, code, 'application/problem+json']);
    await latchkey.close();
  });

  it('tells the host of what fails, and the caller nothing of it', async () => {
    const failures: unknown[] = [];
    for (const [error, status] of [[new Error('secret detail'), 500] as const, [new UnavailableError('service'), 503] as const]) {
      const { call, latchkey } = await open({ authenticate: () => Promise.reject(error), onFailure: (failure) => failures.push(failure) });
      const answer = await call('ada', 'GET /keys');
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain('secret detail');
      expect(failures.at(-1)).toBe(error);
      await latchkey.close();
    }
  });

  it('is not made with a path that ends in a slash, nor with a policy that cannot be', async () => {
    await expect(open({ basePath: '/api/me/' })).rejects.toThrow('basePath');
    await expect(open({ policy: { scopes: ['all'] } })).rejects.toThrow('scopes');
  });
});
