/** `If-Match` (RFC 9110, section 13.1.1): a change is made only to the version of a key or an owner that the client knows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ifMatchOption } from 'latchkey/edge';
import { ADMIN, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const read = (...fields: readonly string[]) => ifMatchOption(() => fields).ifMatch;

const change = async (method: string, path: string, ifMatch: string | null, body?: unknown) =>
  service.call(method, path, { headers: { ...ADMIN, ...(ifMatch !== null && { 'if-match': ifMatch }) }, body });

describe('the ETag of a key', () => {
  it('is a strong tag of its version in every answer that holds it', async () => {
    const created = await service.admin('POST', '/v1/keys', { name: 'CI', owner: 'ada' });
    const path = `/v1/keys/${created.json?.['key'].id}`;
    const answers = [
      created,
      await service.admin('GET', path),
      await service.admin('PATCH', path, { name: 'renamed' }),
      await service.admin('PATCH', `${path}?wait=false`, { name: 'again' }),
      await service.admin('POST', `${path}/rotate`, { grace: '1h' }),
      await service.admin('POST', `${path}/disable`, {}),
      await service.admin('POST', `${path}/enable`, {}),
      await service.admin('POST', `${path}/revoke`, {}),
    ];
    const tags = answers.map(({ headers }) => headers.get('etag'));
    expect(tags).toEqual(['"1"', '"1"', '"2"', '"3"', '"4"', '"5"', '"6"', '"7"']);
    expect(answers.map(({ json }) => (json?.['key'] ?? json).version)).toEqual([1, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('stays while the key is used, and so never makes an answer a 304', async () => {
    const { id, token } = await service.issue();
    await service.latchkey.verify(token);
    const answer = await service.call('GET', `/v1/keys/${id}`, { headers: { ...ADMIN, 'if-none-match': '"1"' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"1"']);
  });
});

describe('If-Match', () => {
  const CHANGES: readonly [method: string, path: string, body?: object][] = [
    ['PATCH', '', { name: 'renamed' }],
    ['POST', '/rotate', {}],
    ['POST', '/revoke', {}],
    ['POST', '/disable', {}],
    ['POST', '/enable', {}],
    ['DELETE', ''],
  ];

  it.each(CHANGES)('%s %s: another version is answered 412 and changes nothing, this one is changed', async (method, path, body) => {
    const { id } = await service.issue();
    const before = (await service.admin('GET', `/v1/keys/${id}`)).json;
    for (const tag of ['"2"', 'W/"1"', '"01"', '"one"', '""', '"2", W/"1"', '"1.0"']) {
      const answer = await change(method, `/v1/keys/${id}${path}`, tag, body);
      expect([answer.status, answer.json?.['code']], tag).toEqual([412, 'precondition_failed']);
      expect((await service.admin('GET', `/v1/keys/${id}`)).json).toEqual(before);
    }
    const answer = await change(method, `/v1/keys/${id}${path}`, ', "7" ,, "1",', body);
    expect(answer.status).toBe(method === 'DELETE' ? 204 : 200);
  });

  it('owners: another version is answered 412 and changes nothing; * matches an owner that exists', async () => {
    await service.issue({ owner: 'ida' });
    const path = '/v1/owners/ida';
    expect((await service.admin('GET', path)).headers.get('etag')).toBe('"1"');
    for (const [end, body] of [
      ['', { name: 'Ida' }],
      ['/suspend', {}],
      ['/resume', {}],
    ] as const) {
      const refused = await change(end === '' ? 'PATCH' : 'POST', path + end, '"7"', body);
      expect([refused.status, refused.json?.['code']]).toEqual([412, 'precondition_failed']);
    }
    expect((await service.admin('GET', path)).json).toMatchObject({ version: 1, name: null, status: 'active' });
    const changed = await change('PATCH', path, '*', { name: 'Ida' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    const missing = await change('PATCH', '/v1/owners/nobody', '*', { name: 'Nobody' });
    expect([missing.status, missing.json?.['detail']]).toEqual([412, expect.stringContaining('There is no record of the owner yet.')]);
    const weak = await change('PATCH', path, 'W/"2"', { name: 'Weak' });
    expect([weak.status, weak.json?.['detail']]).toEqual([412, expect.stringContaining('The condition names no version of a record.')]);
    expect((await service.admin('GET', '/v1/owners/nobody')).status).toBe(404);
  });

  it('own keys: another version is answered 412 and changes nothing, this one is changed', async () => {
    const { id } = await service.issue({ owner: 'ida' });
    const path = `/v1/me/keys/${id}`;
    const headers = { authorization: `Bearer ${await service.jwt('ida')}` };
    expect((await service.call('GET', path, { headers })).headers.get('etag')).toBe('"1"');
    const asIda = async (method: string, end: string, ifMatch: string, body?: object) =>
      service.call(method, path + end, { headers: { ...headers, 'if-match': ifMatch }, body });
    for (const [method, end, body] of CHANGES.filter(([, end]) => end !== '/disable' && end !== '/enable')) {
      expect((await asIda(method, end, '"7"', body)).status).toBe(412);
      expect((await asIda(method, end, 'junk', body)).status).toBe(400);
    }
    const changed = await asIda('PATCH', '', '"1"', { name: 'renamed' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await asIda('DELETE', '', '"2"')).status).toBe(204);
  });

  it('* matches any key, and none that there is not', async () => {
    const { id } = await service.issue();
    expect((await change('PATCH', `/v1/keys/${id}`, '*', { name: 'x' })).status).toBe(200);
    expect((await change('PATCH', '/v1/keys/key_0000000000000000', '*', { name: 'x' })).status).toBe(404);
  });

  it.each(['', '1', '"1', '1"', '"1" "1"', '*, "1"', '"1", *', '"1";', 'w/"1"', 'W/1', '"1", 2', '"\u007f"'])(
    'that is malformed is answered 400 and changes nothing: %j',
    async (field) => {
      const { id } = await service.issue();
      expect(() => read(field)).toThrow('If-Match: send the ETag');
      for (const [method, path, body] of CHANGES) {
        const answer = await change(method, `/v1/keys/${id}${path}`, field, body);
        expect([answer.status, answer.json?.['code']]).toEqual([400, 'invalid_input']);
      }
      expect((await service.admin('GET', `/v1/keys/${id}`)).json).toMatchObject({ version: 1, status: 'active' });
    },
  );

  it('is read as a list, also where it is sent several times', () => {
    expect(read()).toBeUndefined();
    expect(read('*')).toBe('*');
    expect(read('"1"', 'W/"2" ,"a,b"')).toEqual([1, 0, 0]);
    expect(() => read('*', '*')).toThrow('If-Match');
  });

  it('If-Match: exactly one of two changes at once with the same tag is made', async () => {
    const { id } = await service.issue();
    const answers = await Promise.all(['one', 'two'].map(async (name) => change('PATCH', `/v1/keys/${id}`, '"1"', { name })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  it('is described for every call that takes it, with 412', () => {
    const taking = Object.entries(service.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods as unknown as Record<string, { parameters?: readonly { name: string }[]; responses: object }>).flatMap(
        ([method, { parameters = [], responses }]) =>
          parameters.some(({ name }) => name === 'if-match') && '412' in responses ? [`${method} ${path}`] : [],
      ),
    );
    expect(taking.toSorted()).toEqual([
      'delete /v1/keys/{id}',
      'delete /v1/me/keys/{id}',
      'patch /v1/keys/{id}',
      'patch /v1/me/keys/{id}',
      'patch /v1/owners/{id}',
      'post /v1/keys/{id}/disable',
      'post /v1/keys/{id}/enable',
      'post /v1/keys/{id}/revoke',
      'post /v1/keys/{id}/rotate',
      'post /v1/keys/{id}/secrets/{secretId}/retire',
      'post /v1/me/keys/{id}/revoke',
      'post /v1/me/keys/{id}/rotate',
      'post /v1/me/keys/{id}/secrets/{secretId}/retire',
      'post /v1/owners/{id}/resume',
      'post /v1/owners/{id}/suspend',
    ]);
  });
});
