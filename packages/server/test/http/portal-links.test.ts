import { describe, expect, it } from 'vitest';
import { openBrowser, type Browser } from './browser.js';
import { COOKIE, HOUR, linkOf, MINUTE, open, portalOf } from './portals.js';
import { nodeEnv } from './service.js';

const BRANDING = { name: 'Acme', logoUrl: null, color: '#336699' };

describe('a link to the portal', () => {
  it('portal link: has its secret in the fragment, opens the keys of its owner, and is logged without the secret', async () => {
    const service = await open({ publicUrl: 'https://keys.example.com', portal: { branding: BRANDING, frameAncestors: [] } });
    await service.latchkey.owners.update('ada', { name: 'Ada' });
    const now = service.clock.now();
    const { json } = await service.admin('POST', '/v1/portal-sessions', { ownerId: 'ada', returnUrl: 'https://app.example.com/keys' });
    expect(json).toMatchObject({
      url: expect.stringMatching(/^https:\/\/keys\.example\.com\/portal#link=acme_link_[0-9A-Za-z]{49}$/),
      linkExpiresAt: new Date(now + 10 * MINUTE).toISOString(),
      expiresAt: new Date(now + HOUR).toISOString(),
    });
    const secret = String(json?.['url']).split('#link=')[1] ?? '';
    const browser = openBrowser(service);
    const answer = await browser.ask('POST', '/v1/portal-session', { link: secret });
    const session = {
      ownerId: 'ada',
      ownerName: 'Ada',
      allow: { create: true, rotate: true, revoke: true, rename: true, usage: true },
      returnUrl: 'https://app.example.com/keys',
      expiresAt: new Date(now + HOUR).toISOString(),
      branding: BRANDING,
    };
    expect([answer.status, answer.json]).toEqual([201, session]);
    expect(browser.set).toEqual([
      expect.stringMatching(new RegExp(`^${COOKIE}=acme_portal_\\w+; Path=/; Secure; HttpOnly; SameSite=Strict$`)),
    ]);
    expect((await browser.ask('GET', '/v1/portal-session')).json).toEqual(session);
    const log = await service.admin('GET', '/v1/events?owner=ada');
    const [opening, created] = log.json?.['data'] ?? [];
    expect(opening).toMatchObject({ action: 'owner.portal_opened', actor: { type: 'owner' }, session: { link: json?.['id'] } });
    expect(created).toMatchObject({
      action: 'owner.portal_link_created',
      actor: { type: 'admin' },
      after: { link: json?.['id'], lasts: '1h', returnUrl: 'https://app.example.com/keys' },
    });
    expect(log.text).not.toContain(secret.slice(-20));
  });

  it('opens once: of ten who use it at the same time one is let in, and the others are told', async () => {
    const service = await open();
    const { secret } = await linkOf(service);
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => service.call('POST', '/v1/portal-session', { body: { link: secret } })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...Array.from({ length: 9 }, () => 410)]);
    expect(answers.filter(({ headers }) => headers.getSetCookie().length > 0)).toHaveLength(1);
    expect((await service.call('POST', '/v1/portal-session', { body: { link: secret } })).json?.['code']).toBe('link_used');
  });

  it('portal link: one that was used continues its session in the browser that has the session, and in no other', async () => {
    const service = await open();
    const { secret } = await linkOf(service);
    const browser = openBrowser(service);
    const use = async (by: Browser, headers = {}) => by.ask('POST', '/v1/portal-session', { link: secret }, headers);
    const { json: session } = await use(browser);
    const again = await use(browser);
    expect([again.status, again.json, browser.set]).toEqual([200, session, []]);
    expect((await browser.ask('GET', '/v1/me/keys')).status).toBe(200);
    expect((await use(openBrowser(service))).json?.['code']).toBe('link_used');
    const ofAnother = await portalOf(service);
    expect((await use(ofAnother)).json?.['code']).toBe('link_used');
    expect((await ofAnother.ask('GET', '/v1/portal-session')).status).toBe(200);
    expect((await use(browser, { 'sec-fetch-site': 'cross-site' })).json?.['code']).toBe('csrf');
    service.clock.advance(HOUR);
    expect((await use(browser)).json?.['code']).toBe('link_used');
  });

  it('is over after ten minutes, and what is no link is unknown; who tries many has to wait', async () => {
    const service = await open();
    const { secret } = await linkOf(service);
    const use = async (link: string) => service.call('POST', '/v1/portal-session', { body: { link }, env: nodeEnv('203.0.113.9') });
    service.clock.advance(10 * MINUTE);
    expect((await use(secret)).json).toMatchObject({ status: 410, code: 'link_expired' });
    for (let i = 0; i < 10; i++) expect((await use(`acme_link_${i}`)).json).toMatchObject({ status: 404, code: 'link_unknown' });
    expect((await use('acme_link_x')).json?.['code']).toBe('too_many_attempts');
    expect((await use((await linkOf(service)).secret)).status).toBe(201);
  });

  it('can be withdrawn, with the session that was opened with it', async () => {
    const service = await open();
    const { id, secret } = await linkOf(service);
    const browser = openBrowser(service);
    await browser.ask('POST', '/v1/portal-session', { link: secret });
    expect((await service.admin('DELETE', `/v1/portal-sessions/${id}`)).status).toBe(204);
    expect((await browser.ask('GET', '/v1/portal-session')).json?.['code']).toBe('session_missing');
    expect((await browser.ask('GET', '/v1/me/keys')).json?.['code']).toBe('session_missing');
    expect((await service.admin('DELETE', `/v1/portal-sessions/${id}`)).json?.['detail']).toBe('Link not found.');
  });

  it('is made by who may, for an owner that may be, and leads back to a page and nothing else', async () => {
    const service = await open();
    const make = async (scope: string, body: object) =>
      service.call('POST', '/v1/portal-sessions', { headers: { authorization: `Bearer ${await service.operator(scope)}` }, body });
    expect((await make('owners:write', { ownerId: 'ada' })).json).toMatchObject({ status: 403, missingScopes: ['portal:write'] });
    expect((await make('portal:write', { ownerId: 'ada', expiresIn: '12h', returnUrl: null })).status).toBe(201);
    for (const body of [
      { ownerId: 'a b' },
      { ownerId: 'ada', expiresIn: '13h' },
      { ownerId: 'ada', allow: { everything: true } },
      { ownerId: 'ada', scopes: ['*:*'] },
      ...['javascript:alert(1)', 'data:text/html,x', '//evil.example', '/keys', 'https://a:b@c.example', 'ftp://x'].map((returnUrl) => ({
        ownerId: 'ada',
        returnUrl,
      })),
    ]) {
      expect((await make('portal:write', body)).status, JSON.stringify(body)).toBe(400);
    }
    const { token } = await service.issue();
    const withToken = await make('portal:write', { ownerId: 'ada', returnUrl: `https://app.example.com/?key=${token}` });
    expect([withToken.status, withToken.text.includes(token)]).toEqual([400, false]);
  });

  it('bears the address that the request went to, where none is configured', async () => {
    const service = await open({ trustedProxies: ['203.0.113.1'] });
    const urlAt = async (headers: Record<string, string>) => {
      const admin = { 'x-admin-key': 'an-admin-key-for-tests-0123456789', ...headers };
      const { json } = await service.call('POST', '/v1/portal-sessions', {
        headers: admin,
        body: { ownerId: 'ada' },
        env: nodeEnv('203.0.113.1'),
      });
      return String(json?.['url']).replace(/#.*/, '');
    };
    expect(await urlAt({})).toBe('http://service/portal');
    expect(await urlAt({ 'x-forwarded-proto': 'https' })).toBe('https://service/portal');
  });
});

