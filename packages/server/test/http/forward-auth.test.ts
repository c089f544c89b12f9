import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADERS, QUERY_KEY_HINT } from 'latchkey/edge';
import { mistyped } from 'latchkey/testing';
import { nodeEnv, openService, type Service } from './service.js';

let service: Service;
beforeAll(async () => {
  service = await openService();
  await service.admin('PUT', '/v1/tiers/tight', { limits: [{ name: 'minute', limit: 2, window: '1m', algorithm: 'fixed-window' }] });
});
afterAll(async () => service.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('forward auth', () => {
  it('lets a good key pass and says whose request it is, by any method', async () => {
    const { id, token } = await service.issue({ name: 'Bücher', owner: 'user@example.com', scopes: ['a:read', 'b:*'] });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND']) {
      const request = new Request('http://service/v1/forward-auth', { method, headers: bearer(token) });
      const { status, headers } = await service.app.fetch(request);
      expect(status, method).toBe(200);
      expect(Object.fromEntries(IDENTITY_HEADERS.map((name) => [name, headers.get(name)]))).toEqual({
        'X-Latchkey-Key-Id': id,
        'X-Latchkey-Key-Name': 'B%C3%BCcher',
        'X-Latchkey-Owner': 'user@example.com',
        'X-Latchkey-Tier': '-',
        'X-Latchkey-Environment': 'live',
        'X-Latchkey-Scopes': 'a:read b:*',
      });
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('never reads the body', async () => {
    const { token } = await service.issue();
    const request = new Request('http://service/v1/forward-auth', { method: 'POST', headers: bearer(token), body: 'x'.repeat(100_000) });
    expect((await service.app.fetch(request)).status).toBe(200);
    expect(request.bodyUsed).toBe(false);
  });

  it('answers each refusal as the table says', async () => {
    const { latchkey, issue, clock } = service;
    const revoked = await issue();
    await latchkey.keys.revoke(revoked.id);
    const disabled = await issue();
    await latchkey.keys.disable(disabled.id);
    const suspended = await issue({ owner: 'suspended' });
    await latchkey.owners.suspend('suspended');
    const early = await issue({ notBefore: new Date(clock.now() + 60_000).toISOString() });
    const expired = await issue({ expiresAt: new Date(clock.now() + 1).toISOString() });
    clock.advance(1);
    const good = await issue();
    const other = await openService();
    const unknown = await other.issue();
    await other.close();
    const walled = await issue({ ipRules: ['10.0.0.0/8'] });

    const invalid = [401, 'invalid', 'Invalid or inactive API key'];
    for (const [name, path, headers, expected] of [
      ['nothing', '', {}, [401, 'missing', 'Missing Authorization header']],
      ['another scheme', '', { authorization: 'Basic YTpi' }, [401, 'malformed', 'Invalid Authorization format. Use: Bearer YOUR_API_KEY']],
      ['a mistyped token', '', bearer(mistyped(good.token)), invalid],
      ['no token at all', '', bearer('hello'), invalid],
      ['an unknown token', '', bearer(unknown.token), invalid],
      ['a revoked key', '', bearer(revoked.token), invalid],
      ['a disabled key', '', bearer(disabled.token), invalid],
      ['a suspended owner', '', bearer(suspended.token), invalid],
      ['a key of tomorrow', '', bearer(early.token), invalid],
      ['an expired key', '', bearer(expired.token), [401, 'expired', 'API key has expired']],
      ['another environment', '?environment=test', bearer(good.token), [403, 'wrong_environment', 'API key is for another environment']],
      ['another address', '', bearer(walled.token), [403, 'ip_denied', 'API key may not be used from this address']],
      ['a scope too few', '?scope=a:write', bearer(good.token), [403, 'insufficient_scope', 'API key lacks the scope a:write']],
    ] as const) {
      const { status, json, headers: answered } = await service.call('GET', `/v1/forward-auth${path}`, { headers });
      expect([status, json?.['code'], json?.['detail']], name).toEqual(expected);
      expect(answered.has('www-authenticate'), name).toBe(status === 401 || json?.['code'] === 'insufficient_scope');
      expect(answered.get('cache-control')).toBe('no-store');
      for (const header of IDENTITY_HEADERS) expect(answered.has(header), name).toBe(false);
      expect(answered.has('x-ratelimit-limit'), name).toBe(false);
    }
  });

  it('says how the limits stand, and when to come back once they are reached', async () => {
    const { token } = await service.issue({ tier: 'tight' });
    const first = await service.call('GET', '/v1/forward-auth', { headers: bearer(token) });
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    expect(first.headers.get('ratelimit-policy')).toBe('"minute";q=2;w=60');
    await service.call('GET', '/v1/forward-auth', { headers: bearer(token) });
    const third = await service.call('GET', '/v1/forward-auth', { headers: bearer(token) });
    expect([third.status, third.json?.['code']]).toEqual([429, 'rate_limited']);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(third.headers.get('x-ratelimit-remaining')).toBe('0');
  });

  it('tells nginx, which knows 401 and 403 alone, of a limit by a header', async () => {
    const { token } = await service.issue({ tier: 'tight' });
    const ask = async () => service.call('GET', '/v1/forward-auth?mode=nginx&cost=2', { headers: bearer(token) });
    expect((await ask()).status).toBe(200);
    const { status, headers, json } = await ask();
    expect([status, headers.get('x-latchkey-status'), json?.['status']]).toEqual([403, '429', 403]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('asks for all scopes, repeated or separated by spaces', async () => {
    const { token } = await service.issue({ scopes: ['a:read', 'b:read'] });
    const ask = async (query: string) => (await service.call('GET', `/v1/forward-auth?${query}`, { headers: bearer(token) })).status;
    expect(await ask('scope=a:read&scope=b:read')).toBe(200);
    expect(await ask('scope=a:read+b:read')).toBe(200);
    expect(await ask('scope=a:read%20c:read')).toBe(403);
    expect(await ask('scope=a:read&scope=c:read')).toBe(403);
  });

  it('asks for one of several scopes, repeated or separated by spaces, beside all of others', async () => {
    const { token } = await service.issue({ scopes: ['a:read', 'b:read'] });
    const ask = async (query: string) => service.call('GET', `/v1/forward-auth?${query}`, { headers: bearer(token) });
    for (const query of ['anyScope=c:read&anyScope=b:read', 'anyScope=c:read+b:read', 'scope=a:read&anyScope=c:read%20b:read'])
      expect((await ask(query)).status, query).toBe(200);
    for (const query of ['scope=a:write&anyScope=b:read', 'scope=a:read&anyScope=c:read+d:read'])
      expect((await ask(query)).status, query).toBe(403);
    const refused = await ask('scope=a:read&anyScope=c:read&anyScope=a:write');
    expect([refused.json?.['code'], refused.json?.['detail'], refused.headers.get('www-authenticate')]).toEqual([
      'insufficient_scope',
      'API key needs one of the scopes c:read, a:write',
      'Bearer realm="api", error="insufficient_scope", scope="a:read c:read a:write"',
    ]);
  });

  it('lets nobody pass where the proxy asks amiss', async () => {
    const { token } = await service.issue();
    for (const query of [
      'scopes=a:read',
      'cost=-1',
      'cost=1.5',
      'cost=',
      'mode=apache',
      'environment=',
      'environment=operator',
      'cost=1&cost=2',
      'scope=nonsense',
      'scope=',
      'scope=a:read&scope=',
      'scope=+',
      'anyScope=',
      'anyScope=+',
      'anyScope=a:read&anyScope=',
      'anyScope=nonsense',
      'anyscope=a:read',
      'any_scope=a:read',
    ]) {
      const { status, json } = await service.call('GET', `/v1/forward-auth?${query}`, { headers: bearer(token) });
      expect([status, json?.['code']], query).toEqual([400, 'invalid_input']);
    }
  });

  it('takes no settings from the query of a path that a proxy appended: the caller wrote it', async () => {
    const { token } = await service.issue({ tier: 'tight' });
    const ask = async (path: string) => (await service.call('GET', path, { headers: bearer(token) })).status;
    expect(await ask('/v1/forward-auth/articles?cost=0&scope=openid&x=1&x=2')).toBe(200);
    expect(await ask('/v1/forward-auth/a/b/c?cost=0')).toBe(200);
    expect(await ask('/v1/forward-auth/articles?cost=0')).toBe(429);
  });

  it('refuses settings behind a slash too many, where they would set nothing', async () => {
    const { token } = await service.issue({ scopes: ['a:read'] });
    const ask = async (query: string) =>
      (await service.app.fetch(new Request(`http://service/v1/forward-auth/${query}`, { headers: bearer(token) }))).status;
    for (const query of ['?scope=a:read', '?x=1&cost=0', '?environment=test', '?mode=nginx']) expect(await ask(query), query).toBe(400);
    for (const query of ['', '?', '?x=1', '?q=scope']) expect(await ask(query), query).toBe(200);
  });

  it('takes no settings from the original target that follows uri=', async () => {
    const { token } = await service.issue({ tier: 'tight' });
    const ask = async (query: string) => (await service.call('GET', `/v1/forward-auth?${query}`, { headers: bearer(token) })).status;
    expect(await ask('cost=2&uri=/articles?cost=0&cost=0&uri=/x&environment=test')).toBe(200);
    expect(await ask('uri=/articles&cost=0')).toBe(429);
    expect(await ask('uri=/articles?a=1&api_key=abc')).toBe(401);
  });

  it('does not let an operator token pass', async () => {
    const token = await service.operator('keys:read');
    expect((await service.call('GET', '/v1/forward-auth', { headers: bearer(token) })).status).toBe(403);
  });

  it('refuses a key in the original query, with the reason, wherever the proxy put that', async () => {
    const { token } = await service.issue();
    for (const header of ['x-forwarded-uri', 'x-original-uri', 'x-original-url']) {
      const { status, json, text } = await service.call('GET', '/v1/forward-auth', { headers: { [header]: `/articles?api_key=${token}` } });
      expect([status, json?.['detail']]).toEqual([401, QUERY_KEY_HINT]);
      expect(text).not.toContain(token);
    }
    expect((await service.call('GET', `/v1/forward-auth?api_key=${token}`)).json?.['code']).toBe('malformed');
    expect((await service.call('GET', `/v1/forward-auth/articles?api_key=${token}`)).json?.['code']).toBe('malformed');
  });

  it('takes a key from the original query where that is allowed', async () => {
    const allowing = await openService({ allowQueryKey: true });
    const { token } = await allowing.issue();
    const ask = async (path: string, headers = {}) => (await allowing.call('GET', path, { headers })).status;
    expect(await ask('/v1/forward-auth', { 'x-forwarded-uri': `/articles?api_key=${token}` })).toBe(200);
    expect(await ask(`/v1/forward-auth/articles?api_key=${token}`)).toBe(200);
    expect(await ask(`/v1/forward-auth?uri=/articles?api_key=${token}`)).toBe(200);
    expect(await ask('/v1/forward-auth', { 'x-forwarded-uri': '/?api_key=a', 'x-original-uri': '/?api_key=b' })).toBe(401);
    await allowing.close();
  });

  it('refuses an Authorization header sent twice, of which node shows but the first', async () => {
    const { token } = await service.issue();
    const env = nodeEnv('127.0.0.1', ['Authorization', `Bearer ${token}`, 'authorization', 'Bearer other']);
    const { status, json } = await service.call('GET', '/v1/forward-auth', { headers: bearer(token), env });
    expect([status, json?.['code']]).toEqual([401, 'malformed']);
  });

  it('judges the address that a trusted proxy forwarded, and no other', async () => {
    const proxied = await openService({ trustedProxies: ['127.0.0.0/8'] });
    const { token } = await proxied.issue({ ipRules: ['203.0.113.0/24'] });
    const ask = async (peer: string, forwardedFor: string) => {
      const raw = ['Authorization', `Bearer ${token}`, 'X-Forwarded-For', forwardedFor];
      return (await proxied.call('GET', '/v1/forward-auth', { env: nodeEnv(peer, raw) })).status;
    };
    expect(await ask('127.0.0.1', '203.0.113.9')).toBe(200);
    expect(await ask('127.0.0.1', '203.0.113.9, 198.51.100.1')).toBe(403);
    expect(await ask('198.51.100.1', '203.0.113.9')).toBe(403);
    await proxied.close();
  });

  it('slows whoever guesses, while a good key from the same address still passes', async () => {
    const guarded = await openService({}, { guessesPerMinute: 5 });
    const { token } = await guarded.issue();
    const other = await openService();
    const ask = async (key: string) =>
      guarded.call('GET', '/v1/forward-auth', { env: nodeEnv('203.0.113.9', ['Authorization', `Bearer ${key}`]) });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) statuses.push((await ask((await other.issue()).token)).status);
    await other.close();
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    expect((await ask(token)).status).toBe(200);
    await guarded.close();
  });
});
