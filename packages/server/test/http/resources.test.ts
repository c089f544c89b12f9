import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
});
afterAll(async () => service.close());

const create = async (body: object = {}, headers = {}) =>
  service.call('POST', '/v1/keys', { headers: { ...ADMIN, ...headers }, body: { name: 'a key', owner: 'team-7', ...body } });
const valid = async (token: string) => (await service.admin('POST', '/v1/keys/verify', { token })).json?.['valid'] as boolean;

describe('keys', () => {
  it('are created with a token that is shown once, and where they are to be found', async () => {
    const { status, json, headers } = await create({ scopes: ['a:read'], expiresIn: '90d', metadata: { a: { b: [1] } } });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(await valid(json?.['token'])).toBe(true);
    const found = await service.admin('GET', headers.get('location') ?? '');
    expect(found.json).toMatchObject({ id: json?.['key'].id, daysUntilExpiry: 90, metadata: { a: { b: [1] } } });
    expect(found.text).not.toContain(json?.['token']);
  });

  it('are created once for an idempotency key, quoted or bare, and say when they are a repetition', async () => {
    const idempotencyKey = randomUUID();
    const first = await create({ name: 'once' }, { 'idempotency-key': idempotencyKey });
    const again = await create({ name: 'once' }, { 'idempotency-key': `"${idempotencyKey}"` });
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect([again.status, again.json]).toEqual([201, first.json]);
    expect((await create({ name: 'another' }, { 'idempotency-key': idempotencyKey })).json?.['code']).toBe('idempotency_key_reused');
    service.clock.advance(11 * 60_000);
    const late = await create({ name: 'once' }, { 'idempotency-key': idempotencyKey });
    expect(late.json).toMatchObject({ key: { id: first.json?.['key'].id }, token: null, tokenAlreadyShown: true });
  });

  it('do not take an idempotency key that is none', async () => {
    for (const value of ['', '"', 'a b', 'x'.repeat(256)]) {
      const { status } = await create({}, { 'idempotency-key': value });
      expect(status, value).toBe(value === '"' ? 201 : 400);
    }
  });

  it('are listed page by page, each once, the newest first', async () => {
    const owner = 'paged';
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await create({ owner })).json?.['key'].id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await service.admin(
        'GET',
        `/v1/keys?owner=${owner}&limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...json?.['data'].map(({ id }: { id: string }) => id));
      cursor = json?.['nextCursor'];
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect((await service.admin('GET', '/v1/keys?cursor=nonsense')).status).toBe(400);
  });

  it('are found by status, search, tier and environment', async () => {
    const { json } = await create({ name: 'needle in the hay', environment: 'test' });
    for (const query of ['search=NEEDLE', `search=${json?.['key'].id}`, 'environment=test', 'status=active&search=needle']) {
      const found = await service.admin('GET', `/v1/keys?${query}`);
      expect(
        found.json?.['data'].map(({ id }: { id: string }) => id),
        query,
      ).toContain(json?.['key'].id);
    }
    expect((await service.admin('GET', '/v1/keys?status=revoked&search=needle')).json?.['data']).toEqual([]);
  });

  it('are found by a token in a body, and a token in a URL is refused without being repeated', async () => {
    const { json } = await create();
    const token = String(json?.['token']);
    const found = await service.admin('POST', '/v1/keys/search', { search: token });
    expect(found.json?.['data'].map(({ id }: { id: string }) => id)).toEqual([json?.['key'].id]);
    expect(found.text).not.toContain(token);
    for (const path of [`/v1/keys?search=${token}`, `/v1/owners?search=x%20${token.replace('_', '%5F')}`]) {
      const refused = await service.admin('GET', path);
      expect([refused.status, refused.json?.['code']]).toEqual([400, 'key_in_query']);
      expect(refused.text).not.toContain(token.slice(-30));
    }
  });

  it('change in the fields that are given, and in no other', async () => {
    const { json } = await create({ scopes: ['a:read'] });
    const path = `/v1/keys/${json?.['key'].id}`;
    const changed = await service.admin('PATCH', path, { name: 'renamed', credits: { remaining: 7 } });
    expect(changed.json).toMatchObject({
      key: { name: 'renamed', scopes: ['a:read'], credits: { remaining: 7 } },
      propagation: { pending: [] },
    });
    expect((await service.admin('PATCH', path, { owner: 'somebody' })).json?.['errors']).toEqual([
      { pointer: '/owner', message: 'No such field.' },
    ]);
  });

  it('rotate: with a grace both tokens work, and then only the new one', async () => {
    const { json } = await create();
    const rotated = await service.admin('POST', `/v1/keys/${json?.['key'].id}/rotate`, { grace: '1h' });
    expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect([await valid(json?.['token']), await valid(rotated.json?.['token'])]).toEqual([true, true]);
    service.clock.advance(3_600_000);
    expect([await valid(json?.['token']), await valid(rotated.json?.['token'])]).toEqual([false, true]);
  });

  it('are refused at once when revoked or disabled, and work again when enabled', async () => {
    const { json } = await create();
    const verb = async (name: string, body?: unknown) => service.admin('POST', `/v1/keys/${json?.['key'].id}/${name}`, body);
    expect((await verb('disable')).json?.['key'].status).toBe('disabled');
    expect(await valid(json?.['token'])).toBe(false);
    await verb('enable', {});
    expect(await valid(json?.['token'])).toBe(true);
    const revoked = await verb('revoke', { reason: 'leaked' });
    expect(revoked.json).toMatchObject({
      key: { status: 'revoked', revokedReason: 'leaked', revokedBy: 'admin' },
      propagation: { applied: 1 },
    });
    expect(await valid(json?.['token'])).toBe(false);
    expect((await verb('enable')).json?.['code']).toBe('key_revoked');
    expect((await verb('rotate')).status).toBe(409);
  });

  it('are revoked by DELETE, which answers nothing but how far that has come', async () => {
    const { json } = await create();
    const path = `/v1/keys/${json?.['key'].id}`;
    const { status, text, headers } = await service.admin('DELETE', path);
    expect([status, text]).toEqual([204, '']);
    expect(headers.get('x-latchkey-propagation')).toBe('applied=1, lapsed=0, pending=()');
    expect((await service.admin('GET', path)).json?.['status']).toBe('revoked');
  });

  it('that do not exist are not found, whatever is asked of them', async () => {
    for (const [method, path, body] of [
      ['GET', '/v1/keys/key_none'],
      ['PATCH', '/v1/keys/key_none', { name: 'x' }],
      ['DELETE', '/v1/keys/key_none'],
      ...['rotate', 'revoke', 'disable', 'enable'].map((verb) => ['POST', `/v1/keys/key_none/${verb}`, {}] as const),
    ] as const) {
      const { status, json } = await service.admin(method, path, body);
      expect([status, json?.['code'], json?.['detail']], path).toEqual([404, 'not_found', 'Key not found.']);
    }
  });
});

describe('owners', () => {
  it('suspend and resume all their keys at once, and revoke them all', async () => {
    const { json } = await create({ owner: 'many' });
    await create({ owner: 'many' });
    const verb = async (name: string) => service.admin('POST', `/v1/owners/many/${name}`, { reason: 'audit' });
    expect((await verb('suspend')).json?.['owner']).toMatchObject({
      status: 'suspended',
      suspendedReason: 'audit',
      keys: { total: 2, live: 2 },
    });
    expect(await valid(json?.['token'])).toBe(false);
    await verb('resume');
    expect(await valid(json?.['token'])).toBe(true);
    expect((await verb('revoke-all')).json).toMatchObject({ revoked: 2, owner: { keys: { live: 0 } } });
    expect((await verb('revoke-all')).json).toMatchObject({ revoked: 0 });
  });

  it('have the id that the host application gives them, whatever characters it has', async () => {
    for (const id of ['a/b', 'a%2Fb', 'user@example.com', 'a?b#c', 'é', '..x', 'auth0|1234', 'a+b']) {
      const path = `/v1/owners/${encodeURIComponent(id)}`;
      expect((await service.admin('PATCH', path, { name: 'An owner', maxKeys: 3 })).json?.['owner'].id, id).toBe(id);
      expect((await service.admin('GET', path)).json, id).toMatchObject({ id, name: 'An owner', maxKeys: 3 });
    }
    const { json } = await service.admin('GET', '/v1/owners?search=auth0');
    expect(json?.['data'].map(({ id }: { id: string }) => id)).toEqual(['auth0|1234']);
    expect((await service.admin('GET', '/v1/owners/nobody')).status).toBe(404);
  });
});

describe('tiers', () => {
  it('are made, replaced, listed and removed, but not while keys have them', async () => {
    const limits = [{ name: 'hourly', limit: 10, window: '1h' }];
    expect((await service.admin('PUT', '/v1/tiers/free', { limits })).json?.['limits']).toMatchObject([
      { name: 'hourly', windowMs: 3_600_000 },
    ]);
    const { json } = await create({ tier: 'free' });
    expect((await service.admin('GET', '/v1/tiers')).json).toMatchObject({ data: [{ name: 'free', keys: 1 }], nextCursor: null });
    expect((await service.admin('DELETE', '/v1/tiers/free')).json?.['code']).toBe('tier_in_use');
    await service.admin('DELETE', `/v1/keys/${json?.['key'].id}`);
    expect((await service.admin('DELETE', '/v1/tiers/free')).status).toBe(204);
    expect((await service.admin('GET', '/v1/tiers/free')).status).toBe(404);
  });
});

describe('events and usage', () => {
  it('show every change, with who made it and in which request', async () => {
    const { json, headers } = await create({ name: 'logged' });
    const { data, nextCursor } =
      (await service.admin('GET', `/v1/events?key=${json?.['key'].id}&action=key.created&order=oldest`)).json ?? {};
    expect(data).toMatchObject([{ action: 'key.created', actor: { type: 'admin', id: 'admin' }, requestId: headers.get('x-request-id') }]);
    expect(nextCursor).toBeNull();
    expect(JSON.stringify(data)).not.toContain(json?.['token']);
  });

  it('can be checked as a whole, and against a head that somebody kept', async () => {
    const head = (await service.admin('GET', '/v1/events/head')).json;
    const check = async (query = '') => (await service.admin('GET', `/v1/events/verify${query}`)).json;
    expect(await check()).toMatchObject({ intact: true, head, broken: null });
    expect(await check(`?seq=${head?.['seq']}&hash=${head?.['hash']}`)).toMatchObject({ intact: true });
    expect(await check(`?seq=${head?.['seq'] + 1}&hash=${head?.['hash']}`)).toMatchObject({ intact: false });
    const first = await check('?limit=1');
    expect(first).toMatchObject({ intact: true, entries: 1, complete: false });
    const rest = await check(`?afterSeq=1&afterHash=${first?.['head']['hash']}`);
    expect(rest).toMatchObject({ intact: true, entries: head?.['seq'] - 1, head, complete: true });
    for (const query of ['seq=1', `afterHash=${'0'.repeat(64)}`, 'limit=0']) {
      expect((await service.admin('GET', `/v1/events/verify?${query}`)).status, query).toBe(400);
    }
  });

  it('have no head while nothing has happened', async () => {
    const fresh = await openService();
    expect((await fresh.admin('GET', '/v1/events/head')).text).toBe('null');
    await fresh.close();
  });

  it('count verifications by outcome', async () => {
    const fresh = await openService();
    const { id, token } = await fresh.issue();
    await fresh.admin('POST', '/v1/keys/verify', { token });
    const { json } = await fresh.admin('GET', `/v1/usage?key=${id}&by=hour`);
    expect(json).toMatchObject({ by: 'hour', until: new Date(fresh.clock.now()).toISOString() });
    expect((await fresh.admin('GET', '/v1/usage?from=yesterday')).json?.['errors'][0].pointer).toBe('/from');
    await fresh.close();
  });
});
