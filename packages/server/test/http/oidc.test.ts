/** Signing in through a real OpenID Connect provider, over its own socket. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.js';
import type { OidcOptions } from '../../src/http/authentication/oidc/oidc-options.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { openBrowser, type Browser } from './browser.js';
import { CLIENT, startProvider, walkProvider, type RunningProvider } from '../../../../tools/services/oidc-provider.js';
import { ADMIN_KEY, openService, type Service } from './service.js';

const ORIGIN = 'https://keys.example.com';
const REDIRECT = `${ORIGIN}/v1/session/oidc/callback`;
const FLOW = '__Host-latchkey-oidc';
const SESSION = '__Host-latchkey';

const PEOPLE = {
  ada: { email: 'Ada@Example.com', email_verified: true },
  ben: { email: 'ben@elsewhere.example', email_verified: true },
  cleo: { email: 'cleo@example.org', email_verified: false },
  dan: { email: 'dan@example.org', email_verified: true },
  eve: { email: 'eve@example.org.evil.example', email_verified: true },
  finn: { groups: ['staff', 'ops'] },
  gus: { groups: ['ops-team'] },
};

let provider: RunningProvider;
let logged: string[] = [];
let opened: Service[] = [];
beforeAll(async () => {
  provider = await startProvider(PEOPLE, REDIRECT);
});
afterAll(async () => provider.close());
afterEach(async () => {
  for (const service of opened) await service.close();
  opened = [];
  logged = [];
});

function optionsOf(more: Partial<OidcOptions> = {}): OidcOptions {
  return {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    redirectUri: REDIRECT,
    label: 'Acme',
    scopes: ['openid', 'email', 'groups'],
    allowedEmails: ['ada@example.com', '@example.org'],
    allowedGroups: ['ops'],
    groupsClaim: 'groups',
    operatorScopes: ['keys:read', 'keys:write', 'events:read'],
    ...more,
  };
}

async function open(more: Partial<OidcOptions> = {}): Promise<{ service: Service; browser: Browser }> {
  const log = createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  const service = await openService({ oidc: optionsOf(more), publicUrl: ORIGIN, log });
  opened.push(service);
  return { service, browser: openBrowser(service, { origin: ORIGIN }) };
}

/** A navigation to the start, and through the provider; where the provider sends the browser back to. */
async function leave(browser: Browser, returnTo?: string): Promise<string> {
  const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
  const { status, headers } = await browser.ask('GET', `/v1/session/oidc/start${query}`, undefined, { 'sec-fetch-site': 'same-origin' });
  expect(status).toBe(302);
  return walkProvider(headers.get('location') ?? '', provider.issuer);
}

/** Comes back, as the provider's redirect has it. Cookies that are strict are not sent with that. */
async function comeBack(browser: Browser, address: string) {
  const strict = browser.cookies.get(SESSION);
  browser.cookies.delete(SESSION);
  const answer = await browser.ask('GET', address.slice(ORIGIN.length), undefined, { 'sec-fetch-site': 'cross-site' });
  if (strict !== undefined && !browser.cookies.has(SESSION)) browser.cookies.set(SESSION, strict);
  return { ...answer, location: answer.headers.get('location') };
}

async function signIn(browser: Browser, subject: string, returnTo?: string) {
  provider.signsIn(subject);
  return comeBack(browser, await leave(browser, returnTo));
}

