import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.js';
import { openBrowser } from './browser.js';
import { ADMIN, ADMIN_KEY, nodeEnv, openService, type Service } from './service.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NAME = '__Host-latchkey';

let opened: Service[] = [];
afterEach(async () => {
  for (const service of opened) await service.close();
  opened = [];
});

async function open(...options: Parameters<typeof openService>): Promise<Service> {
  const service = await openService(...options);
  opened.push(service);
  return service;
}

async function signedIn(service: Service, body: object = { adminKey: ADMIN_KEY }, options: Parameters<typeof openBrowser>[1] = {}) {
  const browser = openBrowser(service, options);
  const answer = await browser.ask('POST', '/v1/session', body);
  expect(answer.status, answer.text).toBe(201);
  return { ...browser, cookies: browser.cookies, session: answer.json ?? {}, answer };
}

describe('signing in', () => {
  it('exchanges the admin key for a session in a cookie that no script, sub-domain or plain connection gets', async () => {
    const service = await open();
    const { ask, session, answer, cookies } = await signedIn(service);
    const now = service.clock.now();
    const iso = (ms: number) => new Date(now + ms).toISOString();
    expect(session).toMatchObject({
      principal: { type: 'admin', id: 'admin' },
      scopes: ['*:*'],
      createdAt: iso(0),
      idleExpiresAt: iso(30 * MINUTE),
      expiresAt: iso(12 * HOUR),
    });
    const value = cookies.get(NAME) ?? '';
    expect(answer.headers.getSetCookie()).toEqual([`${NAME}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).not.toContain(value.slice(-20));
    expect((await ask('GET', '/v1/session')).json).toEqual(session);
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
    const created = await ask('POST', '/v1/keys', { name: 'by a session', owner: 'team-7' });
    expect(created.json).toMatchObject({ key: { createdBy: 'admin' } });
    const { data } = (await ask('GET', `/v1/events?key=${created.json?.['key'].id}`)).json ?? {};
    expect(data[0].actor).toEqual({ type: 'admin', id: 'admin' });
  });

  it('exchanges an operator token, whose scopes are those of the session, and whose name stands in the log', async () => {
    const service = await open();
    const token = await service.operator('keys:read', 'keys:write');
    const { ask, session } = await signedIn(service, { token });
    expect(session).toMatchObject({ principal: { type: 'operator', name: 'an operator' }, scopes: ['keys:read', 'keys:write'] });
    const created = await ask('POST', '/v1/keys', { name: 'by a session', owner: 'team-7' });
    expect(created.json?.['key'].createdBy).toBe(`operator:${session['principal'].id}`);
    const refused = await ask('GET', '/v1/owners');
    expect([refused.status, refused.json?.['code'], refused.json?.['missingScopes']]).toEqual([403, 'insufficient_scope', ['owners:read']]);
    expect((await ask('POST', '/v1/keys', { name: 'x', owner: 'y', environment: 'operator', scopes: ['owners:read'] })).status).toBe(403);
  });

  it('takes a new token always, whatever cookie was there, and ends the session of that', async () => {
    const service = await open();
    const browser = openBrowser(service);
    browser.cookies.set(NAME, 'acme_session_chosen-by-somebody-else');
    await browser.ask('POST', '/v1/session', { adminKey: ADMIN_KEY });
    const first = browser.cookies.get(NAME) ?? '';
    expect(first).toMatch(/^acme_session_[0-9A-Za-z]{49}$/);
    await browser.ask('POST', '/v1/session', { adminKey: ADMIN_KEY });
    expect(browser.cookies.get(NAME)).not.toBe(first);
    const old = openBrowser(service);
    old.cookies.set(NAME, first);
    expect((await old.ask('GET', '/v1/session')).json?.['code']).toBe('session_missing');
  });

  it('refuses what is wrong as it is refused elsewhere, and slows who tries', async () => {
    const service = await open();
    const { token } = await service.issue({ scopes: ['keys:read'] });
    const env = nodeEnv('203.0.113.9');
    const attempt = async (body: unknown) => service.call('POST', '/v1/session', { env, body });
    expect((await attempt({ token })).json).toMatchObject({ status: 403, code: 'wrong_environment' });
    expect((await attempt({})).status).toBe(400);
    expect((await attempt({ adminKey: ADMIN_KEY, token })).status).toBe(400);
    for (let i = 0; i < 5; i++) {
      expect((await attempt({ adminKey: `wrong-${i}` })).json).toMatchObject({ status: 403, code: 'admin_key_invalid' });
      expect((await attempt({ token: `wrong-${i}` })).json).toMatchObject({ status: 401, code: 'invalid' });
    }
    expect((await attempt({ adminKey: 'wrong' })).json?.['code']).toBe('too_many_attempts');
    expect((await attempt({ token: 'wrong' })).headers.get('retry-after')).toBe('6');
    expect((await attempt({ adminKey: ADMIN_KEY })).status).toBe(201);
    expect((await service.call('POST', '/v1/session', { env: nodeEnv('198.51.100.1'), body: { adminKey: 'wrong' } })).status).toBe(403);
  });

  it('says which ways there are, and works without an admin key', async () => {
    const branding = { name: 'Acme', logoUrl: null, color: '#336699' };
    const service = await open({ adminKey: null, portal: { branding, frameAncestors: [] } });
    expect((await service.call('GET', '/v1/sign-in-methods')).json).toEqual({ adminKey: false, operatorToken: true, oidc: null, branding });
    expect((await service.call('POST', '/v1/session', { body: { adminKey: ADMIN_KEY } })).json?.['code']).toBe('admin_key_not_configured');
    const { ask } = await signedIn(service, { token: await service.operator('keys:read') });
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
  });
});

describe('a session ends', () => {
  it('by signing out, for the one browser', async () => {
    const service = await open();
    const [one, other] = [await signedIn(service), await signedIn(service)];
    const stolen = openBrowser(service);
    stolen.cookies.set(NAME, one.cookies.get(NAME) ?? '');
    expect((await one.ask('DELETE', '/v1/session')).status).toBe(204);
    expect(one.cookies.size).toBe(0);
    const { status, json, headers } = await stolen.ask('GET', '/v1/keys');
    expect([status, json?.['code'], headers.get('www-authenticate')]).toEqual([401, 'session_missing', 'Bearer realm="latchkey"']);
    expect((await other.ask('GET', '/v1/keys')).status).toBe(200);
  });

  it('by signing out everywhere, for everybody who signed in as the same, and nobody else', async () => {
    const service = await open();
    const token = await service.operator('keys:read');
    const [one, two, operator] = [await signedIn(service), await signedIn(service), await signedIn(service, { token })];
    expect((await one.ask('DELETE', '/v1/sessions')).status).toBe(204);
    expect((await two.ask('GET', '/v1/session')).status).toBe(401);
    expect((await operator.ask('GET', '/v1/session')).status).toBe(200);
    const again = await signedIn(service, { token });
    await operator.ask('DELETE', '/v1/sessions');
    expect((await again.ask('GET', '/v1/session')).status).toBe(401);
  });

  it('after 30 minutes in which nobody asked anything, and after 12 hours in any case', async () => {
    const service = await open();
    const { ask } = await signedIn(service);
    const status = async () => (await ask('GET', '/v1/keys')).status;
    for (let waited = 0; waited < 12 * HOUR - 29 * MINUTE; waited += 29 * MINUTE) {
      service.clock.advance(29 * MINUTE);
      expect(await status()).toBe(200);
    }
    service.clock.advance(29 * MINUTE);
    expect(await status()).toBe(401);
    const idle = await signedIn(service);
    service.clock.advance(30 * MINUTE);
    expect((await idle.ask('GET', '/v1/session')).status).toBe(401);
  });

  it('when the admin key changes, or there is none any more', async () => {
    const service = await open();
    const { cookies } = await signedIn(service);
    const cookie = `${NAME}=${cookies.get(NAME)}`;
    const statusWith = async (adminKey: string | null) => {
      const app = createApp(service.latchkey, { adminKey, clock: service.clock });
      return (await app.fetch(new Request('http://service/v1/keys', { headers: { cookie } }))).status;
    };
    expect(await statusWith(ADMIN_KEY)).toBe(200);
    expect(await statusWith('another-admin-key-0123456789')).toBe(401);
    expect(await statusWith(null)).toBe(401);
    expect(await statusWith(ADMIN_KEY)).toBe(200);
  });

  it.each<[string, (service: Service, id: string) => Promise<unknown>, number, string]>([
    ['is revoked', async ({ latchkey }, id) => latchkey.keys.revoke(id), 401, 'session_missing'],
    ['is disabled', async ({ latchkey }, id) => latchkey.keys.disable(id), 401, 'session_missing'],
    ['is replaced by a rotation', async ({ latchkey }, id) => latchkey.keys.rotate(id), 401, 'session_missing'],
    ['belongs to an owner that is suspended', async ({ latchkey }) => latchkey.owners.suspend('ops'), 401, 'session_missing'],
    ['loses its scope', async ({ latchkey }, id) => latchkey.keys.update(id, { scopes: ['usage:read'] }), 403, 'insufficient_scope'],
    [
      'may be used from elsewhere alone',
      async ({ latchkey }, id) => latchkey.keys.update(id, { ipRules: ['10.0.0.0/8'] }),
      403,
      'ip_denied',
    ],
  ])('at once, when the operator token that it began with %s', async (_, change, status, code) => {
    const service = await open();
    const token = await service.operator('keys:read');
    const { ask, session } = await signedIn(service, { token });
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
    await change(service, session['principal'].id);
    expect((await ask('GET', '/v1/keys')).json).toMatchObject({ status, code });
  });

  it('when that token expires, and not later', async () => {
    const service = await open();
    const { token } = await service.issue({ owner: 'ops', environment: 'operator', scopes: ['keys:read'], expiresIn: '20m' });
    const { ask, session } = await signedIn(service, { token });
    expect(session['expiresAt']).toBe(new Date(service.clock.now() + 20 * MINUTE).toISOString());
    service.clock.advance(20 * MINUTE - 1);
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
    service.clock.advance(1);
    expect((await ask('GET', '/v1/keys')).json?.['code']).toBe('session_missing');
  });

  it('for no other credential: that of a request is judged before its cookie', async () => {
    const service = await open();
    const { ask } = await signedIn(service);
    const reader = await service.operator('owners:read');
    expect((await ask('GET', '/v1/keys', undefined, { authorization: `Bearer ${reader}` })).status).toBe(403);
    expect((await ask('GET', '/v1/keys', undefined, { 'x-admin-key': 'wrong' })).status).toBe(403);
    expect((await ask('GET', '/v1/keys', undefined, { authorization: 'Basic YTpi' })).json?.['code']).toBe('malformed');
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
  });

  it('is charged for what it asks like the token that it began with', async () => {
    const service = await open();
    const limits = [{ name: 'calls', limit: 3, window: '1d' }];
    const { token } = await service.issue({ owner: 'ops', environment: 'operator', scopes: ['keys:read'], limits });
    const { ask } = await signedIn(service, { token });
    expect((await ask('GET', '/v1/keys')).status).toBe(200);
    expect((await service.call('GET', '/v1/keys', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const slowed = await ask('GET', '/v1/keys');
    expect([slowed.status, slowed.json?.['code'], slowed.headers.has('retry-after')]).toEqual([429, 'rate_limited', true]);
  });
});

describe('a cookie', () => {
  it('opens nothing when it is sent twice, under another name, or is that of another kind', async () => {
    const service = await open();
    const { cookies } = await signedIn(service);
    const value = cookies.get(NAME) ?? '';
    const ask = async (cookie: string) => (await service.call('GET', '/v1/session', { headers: { cookie } })).status;
    expect(await ask(`a=b; ${NAME}=${value}; c=d`)).toBe(200);
    for (const cookie of [
      `${NAME}=${value}; ${NAME}=x`,
      `latchkey-session=${value}`,
      `__Host-latchkey-portal=${value}`,
      `${NAME}x=${value}`,
      `x${NAME}=${value}`,
      `${NAME}="${value}"`,
      `${NAME}=`,
      `${NAME}=${value.slice(0, -1)}`,
      `${NAME}=${await service.operator('keys:read')}`,
    ]) {
      expect(await ask(cookie), cookie).toBe(401);
    }
  });

  it.each([
    ['http://localhost:8787', {}, 'latchkey-session', false],
    ['http://127.0.0.1:8787', {}, 'latchkey-session', false],
    ['http://[::1]:8787', {}, 'latchkey-session', false],
    ['https://localhost:8787', {}, NAME, true],
    ['http://keys.example.com', {}, NAME, true],
    ['http://localhost.example.com', {}, NAME, true],
    ['http://192.168.1.7:8787', {}, NAME, true],
    ['http://localhost:8787', { 'x-forwarded-proto': 'https' }, NAME, true],
  ])('at %s with %j is called %s', async (origin, headers, name, isSecure) => {
    const service = await open({ trustedProxies: ['203.0.113.1'] });
    const browser = openBrowser(service, { origin, env: nodeEnv('203.0.113.1') });
    await browser.ask('POST', '/v1/session', { adminKey: ADMIN_KEY }, headers);
    expect([...browser.cookies.keys()]).toEqual([name]);
    expect(browser.set[0]?.includes('; Secure')).toBe(isSecure);
    expect((await browser.ask('GET', '/v1/keys', undefined, headers)).status).toBe(200);
  });

  it('takes nobody’s word for TLS but a trusted proxy’s', async () => {
    const service = await open();
    const browser = openBrowser(service, { origin: 'http://localhost:8787', env: nodeEnv('127.0.0.1') });
    await browser.ask('POST', '/v1/session', { adminKey: ADMIN_KEY }, { 'x-forwarded-proto': 'https' });
    expect([...browser.cookies.keys()]).toEqual(['latchkey-session']);
  });
});

describe('a request from another site', () => {
  const body = { name: 'x', owner: 'y' };
  const changes: [string, Record<string, string>, unknown][] = [
    ['a form', { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }, 'name=x&owner=y'],
    ['a script', { 'sec-fetch-site': 'cross-site' }, body],
    ['a page of a sub-domain', { 'sec-fetch-site': 'same-site' }, body],
    ['an address that was typed', { 'sec-fetch-site': 'none' }, body],
    ['two sites at once', { 'sec-fetch-site': 'same-origin, cross-site' }, body],
    ['a form that calls its text JSON', { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }, JSON.stringify(body)],
    ['a page of our own, of another type', { 'sec-fetch-site': 'same-origin', 'content-type': 'multipart/form-data; boundary=x' }, 'x'],
    ['an old browser, on another site', { 'sec-fetch-site': '', origin: 'https://evil.example' }, body],
    ['an old browser, on a site whose name begins like ours', { 'sec-fetch-site': '', origin: 'https://service.evil.example' }, body],
    ['an old browser, on another port', { 'sec-fetch-site': '', origin: 'http://service:8080' }, body],
    ['an old browser, in a sandbox', { 'sec-fetch-site': '', origin: 'null' }, body],
    ['whoever says nothing', { 'sec-fetch-site': '' }, body],
  ];

  /** An empty `Sec-Fetch-Site` here stands for none. */
  async function send(service: Service, cookie: string, method: string, [, headers, sent]: [string, Record<string, string>, unknown]) {
    const { 'sec-fetch-site': site, ...others } = headers;
    const text = sent === undefined || typeof sent === 'string' ? sent : JSON.stringify(sent);
    return service.call(method, '/v1/keys', {
      headers: { cookie, ...(site !== '' && { 'sec-fetch-site': site ?? '' }), ...others },
      body: text,
    });
  }

  it.each(changes)('that changes something is refused: from %s', async (...change) => {
    const service = await open();
    const { cookies } = await signedIn(service);
    const cookie = `${NAME}=${cookies.get(NAME)}`;
    const head = await service.latchkey.events.head();
    expect((await send(service, cookie, 'POST', change)).json).toMatchObject({ status: 403, code: 'csrf' });
    for (const path of ['/v1/keys/key_a', '/v1/session', '/v1/sessions']) {
      const { 'sec-fetch-site': site = '', origin } = change[1];
      if (site === 'same-origin') continue;
      const headers = { cookie, ...(site !== '' && { 'sec-fetch-site': site }), ...(origin !== undefined && { origin }) };
      expect((await service.call('DELETE', path, { headers })).json?.['code'], path).toBe('csrf');
    }
    expect(await service.latchkey.events.head()).toEqual(head);
    expect((await service.call('GET', '/v1/session', { headers: { cookie } })).status).toBe(200);
  });

  it('that only reads is refused as well, but not what somebody typed, or an old browser', async () => {
    const service = await open();
    const { cookies } = await signedIn(service);
    const cookie = `${NAME}=${cookies.get(NAME)}`;
    const read = async (headers: Record<string, string>) =>
      (await service.call('GET', '/v1/keys', { headers: { cookie, ...headers } })).status;
    expect(await read({})).toBe(200);
    expect(await read({ 'sec-fetch-site': 'none' })).toBe(200);
    expect(await read({ 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await read({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await read({ 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  it('signs nobody in, and what comes from our own pages, or from a program, does', async () => {
    const service = await open();
    const signIn = async (headers: Record<string, string>, body: unknown = { adminKey: ADMIN_KEY }) =>
      (await service.call('POST', '/v1/session', { headers, body })).status;
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      expect(await signIn(headers), JSON.stringify(headers)).toBe(403);
    }
    expect(await signIn({ 'content-type': 'text/plain' }, JSON.stringify({ adminKey: ADMIN_KEY }))).toBe(415);
    for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { origin: 'http://service' }]) expect(await signIn(headers)).toBe(201);
  });

  it('is known by its origin where the browser says no more: ours, also behind a proxy that ends TLS or renames us', async () => {
    const service = await open({ publicUrl: 'https://keys.example.com/' });
    const { cookies } = await signedIn(service);
    const cookie = `${NAME}=${cookies.get(NAME)}`;
    for (const origin of ['http://service', 'https://service', 'https://keys.example.com']) {
      expect((await service.call('POST', '/v1/keys', { headers: { cookie, origin }, body })).status, origin).toBe(201);
    }
    for (const origin of ['http://keys.example.com', 'https://keys.example.com.evil.example', 'https://keys.example.com:8443']) {
      expect((await service.call('POST', '/v1/keys', { headers: { cookie, origin }, body })).status, origin).toBe(403);
    }
  });

  it('with a credential in a header is nobody’s affair: no browser adds that by itself', async () => {
    const service = await open();
    const headers = { ...ADMIN, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await service.call('POST', '/v1/keys', { headers, body })).status).toBe(201);
    expect((await service.call('GET', '/v1/keys', { headers })).headers.has('access-control-allow-origin')).toBe(false);
  });
});
