import { createJwtVerifier } from 'latchkey/jwt';
import { describe, expect, it } from 'vitest';
import { openBrowser } from './browser.js';
import { COOKIE, HOUR, linkOf, MINUTE, open, portalOf } from './portals.js';
import { nodeEnv } from './service.js';

describe('a portal session', () => {
  it('does for its owner what a JWT does, and the log says that the owner did it', async () => {
    const service = await open();
    const { ask } = await portalOf(service);
    const created = await ask('POST', '/v1/me/keys', { name: 'CI', scopes: ['a:read'] });
    const { id } = created.json?.['key'] ?? {};
    expect((await service.latchkey.verify(created.json?.['token'])).valid).toBe(true);
    expect((await ask('GET', '/v1/me/keys')).json).toMatchObject({ total: 1, data: [{ id }] });
    expect((await ask('PATCH', `/v1/me/keys/${id}`, { name: 'Shop' })).status).toBe(200);
    expect((await ask('POST', `/v1/me/keys/${id}/rotate`, { grace: '1h' })).status).toBe(200);
    expect((await ask('GET', `/v1/me/usage?key=${id}`)).status).toBe(200);
    expect((await ask('DELETE', `/v1/me/keys/${id}`)).status).toBe(204);
    const { data } = (await service.admin('GET', `/v1/events?key=${id}`)).json ?? {};
    for (const event of data) expect(event.actor).toEqual({ type: 'owner', id: 'ada' });
  });

  it('says who one is and what one may choose, within what the owner may have', async () => {
    const service = await open();
    const { ask } = await portalOf(service, { allow: { create: true } });
    expect((await ask('GET', '/v1/me')).json).toEqual({
      ownerId: 'ada',
      ownerName: null,
      allow: { create: true, rotate: false, revoke: false, rename: false, usage: false },
      policy: {
        scopes: ['a:*', 'articles:read'],
        tiers: ['free'],
        defaultTier: null,
        environments: ['live', 'test'],
        maxExpiry: '1y',
        defaultExpiry: '90d',
        neverExpires: false,
        maxKeys: 1_000,
      },
    });
    await service.latchkey.owners.update('ada', { name: 'Ada', maxKeys: 3 });
    expect((await ask('GET', '/v1/me')).json).toMatchObject({ ownerName: 'Ada', policy: { maxKeys: 3 } });
    const jwt = { authorization: `Bearer ${await service.jwt('bob')}` };
    expect((await service.call('GET', '/v1/me', { headers: jwt })).json).toMatchObject({ ownerId: 'bob', allow: { usage: true } });
  });

  it.each([
    ['create', 'POST', '/v1/me/keys', { name: 'x' }],
    ['rename', 'PATCH', '/v1/me/keys/ID', { name: 'x' }],
    ['rotate', 'POST', '/v1/me/keys/ID/rotate', {}],
    ['revoke', 'POST', '/v1/me/keys/ID/revoke', {}],
    ['revoke', 'DELETE', '/v1/me/keys/ID', undefined],
    ['usage', 'GET', '/v1/me/usage', undefined],
  ])('that is not allowed to %s cannot %s %s, and one that is allowed nothing else can', async (action, method, path, body) => {
    const service = await open();
    const { id } = await service.issue({ owner: 'ada' });
    const target = path.replace('ID', id);
    const all = { create: true, rename: true, rotate: true, revoke: true, usage: true };
    const without = await portalOf(service, { allow: { ...all, [action]: false } });
    expect((await without.ask(method, target, body)).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await without.ask('GET', `/v1/me/keys/${id}`)).json?.['status']).toBe('active');
    const only = await portalOf(service, { allow: { [action]: true } });
    expect((await only.ask(method, target, body)).status).toBeLessThan(300);
  });

  it('shows and changes nothing of another owner, whose keys are as if they never were', async () => {
    const service = await open();
    const { ask } = await portalOf(service);
    const others = await service.issue({ owner: 'bob' });
    const calls: [string, string, unknown][] = [
      ['GET', '/v1/me/keys/ID', undefined],
      ['PATCH', '/v1/me/keys/ID', { name: 'mine' }],
      ['DELETE', '/v1/me/keys/ID', undefined],
      ['POST', '/v1/me/keys/ID/rotate', {}],
      ['POST', '/v1/me/keys/ID/revoke', {}],
      ['GET', '/v1/me/usage?key=ID', undefined],
    ];
    for (const [method, path, body] of calls) {
      const [theirs, none] = await Promise.all(
        [others.id, 'key_0000000000000000'].map(async (id) => ask(method, path.replace('ID', id), body)),
      );
      const withoutIds = (text = '') => text.replaceAll(/[0-9a-f-]{36}/g, '');
      expect([theirs?.status, withoutIds(theirs?.text)], path).toEqual([404, withoutIds(none?.text)]);
    }
    expect((await ask('GET', '/v1/me/keys')).json).toMatchObject({ data: [], total: 0 });
    expect((await service.latchkey.verify(others.token)).valid).toBe(true);
    for (const field of ['owner', 'limits', 'credits', 'metadata', 'ownerId', 'createdBy', 'environmentOverride']) {
      expect((await ask('POST', '/v1/me/keys', { name: 'x', [field]: 'bob' })).status, field).toBe(400);
    }
  });

  it('opens nothing but the portal: no route of operators, and not the other way round', async () => {
    const service = await open();
    const browser = await portalOf(service);
    for (const path of ['/v1/keys', '/v1/owners/ada', '/v1/overview', '/v1/session']) {
      expect((await browser.ask('GET', path)).status, path).toBe(401);
    }
    browser.cookies.set('__Host-latchkey', browser.cookies.get(COOKIE) ?? '');
    expect((await browser.ask('GET', '/v1/keys')).json?.['code']).toBe('session_missing');
    await browser.ask('POST', '/v1/session', { adminKey: 'an-admin-key-for-tests-0123456789' });
    browser.cookies.set(COOKIE, browser.cookies.get('__Host-latchkey') ?? '');
    expect((await browser.ask('GET', '/v1/me/keys')).json?.['code']).toBe('session_missing');
  });

  it('ends when its time is over, to the millisecond, and when it is closed', async () => {
    const service = await open();
    const short = await portalOf(service, { expiresIn: '20m' });
    service.clock.advance(20 * MINUTE - 1);
    expect((await short.ask('GET', '/v1/me/keys')).status).toBe(200);
    service.clock.advance(1);
    expect((await short.ask('GET', '/v1/me/keys')).status).toBe(401);
    const closed = await portalOf(service);
    const stolen = openBrowser(service);
    stolen.cookies.set(COOKIE, closed.cookies.get(COOKIE) ?? '');
    expect((await closed.ask('DELETE', '/v1/portal-session')).status).toBe(204);
    expect(closed.cookies.size).toBe(0);
    expect((await stolen.ask('GET', '/v1/portal-session')).status).toBe(401);
  });

  it('takes no request of another site, and no form', async () => {
    const service = await open();
    const { ask } = await portalOf(service);
    const body = { name: 'x' };
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' },
    ]) {
      expect((await ask('POST', '/v1/me/keys', body, headers)).json).toMatchObject({ status: 403, code: 'csrf' });
    }
    expect((await ask('GET', '/v1/me/keys', undefined, { 'sec-fetch-site': 'cross-site' })).json?.['code']).toBe('csrf');
    expect(
      (await service.call('POST', '/v1/portal-session', { headers: { 'sec-fetch-site': 'cross-site' }, body: { link: 'x' } })).json?.[
        'code'
      ],
    ).toBe('csrf');
    expect((await service.latchkey.keys.list({ owner: 'ada' })).data).toEqual([]);
  });

  it('gives an owner that is suspended no new token', async () => {
    const service = await open();
    const { ask } = await portalOf(service);
    await ask('POST', '/v1/me/keys', { name: 'first' });
    await service.latchkey.owners.suspend('ada');
    expect((await ask('POST', '/v1/me/keys', { name: 'second' })).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await ask('GET', '/v1/me/keys')).json?.['data'][0].status).toBe('disabled');
  });

  it('in a frame is kept apart for each site that frames it, and told so to the browser', async () => {
    const portal = { branding: null, frameAncestors: ['https://app.example.com'] };
    const service = await open({ portal });
    const browser = await portalOf(service);
    expect(browser.set[0]).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=None; Partitioned$/);
    await browser.ask('DELETE', '/v1/portal-session');
    expect(browser.set[0]).toMatch(/SameSite=None; Partitioned; Max-Age=0$/);
    const local = openBrowser(service, { origin: 'http://localhost:8787' });
    await local.ask('POST', '/v1/portal-session', { link: (await linkOf(service)).secret });
    expect(local.set[0]).toMatch(/^latchkey-portal=\w+; Path=\/; HttpOnly; SameSite=Strict$/);
  });
});