describe('a portal that is open in a browser', () => {
  it('gives way to another owner only where this is confirmed, and a link that is not confirmed is not spent', async () => {
    const service = await open();
    await service.latchkey.owners.update('ada', { name: 'Ada' });
    const browser = await portalOf(service);
    const before = browser.cookies.get(COOKIE);
    const { secret } = await linkOf(service, { ownerId: 'bob' });
    for (const entry of [{ link: secret }, { link: secret, replace: false }, { jwt: await service.jwt('bob') }]) {
      const { json } = await browser.ask('POST', '/v1/portal-session', entry);
      expect([browser.set, json]).toMatchObject([
        [],
        {
          status: 409,
          code: 'portal_open',
          detail: 'The keys of Ada are open in this browser. Confirm to close them and open the keys of bob.',
        },
      ]);
    }
    expect((await browser.ask('GET', '/v1/portal-session')).json).toMatchObject({ ownerId: 'ada' });
    const confirmed = await browser.ask('POST', '/v1/portal-session', { link: secret, replace: true });
    expect([confirmed.status, confirmed.json?.['ownerId']]).toEqual([201, 'bob']);
    expect(browser.cookies.get(COOKIE)).not.toBe(before);
    const left = openBrowser(service);
    left.cookies.set(COOKIE, before ?? '');
    expect((await left.ask('GET', '/v1/portal-session')).json?.['code']).toBe('session_missing');
    const back = await browser.ask('POST', '/v1/portal-session', { jwt: await service.jwt('ada'), replace: true });
    expect([back.status, back.json?.['ownerId']]).toEqual([201, 'ada']);
  });

  it('is replaced without a question by one of the same owner, and where it is over', async () => {
    const service = await open();
    const browser = await portalOf(service, { expiresIn: '20m' });
    expect((await browser.ask('POST', '/v1/portal-session', { link: (await linkOf(service)).secret })).status).toBe(201);
    expect((await browser.ask('POST', '/v1/portal-session', { jwt: await service.jwt('ada') })).status).toBe(201);
    service.clock.advance(HOUR);
    const { secret } = await linkOf(service, { ownerId: 'bob' });
    expect((await browser.ask('POST', '/v1/portal-session', { link: secret })).status).toBe(201);
  });

  it('raises no question for a link that opens nothing: the answer says why', async () => {
    const service = await open();
    const browser = await portalOf(service);
    const { secret } = await linkOf(service, { ownerId: 'bob' });
    const use = async (link: string) => (await browser.ask('POST', '/v1/portal-session', { link })).json?.['code'];
    expect(await use('acme_link_x')).toBe('link_unknown');
    await openBrowser(service).ask('POST', '/v1/portal-session', { link: secret });
    expect(await use(secret)).toBe('link_used');
    const late = await linkOf(service, { ownerId: 'bob' });
    service.clock.advance(10 * MINUTE);
    expect(await use(late.secret)).toBe('link_expired');
  });
});