describe('signing in through an issuer', () => {
  it('leads there with a state, a nonce and the digest of a verifier, and back to where one wanted to go, signed in', async () => {
    const { service, browser } = await open();
    expect((await service.call('GET', '/v1/sign-in-methods')).json?.['oidc']).toEqual({ label: 'Acme' });
    provider.signsIn('ada');
    const start = await browser.ask('GET', '/v1/session/oidc/start?returnTo=/keys%3Fstatus%3Dactive');
    const asked = new URL(start.headers.get('location') ?? '');
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.id,
      redirect_uri: REDIRECT,
      scope: 'openid email groups',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.searchParams.get(name), name).toMatch(/^[\w-]{43}$/);
    expect(browser.set).toEqual([
      expect.stringMatching(/^__Host-latchkey-oidc=[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const seed = browser.cookies.get(FLOW)?.split('.')[0] ?? '';
    expect(asked.href).not.toContain(seed);

    const back = await comeBack(browser, await walkProvider(asked.href, provider.issuer));
    expect([back.status, back.location, back.text]).toEqual([302, '/keys?status=active', '']);
    expect([...browser.cookies.keys()]).toEqual([SESSION]);
    expect(browser.set.find((field) => field.startsWith(`${SESSION}=`))).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const session = await browser.ask('GET', '/v1/session');
    expect(session.json).toMatchObject({
      principal: { type: 'operator', id: 'oidc:ada', name: 'ada@example.com' },
      scopes: ['keys:read', 'keys:write', 'events:read'],
    });
  });

  it('lets them do what the configuration says, under their own name, and no more', async () => {
    const { browser } = await open();
    await signIn(browser, 'ada');
    const created = await browser.ask('POST', '/v1/keys', { name: 'by ada', owner: 'team-7' });
    expect(created.json).toMatchObject({ key: { createdBy: 'operator:oidc:ada' } });
    const { data } = (await browser.ask('GET', '/v1/events?actor=oidc:ada')).json ?? {};
    expect(data.map((event: { action: string; actor: object }) => [event.action, event.actor])).toEqual([
      ['key.created', { type: 'operator', id: 'oidc:ada' }],
    ]);
    expect((await browser.ask('GET', '/v1/owners')).json).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      missingScopes: ['owners:read'],
    });
    const mint = async (scopes: string[]) =>
      (await browser.ask('POST', '/v1/keys', { name: 'k', owner: 'ops', environment: 'operator', scopes })).status;
    expect([await mint(['keys:read']), await mint(['owners:read'])]).toEqual([201, 403]);
  });

  it.each([
    ['ada', 'by an address, whatever its case', true],
    ['dan', 'by a domain', true],
    ['finn', 'by a group', true],
    ['ben', 'with an address that is not named', false],
    ['cleo', 'with an address that the issuer has not verified', false],
    ['eve', 'with a domain that begins like one that is', false],
    ['gus', 'with a group whose name begins like one that is', false],
  ])('is %s’s to do %s: %s', async (subject, _, isLetIn) => {
    const { browser } = await open();
    const { location } = await signIn(browser, subject);
    expect(location).toBe(isLetIn ? '/' : '/sign-in?error=oidc_refused');
    expect([...browser.cookies.keys()]).toEqual(isLetIn ? [SESSION] : []);
    expect((await browser.ask('GET', '/v1/session')).status).toBe(isLetIn ? 200 : 401);
  });

  it('ends one that one was, and is a new session', async () => {
    const { browser } = await open();
    await signIn(browser, 'ada');
    const first = browser.cookies.get(SESSION);
    await signIn(browser, 'dan');
    expect(browser.cookies.get(SESSION)).not.toBe(first);
    expect((await browser.ask('GET', '/v1/session')).json?.['principal'].id).toBe('oidc:dan');
  });

  it('goes nowhere but to a path of our own afterwards', async () => {
    const { browser } = await open();
    for (const returnTo of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
      'keys',
    ]) {
      expect((await signIn(browser, 'ada', returnTo)).location, returnTo).toBe('/');
    }
    const forged = Buffer.from('//evil.example').toString('base64url');
    provider.signsIn('ada');
    const address = await leave(browser, '/keys');
    browser.cookies.set(FLOW, `${browser.cookies.get(FLOW)?.split('.')[0]}.${forged}`);
    expect((await comeBack(browser, address)).location).toBe('/');
  });
});

