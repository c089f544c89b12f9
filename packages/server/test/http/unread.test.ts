/** A condition, or a body, that a call does not read is refused: ignored, it would promise what does not hold. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, openService, type Service } from './service.js';

let service: Service;

beforeAll(async () => {
  service = await openService();
});

afterAll(async () => service.close());

describe('a request', () => {
  it.each([
    ['PUT', '/v1/tiers/free', { limits: [] }],
    ['POST', '/v1/owners/team-7/revoke-all', {}],
    ['POST', '/v1/keys', { name: 'k', owner: 'team-7' }],
    ['POST', '/v1/keys/revoke-where', { where: { owner: 'team-7' }, dryRun: true }],
    ['DELETE', '/v1/tiers/free', undefined],
    ['POST', '/v1/me/keys', { name: 'k' }],
  ])('%s %s: is refused with If-Match, which it compares with nothing', async (method, path, body) => {
    const credential = path.startsWith('/v1/me') ? { authorization: `Bearer ${await service.jwt('team-7')}` } : ADMIN;
    for (const ifMatch of ['"1"', 'junk', '*']) {
      const { status, json } = await service.call(method, path, { headers: { ...credential, 'if-match': ifMatch }, body });
      expect([status, json?.['code'], json?.['detail']]).toEqual([400, 'invalid_input', expect.stringMatching(/^If-Match: /)]);
    }
  });

  it('PATCH: is refused with If-None-Match, which no change compares', async () => {
    const { id } = await service.issue();
    const headers = { ...ADMIN, 'if-none-match': '*' };
    const { status, json } = await service.call('PATCH', `/v1/keys/${id}`, { headers, body: { name: 'x' } });
    expect([status, json?.['detail']]).toEqual([400, expect.stringMatching(/^If-None-Match: /)]);
    expect((await service.call('POST', '/v1/keys/search', { headers, body: {} })).status).toBe(200);
  });

  it('DELETE: is refused with a body, whose reason nobody would read', async () => {
    const { id } = await service.issue();
    const body = JSON.stringify({ reason: 'leaked' });
    const headers = { ...ADMIN, 'content-length': String(body.length) };
    expect(await service.call('DELETE', `/v1/keys/${id}`, { headers, body })).toMatchObject({
      status: 400,
      json: { code: 'invalid_input' },
    });
    expect((await service.latchkey.keys.get(id)).status).toBe('active');
    expect((await service.call('DELETE', `/v1/keys/${id}`, { headers: { ...ADMIN, 'content-length': '0' } })).status).toBe(204);
  });
});