describe('new portal sessions', () => {
  it('are limited for each owner, and a link that has to wait is not spent', async () => {
    const service = await open({ selfService: { policy: { changesPerHour: 2 } } });
    const use = async (link: string) => service.call('POST', '/v1/portal-session', { body: { link } });
    for (let session = 0; session < 2; session++) expect((await use((await linkOf(service)).secret)).status).toBe(201);
    const waiting = await linkOf(service);
    const limited = await use(waiting.secret);
    expect([limited.status, limited.json?.['code'], limited.headers.get('retry-after')]).toEqual([429, 'rate_limited', '1800']);
    expect(limited.headers.getSetCookie()).toEqual([]);
    expect((await use((await linkOf(service, { ownerId: 'bob' })).secret)).status).toBe(201);
    service.clock.advance(30 * MINUTE - 1);
    const later = await linkOf(service);
    expect((await use(later.secret)).status).toBe(429);
    service.clock.advance(1);
    expect((await use(later.secret)).status).toBe(201);
    expect((await use(later.secret)).json?.['code']).toBe('link_used');
  });

  it('by JWT are limited too', async () => {
    const service = await open();
    const use = async () => service.call('POST', '/v1/portal-session', { body: { jwt: await service.jwt('ada') } });
    for (let session = 0; session < 100; session++) expect((await use()).status).toBe(201);
    const limited = await use();
    expect([limited.status, limited.json?.['code'], limited.headers.get('retry-after')]).toEqual([429, 'rate_limited', '36']);
  });
});
