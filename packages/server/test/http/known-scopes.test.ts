import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService({}, { scopes: ['a:read', 'a:write', 'articles:read'] });
});
afterAll(async () => service.close());

describe('with a list of scopes', () => {
  it('keys are made and changed with no others, and the answer names the field and what there is', async () => {
    const { json: made } = await service.admin('POST', '/v1/keys', { name: 'CI', owner: 'ada', scopes: ['a:*'] });
    for (const [method, path, body] of [
      ['POST', '/v1/keys', { name: 'CI', owner: 'ada', scopes: ['a:raed'] }],
      ['PATCH', `/v1/keys/${made?.['key'].id}`, { scopes: ['a:raed'] }],
    ] as const) {
      const { status, json } = await service.admin(method, path, body);
      expect([status, json?.['code'], json?.['errors'][0].pointer], method).toEqual([400, 'invalid_input', '/scopes/0']);
      expect(json?.['detail']).toContain('a:read, a:write, articles:read');
    }
  });

  it('a verification and a proxy that ask for another get 400, never 200, and no list of what there is', async () => {
    const { token } = await service.issue({ scopes: ['*:*'] });
    const verified = await service.admin('POST', '/v1/keys/verify', { token, scopes: ['a:raed'] });
    const headers = { authorization: `Bearer ${token}` };
    const passed = await service.call('GET', '/v1/forward-auth?scope=a:raed', { headers });
    for (const { status, json, text } of [verified, passed]) {
      expect([status, json?.['errors'][0].pointer]).toEqual([400, '/scopes/0']);
      expect(text).not.toContain('articles:read');
    }
    expect((await service.call('GET', '/v1/forward-auth?scope=a:read', { headers })).status).toBe(200);
  });

  it('operators sign in with scopes of their own', async () => {
    const token = await service.operator('keys:read');
    expect((await service.call('GET', '/v1/keys', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });
});