describe('the audit log', () => {
  it('names the session and the link of everything that is done in a portal, so that it leads to who made the link', async () => {
    const service = await open();
    const maker = await service.operator('portal:write');
    const made = await service.call('POST', '/v1/portal-sessions', {
      headers: { authorization: `Bearer ${maker}` },
      body: { ownerId: 'ada' },
    });
    const browser = openBrowser(service);
    await browser.ask('POST', '/v1/portal-session', { link: String(made.json?.['url']).split('#link=')[1] });
    const { json: created } = await browser.ask('POST', '/v1/me/keys', { name: 'CI' });
    const key = `/v1/me/keys/${created?.['key'].id}`;
    const { json: rotated } = await browser.ask('POST', `${key}/rotate`, { grace: '1h' });
    await browser.ask('POST', `${key}/secrets/${rotated?.['key'].secrets[1].id}/retire`, {});
    await browser.ask('PATCH', key, { name: 'CI 2' });
    await browser.ask('POST', `${key}/revoke`, {});
    const { json } = await service.admin('GET', '/v1/events?owner=ada&order=oldest');
    const [linked, opening, ...entries] = json?.['data'] ?? [];
    const link = made.json?.['id'];
    expect([linked.action, linked.after.link, linked.actor.type]).toEqual(['owner.portal_link_created', link, 'operator']);
    expect(opening).toMatchObject({ action: 'owner.portal_opened', actor: { type: 'owner', id: 'ada' }, session: { link } });
    expect(entries.map(({ action, session }: { action: string; session: object }) => [action, session])).toEqual(
      ['created', 'rotated', 'secret_retired', 'updated', 'revoked'].map((verb) => [`key.${verb}`, opening.session]),
    );
  });

  it('names no session for an owner whom a JWT names, nor for an operator who presents a token', async () => {
    const service = await open();
    await service.admin('POST', '/v1/keys', { name: 'k', owner: 'ada' });
    const { json } = await service.admin('GET', '/v1/events?owner=ada');
    expect(json?.['data'][0].session).toBeNull();
  });
});

