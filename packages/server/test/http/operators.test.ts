import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, ADMIN_KEY, nodeEnv, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('who may administer', () => {
  it('is the holder of the admin key', async () => {
    expect((await service.call('GET', '/v1/keys', { headers: ADMIN })).status).toBe(200);
  });

  it('is told when the admin key is wrong', async () => {
    for (const key of ['wrong', `${ADMIN_KEY}x`, ADMIN_KEY.slice(1), '']) {
      const { status, json, text } = await service.call('GET', '/v1/keys', { headers: { 'x-admin-key': key } });
      expect([status, json?.['code'], json?.['detail']], key).toEqual([403, 'admin_key_invalid', 'Invalid admin key']);
      expect(text).not.toContain(ADMIN_KEY);
    }
  });

  it('is told that no admin key is configured, with one or without', async () => {
    const bare = await openService({ adminKey: null });
    for (const headers of [{}, { 'x-admin-key': 'anything' }, { 'x-admin-key': '' }]) {
      const { status, json } = await bare.call('GET', '/v1/keys', { headers });
      expect([status, json?.['code'], json?.['detail']]).toEqual([500, 'admin_key_not_configured', 'ADMIN_API_KEY is not configured']);
    }
    const token = await bare.operator('keys:read');
    expect((await bare.call('GET', '/v1/keys', { headers: bearer(token) })).status).toBe(200);
    await bare.close();
  });

  it('is challenged where nothing was presented', async () => {
    const { status, headers, json } = await service.call('GET', '/v1/keys');
    expect([status, json?.['code'], headers.get('www-authenticate')]).toEqual([401, 'missing', 'Bearer realm="latchkey"']);
  });

  it('is refused with two admin keys, though one be right', async () => {
    const env = nodeEnv('127.0.0.1', ['X-Admin-Key', ADMIN_KEY, 'X-Admin-Key', 'other']);
    expect((await service.call('GET', '/v1/keys', { headers: ADMIN, env })).status).toBe(403);
  });

  it('is whoever holds an operator token with the scope, and nobody with a key of another environment', async () => {
    const reader = await service.operator('keys:read');
    expect((await service.call('GET', '/v1/keys', { headers: bearer(reader) })).status).toBe(200);
    const refused = await service.call('POST', '/v1/keys', { headers: bearer(reader), body: { name: 'x', owner: 'y' } });
    expect([refused.status, refused.json?.['code'], refused.json?.['missingScopes']]).toEqual([403, 'insufficient_scope', ['keys:write']]);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="insufficient_scope", scope="keys:write"');
    const { token } = await service.issue({ scopes: ['keys:read'] });
    expect((await service.call('GET', '/v1/keys', { headers: bearer(token) })).json?.['code']).toBe('wrong_environment');
  });

  it('is bound where its token is: two APIs on one service verify, list and change none of each other’s keys', async () => {
    const shop = await service.issue({ environment: 'live', scopes: ['orders:read'] });
    const other = await service.issue({ environment: 'test', scopes: ['orders:read'] });
    const bounds = { environments: ['live'], grants: ['orders:*'] };
    const input = { name: 'the shop', owner: 'ops', environment: 'operator', scopes: ['keys:verify', 'keys:read', 'keys:write'], bounds };
    const made = await service.admin('POST', '/v1/keys', input);
    expect([made.status, made.json?.['key'].bounds]).toEqual([201, bounds]);
    const headers = bearer(made.json?.['token']);
    const verify = async (token: string, fields = {}) =>
      (await service.call('POST', '/v1/keys/verify', { headers, body: { token, ...fields } })).json;
    expect((await verify(shop.token))?.['code']).toBe('valid');
    for (const fields of [{}, { environment: 'test' }, { dryRun: true }]) {
      expect(await verify(other.token, fields)).toMatchObject({ valid: false, code: 'not_found', key: null });
    }
    const batch = await service.call('POST', '/v1/keys/verify-batch', { headers, body: { requests: [{ token: other.token }] } });
    expect(batch.json?.['results'][0].code).toBe('not_found');
    const listed = await service.call('GET', '/v1/keys?limit=100', { headers });
    expect(new Set(listed.json?.['data'].map((key: { environment: string }) => key.environment))).toEqual(new Set(['live']));
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/limits'],
      ['POST', '/explain'],
      ['POST', '/rotate'],
      ['POST', '/revoke'],
    ] as const) {
      const { status, text } = await service.call(method, `/v1/keys/${other.id}${path}`, {
        headers,
        ...(method === 'POST' && { body: {} }),
      });
      expect([status, method, path], text).toEqual([404, method, path]);
    }
    const granted = await service.call('POST', '/v1/keys', { headers, body: { name: 'x', owner: 'y', scopes: ['users:read'] } });
    expect([granted.status, granted.json?.['missingScopes']]).toEqual([403, ['users:read']]);
    expect((await service.call('GET', '/v1/overview', { headers })).status).toBe(403);
  });

  it('cannot send an operator token as X-API-Key', async () => {
    const token = await service.operator('keys:read');
    expect((await service.call('GET', '/v1/keys', { headers: { 'x-api-key': token } })).status).toBe(401);
  });

  it('mints no more than an operator token holds, and is written into the log as who it is', async () => {
    const writer = await service.operator('keys:write', 'keys:read');
    const mint = async (scopes: string[]) =>
      service.call('POST', '/v1/keys', { headers: bearer(writer), body: { name: 'x', owner: 'y', environment: 'operator', scopes } });
    expect((await mint(['owners:write'])).json?.['code']).toBe('forbidden');
    const minted = await mint(['keys:read']);
    expect(minted.status).toBe(201);
    const [event] = (await service.admin('GET', `/v1/events?key=${minted.json?.['key'].id}`)).json?.['data'];
    expect(event.actor.type).toBe('operator');
    expect(event.requestId).toBe(minted.headers.get('x-request-id'));
  });

  it('is slowed after ten wrong admin keys from one address, while the right one still passes', async () => {
    const guarded = await openService();
    const ask = async (key: string, peer: string) => guarded.call('GET', '/v1/keys', { env: nodeEnv(peer, ['X-Admin-Key', key]) });
    for (let i = 0; i < 10; i++) expect((await ask(`wrong-${i}`, '203.0.113.9')).status).toBe(403);
    const slowed = await ask('wrong', '203.0.113.9');
    expect([slowed.status, slowed.json?.['code'], slowed.headers.get('retry-after')]).toEqual([429, 'too_many_attempts', '6']);
    expect((await ask(ADMIN_KEY, '203.0.113.9')).status).toBe(200);
    expect((await ask('wrong', '198.51.100.1')).status).toBe(403);
    guarded.clock.advance(6000);
    expect((await ask('wrong', '203.0.113.9')).status).toBe(403);
    expect((await ask('wrong', '203.0.113.9')).status).toBe(429);
    await guarded.close();
  });

  it('is one address for a whole IPv6 /64, in whatever spelling', async () => {
    const guarded = await openService();
    const ask = async (peer: string) => (await guarded.call('GET', '/v1/keys', { env: nodeEnv(peer, ['X-Admin-Key', 'wrong']) })).status;
    for (let i = 0; i < 10; i++) expect(await ask(`2001:db8::${i + 1}`)).toBe(403);
    expect(await ask('2001:DB8:0:0:ffff:1:2:3')).toBe(429);
    expect(await ask('2001:db8:0:1::1')).toBe(403);
    expect(await ask('::ffff:203.0.113.9')).toBe(403);
    await guarded.close();
  });
});