describe('an answer of the issuer', () => {
  it('is taken from the browser alone that was sent there, and once', async () => {
    const { service, browser } = await open();
    provider.signsIn('ada');
    const address = await leave(browser);
    const victim = openBrowser(service, { origin: ORIGIN });
    expect((await comeBack(victim, address)).location).toBe('/sign-in?error=oidc_expired');
    await victim.ask('GET', '/v1/session/oidc/start');
    expect((await comeBack(victim, address)).location).toBe('/sign-in?error=oidc_failed');
    expect(victim.cookies.size).toBe(0);
    const flow = browser.cookies.get(FLOW) ?? '';
    expect((await comeBack(browser, address)).location).toBe('/');
    await browser.ask('DELETE', '/v1/session');
    browser.cookies.set(FLOW, flow);
    expect((await comeBack(browser, address)).location).toBe('/sign-in?error=oidc_failed');
    expect(browser.cookies.size).toBe(0);
  });

  it.each<[string, (address: URL) => void]>([
    ['another state', (address) => address.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (address) => address.searchParams.delete('state')],
    ['two states', (address) => address.searchParams.append('state', 'x'.repeat(43))],
    ['another code', (address) => address.searchParams.set('code', 'x'.repeat(43))],
    ['no code', (address) => address.searchParams.delete('code')],
    ['another issuer', (address) => address.searchParams.set('iss', 'https://evil.example')],
    ['nothing', (address) => void (address.search = '')],
    ['an error', (address) => address.searchParams.set('error', '<script>alert(1)</script>')],
  ])('with %s signs nobody in', async (_, spoil) => {
    const { browser } = await open();
    provider.signsIn('ada');
    const address = new URL(await leave(browser));
    spoil(address);
    const { status, location } = await comeBack(browser, address.href);
    expect([status, location]).toEqual([302, '/sign-in?error=oidc_failed']);
    expect(browser.cookies.size).toBe(0);
  });

  it('that says no is told', async () => {
    const { browser } = await open();
    provider.refuses();
    expect((await comeBack(browser, await leave(browser))).location).toBe('/sign-in?error=oidc_failed');
    expect(logged.join()).toContain('OAUTH_AUTHORIZATION_RESPONSE_ERROR');
    expect(logged.join()).not.toContain('They said no');
  });

  it('is not had from an issuer that is out of reach, and is once it is back', async () => {
    const gone = await startProvider(PEOPLE, REDIRECT);
    const { browser } = await open({ issuer: gone.issuer });
    gone.signsIn('ada');
    const start = await browser.ask('GET', '/v1/session/oidc/start');
    const address = await walkProvider(start.headers.get('location') ?? '', gone.issuer);
    await gone.close();
    expect((await comeBack(browser, address)).location).toBe('/sign-in?error=oidc_unavailable');
    const never = await open({ issuer: gone.issuer });
    expect((await never.browser.ask('GET', '/v1/session/oidc/start')).headers.get('location')).toBe('/sign-in?error=oidc_unavailable');
  });

  it('of an issuer that is another than it says is none', async () => {
    const { browser } = await open({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') });
    expect((await browser.ask('GET', '/v1/session/oidc/start')).headers.get('location')).toBe('/sign-in?error=oidc_unavailable');
    const { browser: wrong } = await open({ clientSecret: 'not-the-secret-of-the-client' });
    expect((await signIn(wrong, 'ada')).location).toBe('/sign-in?error=oidc_failed');
  });

  it('leaves no code, token, cookie or secret in what is logged', async () => {
    const { browser } = await open();
    await signIn(browser, 'ada');
    await signIn(browser, 'ben');
    const seen = [...provider.secrets, browser.cookies.get(SESSION) ?? '-', CLIENT.secret];
    expect(seen.length).toBeGreaterThan(2);
    const text = logged.join('\n');
    expect(text).toContain('"principal":"oidc:ada"');
    expect(text).toContain('"code":"oidc_refused"');
    for (const secret of seen) expect(text).not.toContain(secret.slice(-20));
  });
});

describe('a session that began so', () => {
  it('is judged by the rules of today: who may sign in, what they may do, and whether there is an issuer at all', async () => {
    const { service, browser } = await open();
    await signIn(browser, 'ada');
    const cookie = `${SESSION}=${browser.cookies.get(SESSION)}`;
    const ask = async (oidc: OidcOptions | null, path = '/v1/keys') => {
      const app = createApp(service.latchkey, { adminKey: ADMIN_KEY, clock: service.clock, oidc });
      return (await app.fetch(new Request(ORIGIN + path, { headers: { cookie } }))).status;
    };
    expect(await ask(optionsOf())).toBe(200);
    expect(await ask(optionsOf({ operatorScopes: ['events:read'] }))).toBe(403);
    expect(await ask(optionsOf({ operatorScopes: ['*:*'] }), '/v1/owners')).toBe(200);
    expect(await ask(optionsOf({ allowedEmails: ['@example.org'] }))).toBe(401);
    expect(await ask(optionsOf({ issuer: 'https://another.example' }))).toBe(401);
    expect(await ask(null)).toBe(401);
  });

  it('is one of those that end together', async () => {
    const { service, browser } = await open();
    await signIn(browser, 'ada');
    const other = openBrowser(service, { origin: ORIGIN });
    await signIn(other, 'ada');
    const somebody = openBrowser(service, { origin: ORIGIN });
    await signIn(somebody, 'dan');
    expect((await browser.ask('DELETE', '/v1/sessions')).status).toBe(204);
    expect([(await other.ask('GET', '/v1/session')).status, (await somebody.ask('GET', '/v1/session')).status]).toEqual([401, 200]);
  });
});

describe('without an issuer', () => {
  it('there is nothing to go to', async () => {
    const service = await openService();
    opened.push(service);
    for (const path of ['/v1/session/oidc/start', '/v1/session/oidc/callback?code=x&state=y']) {
      expect((await service.call('GET', path)).json).toMatchObject({ status: 404, code: 'oidc_not_configured' });
    }
  });
});
