import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { ConfigurationError } from 'latchkey';
import { QUERY_KEY_HINT } from 'latchkey/edge';
import { errorProblem } from '../../src/http/exchange/problem.js';
import { ADMIN, nodeEnv, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService({ trustedProxies: ['10.0.0.0/8'] });
});
afterAll(async () => service.close());

const send = async (body: string, headers = {}) => service.call('POST', '/v1/keys', { headers: { ...ADMIN, ...headers }, body });

describe('requests', () => {
  it('that are not acceptable are answered with a problem that names each thing that is wrong', async () => {
    const { status, headers, json } = await send('{"owner":7,"colour":"red","a/b~c":1}');
    expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json']);
    const requestId = headers.get('x-request-id');
    expect(json).toEqual({
      type: 'urn:latchkey:problem:invalid_input',
      title: 'Invalid input',
      status: 400,
      code: 'invalid_input',
      detail: '/name: Required. Use a string. /owner: Use a string. /colour: No such field. /a~1b~0c: No such field.',
      instance: `urn:latchkey:request:${requestId}`,
      requestId,
      errors: [
        { pointer: '/name', message: 'Required. Use a string.' },
        { pointer: '/owner', message: 'Use a string.' },
        { pointer: '/colour', message: 'No such field.' },
        { pointer: '/a~1b~0c', message: 'No such field.' },
      ],
    });
  });

  it('name the nearest field also where a call is not on the contract yet, at every depth', async () => {
    for (const [path, body, pointer, meant] of [
      ['/v1/keys/verify', { token: 'a', scope: ['a:read'] }, '/scope', 'scopes'],
      ['/v1/keys/verify-batch', { requests: [{ token: 'a', csot: 1 }] }, '/requests/0/csot', 'cost'],
      ['/v1/events/archive', { upTo: { seq: 1, hesh: 'a' } }, '/upTo/hesh', 'hash'],
    ] as const) {
      const { status, json } = await service.admin('POST', path, body);
      expect(status, path).toBe(400);
      expect(json?.['errors'], path).toContainEqual({ pointer, message: `No such field; did you mean "${meant}"?` });
    }
  });

  it('with very many problems are told the first 20, and how many more there are', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `x${index}`);
    for (const answer of [
      await service.call('GET', `/v1/forward-auth?${names.join('&')}`),
      await service.admin('GET', `/v1/keys?${names.slice(0, 1_500).join('&')}`),
      await send(JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])))),
    ]) {
      expect([answer.status, answer.json?.['errors'].length]).toEqual([400, 20]);
      expect(answer.json?.['moreErrors']).toBeGreaterThan(1_000);
      expect(answer.json?.['detail']).toMatch(/; and \d+ more$/);
      expect(answer.text.length).toBeLessThan(5_000);
    }
    const long = await send(JSON.stringify({ ['x'.repeat(20_000)]: 1 }));
    expect(long.text.length).toBeLessThan(2_000);
  });

  it('may not have a field called __proto__, in whatever spelling and depth', async () => {
    for (const [body, pointer] of [
      ['{"name":"x","owner":"y","__proto__":{"scopes":["*:*"]}}', '/__proto__'],
      ['{"name":"x","owner":"y","\\u005f_proto__":1}', '/__proto__'],
      ['{"name":"x","owner":"y","credits":{"remaining":1,"__proto__":{}}}', '/credits/__proto__'],
      ['{"name":"x","owner":"y","limits":[{"name":"a","limit":1,"window":"1h","__proto__":{}}]}', '/limits/0/__proto__'],
    ] as const) {
      const { status, json } = await send(body);
      expect([status, json?.['errors'][0].pointer], body).toEqual([400, pointer]);
    }
    expect((await send('{"name":"x","owner":"y","metadata":{"a":{"__proto__":{}}}}')).status).toBe(400);
  });

  it('whose body is no JSON are refused without a word of the body', async () => {
    for (const body of ['{"token":"acme_live_secret"', 'acme_live_secret', '{"a":acme_live_secret}', '']) {
      const { status, json, text } = await send(body);
      expect([status, json?.['code']], body).toEqual([400, 'malformed_json']);
      expect(text).not.toContain('acme_live_secret');
    }
  });

  it('whose body is of another type are refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/json; charset=latin1']) {
      expect((await send('{}', { 'content-type': type })).json?.['code'], type).toBe('unsupported_media_type');
    }
    expect((await send('{"name":"x","owner":"y"}', { 'content-type': 'Application/JSON; charset=UTF-8' })).status).toBe(201);
  });

  it('whose body is longer than the limit are refused, whether they say so or not', async () => {
    const body = JSON.stringify({ name: 'x', owner: 'y', metadata: { a: 'x'.repeat(70_000) } });
    expect((await send(body)).status).toBe(413);
    expect((await send(body, { 'content-length': String(body.length) })).status).toBe(413);
    expect((await send(body, { 'content-length': '10' })).status).toBe(413);
    const long = { name: 'x', owner: 'y', reason: 'ä'.repeat(40_000) };
    expect((await send(JSON.stringify(long))).status).toBe(413);
  });

  it('may not give a query parameter twice, nor one that there is not', async () => {
    expect((await service.admin('GET', '/v1/keys?limit=1&limit=2')).json?.['errors']).toEqual([
      { pointer: '/limit', message: 'Give this query parameter once.' },
    ]);
    expect((await service.admin('GET', '/v1/keys?colour=red')).json?.['errors'][0].pointer).toBe('/colour');
    for (const limit of ['0', '101', '-1', '1e1', '0x1', ' 1', '', '1.0']) {
      expect((await service.admin('GET', `/v1/keys?limit=${encodeURIComponent(limit)}`)).status, limit).toBe(400);
    }
  });

  it('with a key in the query are refused with the reason, known route or not', async () => {
    for (const path of ['/v1/keys?api_key=acme_live_secret', '/healthz?api%5Fkey=acme_live_secret', '/nowhere?api_key=acme_live_secret']) {
      const { status, json, text } = await service.admin('GET', path);
      expect([status, json?.['code'], json?.['detail']], path).toEqual([400, 'key_in_query', QUERY_KEY_HINT]);
      expect(text).not.toContain('acme_live_secret');
    }
  });

  it('never have a token repeated to them, though it stand where a name should', async () => {
    const { token } = await service.issue();
    for (const ask of [
      send(JSON.stringify({ name: 'x', owner: 'y', [token]: 1 })),
      send(JSON.stringify({ name: 'x', owner: 'y', metadata: { [`${token}\n`]: 1, ['x'.repeat(5000)]: token } })),
      send(JSON.stringify({ name: 'x', owner: 'y', tier: token, scopes: [token], environment: token, expiresAt: token, ipRules: [token] })),
      service.admin('GET', `/v1/keys?${token}=1`),
      service.admin('GET', `/v1/keys?cursor=${token}&status=${token}`),
      service.admin('GET', `/v1/keys/${token}`),
      service.admin('GET', `/v1/${token}`),
      service.admin('PUT', `/v1/tiers/${token}`, { limits: [{ name: token, limit: 1, window: token }] }),
      service.call('GET', `/v1/forward-auth?${token}=1`),
      service.call('GET', '/v1/keys', { headers: { authorization: token } }),
      service.call('GET', '/v1/keys', { headers: { 'x-admin-key': token } }),
    ]) {
      const { status, text, headers } = await ask;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text + JSON.stringify([...headers])).not.toContain(token);
    }
  });

  it('to a route with another method are told which it has', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/v1/keys', 'POST, GET, HEAD, OPTIONS'],
      ['GET', '/v1/keys/verify', 'POST, OPTIONS'],
      ['PUT', '/v1/keys/key_1', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
      ['GET', '/v1/keys/key_1/rotate', 'POST, OPTIONS'],
      ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const { status, headers, json } = await service.admin(method, path);
      expect([status, json?.['code'], headers.get('allow')], path).toEqual([405, 'method_not_allowed', allow]);
      const options = await service.call('OPTIONS', path);
      expect([options.status, options.headers.get('allow'), options.text]).toEqual([204, allow, '']);
    }
  });

  it('to no route are told so', async () => {
    for (const path of ['/v2/keys', '/v1/keys/', '/v1/keys/a/b/c', '/v1//keys']) {
      const { status, json } = await service.admin('GET', path);
      expect([status, json?.['code']], path).toEqual([404, 'route_not_found']);
    }
  });

  it('with HEAD are answered like GET, without a body', async () => {
    const { status, text, headers } = await service.admin('HEAD', '/v1/keys');
    expect([status, text, headers.get('content-type')]).toEqual([200, '', 'application/json']);
  });

  it('all get an id, are not sniffed at, and leave no verdict in a cache', async () => {
    const ids = new Set<string | null>();
    for (const [method, path] of [
      ['GET', '/v1/keys'],
      ['GET', '/nowhere'],
      ['DELETE', '/v1/keys'],
      ['POST', '/v1/keys'],
      ['GET', '/v1/forward-auth'],
      ['GET', '/healthz'],
    ] as const) {
      const { headers } = await service.admin(method, path);
      ids.add(headers.get('x-request-id'));
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('cache-control'), path).toBe('no-store');
    }
    expect(ids.size).toBe(6);
  });

  it('keep the id that a trusted proxy gave them, and no other', async () => {
    const ask = async (peer: string, id: string) =>
      (await service.call('GET', '/healthz', { env: nodeEnv(peer, ['X-Request-Id', id]) })).headers.get('x-request-id');
    expect(await ask('10.0.0.1', 'abc-123.DEF')).toBe('abc-123.DEF');
    expect(await ask('192.0.2.1', 'abc-123.DEF')).not.toBe('abc-123.DEF');
    const { token } = await service.issue();
    expect(await ask('10.0.0.1', token)).not.toBe(token);
  });

  it('whatever they are, never make the service fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
        fc.webPath(),
        fc.webQueryParameters(),
        fc.string(),
        async (method, path, query, body) => {
          const { status } = await service.call(method, `/${path.replace(/^\/+/, '')}?${query}`, {
            headers: ADMIN,
            ...(method !== 'GET' && { body }),
          });
          expect(status).toBeLessThan(500);
        },
      ),
      runs(200),
    );
  });
});

describe('failures', () => {
  it('of the store are told as such, without a word of what the store is', async () => {
    const broken = await openService();
    await broken.latchkey.close();
    const { status, json, headers, text } = await broken.admin('GET', '/v1/keys');
    expect([status, json?.['code'], headers.get('retry-after')]).toEqual([503, 'unavailable', '1']);
    expect(text).not.toMatch(/sqlite|database|closed|stack|\.ts/i);
  });

  it('that nobody foresaw are answered without a word of what they are', () => {
    const { status, body } = errorProblem(new TypeError('cannot read /var/lib/latchkey.db'), 'request-1');
    expect(JSON.parse(String(body))).toMatchObject({ status, code: 'internal', requestId: 'request-1' });
    expect([status, String(body).includes('cannot read')]).toEqual([500, false]);
    expect(errorProblem(new ConfigurationError(['pepper "a" is wrong']), 'request-1').body).not.toContain('pepper');
  });
});