describe('a JWT of the host application', () => {
  it('opens the portal of its owner, for as long as it lasts itself', async () => {
    const service = await open();
    const browser = openBrowser(service);
    const { status, json } = await browser.ask('POST', '/v1/portal-session', { jwt: await service.jwt('ada') });
    expect([status, json?.['ownerId'], json?.['expiresAt']]).toEqual([201, 'ada', new Date(service.clock.now() + HOUR).toISOString()]);
    expect((await browser.ask('GET', '/v1/me')).json).toMatchObject({ ownerId: 'ada' });
    service.clock.advance(HOUR);
    expect((await browser.ask('GET', '/v1/me')).status).toBe(401);
  });

  it('opens nothing when it is not good, and slows who tries', async () => {
    const service = await open();
    const attempt = async (jwt: string) => service.call('POST', '/v1/portal-session', { body: { jwt }, env: nodeEnv('203.0.113.9') });
    const good = await service.jwt('ada');
    const bad = [
      'x',
      `${good}x`,
      `${good.split('.').slice(0, 2).join('.')}.`,
      good.replace(/^[^.]+/, Buffer.from('{"alg":"none"}').toString('base64url')),
    ];
    for (const jwt of bad) {
      expect((await attempt(jwt)).json, jwt).toMatchObject({ status: 401, code: 'invalid', detail: 'Invalid or expired token' });
    }
    for (let i = bad.length; i < 10; i++) await attempt('x');
    expect((await attempt('x')).status).toBe(429);
    expect((await attempt(good)).status).toBe(201);
  });

  it('is of no use where none is configured, but links are', async () => {
    const service = await open({ selfService: { policy: { scopes: ['a:read'] } } });
    const { ask } = await portalOf(service);
    expect((await ask('POST', '/v1/me/keys', { name: 'x', scopes: ['a:read'] })).status).toBe(201);
    const jwt = await service.jwt('ada');
    expect((await service.call('POST', '/v1/portal-session', { body: { jwt } })).json?.['code']).toBe('self_service_not_configured');
    for (const headers of [{}, { authorization: `Bearer ${jwt}` }]) {
      expect((await service.call('GET', '/v1/me/keys', { headers })).json?.['code']).toBe('self_service_not_configured');
    }
    const without = await open({ selfService: undefined });
    expect((await without.admin('POST', '/v1/portal-sessions', { ownerId: 'ada' })).json?.['code']).toBe('self_service_not_configured');
  });

  it('whose issuer cannot be asked is not called wrong', async () => {
    const jwt = createJwtVerifier({ jwksUrl: 'https://127.0.0.1:1/jwks', issuer: 'x', audience: 'y' });
    const service = await open({ selfService: { jwt, policy: {} } });
    const unsigned = `${Buffer.from('{"alg":"ES256","kid":"a"}').toString('base64url')}.${Buffer.from('{"iss":"x","aud":"y","sub":"z","exp":9999999999}').toString('base64url')}.${'A'.repeat(86)}`;
    expect((await service.call('POST', '/v1/portal-session', { body: { jwt: unsigned } })).status).toBe(503);
  });
});
