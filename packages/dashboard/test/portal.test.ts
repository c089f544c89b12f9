import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWindow, styleOf } from './harness/browser.js';
import { takeToken } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const ISSUER = 'https://id.example/';
const AUDIENCE = 'portal';
const JWT_SECRET = 'a-secret-for-jwts-that-is-long-enough-0123456789';

let service: RunningService;
let browser: Browser;
let host: Server;
let hostUrl: string;

beforeAll(async () => {
  // An application that frames the portal: another origin on the same machine.
  host = createServer((request, response) => {
    const portal = new URL(request.url ?? '/', 'http://host').searchParams.get('portal') ?? '';
    response
      .setHeader('content-type', 'text/html')
      .end(`<!doctype html><title>Host</title><iframe src="${portal}" width="900" height="700"></iframe>`);
  });
  await new Promise<void>((resolve) => host.listen(0, resolve));
  hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  const variables = {
    LATCHKEY_SELF_SERVICE_SCOPES: 'articles:read,articles:write',
    LATCHKEY_SELF_SERVICE_MAX_KEYS: '3',
    LATCHKEY_SELF_SERVICE_MAX_EXPIRY: '60d',
    LATCHKEY_PORTAL_NAME: 'Example News',
    LATCHKEY_PORTAL_COLOR: '#7a2e8e',
    LATCHKEY_PORTAL_FRAME_ANCESTORS: hostUrl,
    LATCHKEY_JWT_SECRET: JWT_SECRET,
    LATCHKEY_JWT_ISSUER: ISSUER,
    LATCHKEY_JWT_AUDIENCE: AUDIENCE,
  };
  [service, browser] = await Promise.all([startService({ variables }), launchBrowser()]);
  await service.client.owners.update('editors', { name: 'The editors' });
  await service.client.keys.create({ name: 'Of somebody else', owner: 'others' });
});

afterAll(async () => {
  await browser.close();
  await service.remove();
  host.close();
});

async function newLink(allow?: Parameters<RunningService['client']['portal']['createLink']>[0]['allow']): Promise<string> {
  const { url } = await service.client.portal.createLink({ ownerId: 'editors', returnUrl: 'https://app.example.com/account', allow });
  return service.url + new URL(url).pathname + new URL(url).hash;
}

async function jwtOf(owner: string): Promise<string> {
  const signer = new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: owner }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('10m');
  return signer.sign(Buffer.from(JWT_SECRET));
}

describe('a link to the portal', () => {
  it('opens the keys of its owner alone, in the name and the colour of the host', async () => {
    const { page, context, complaints } = await openWindow(browser, service.url);
    await page.goto(await newLink());
    await page.getByText('You have no keys yet').waitFor();
    await page.getByText('The editors').waitFor();
    await page.getByText('Example News', { exact: true }).waitFor();
    expect(await page.getByText('Of somebody else').count()).toBe(0);
    expect(await styleOf(page, ['button', 'Create a key'], 'backgroundColor')).toBe('rgb(122, 46, 142)');
    expect(await page.getByRole('link', { name: 'Back to Example News' }).getAttribute('href')).toBe('https://app.example.com/account');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves its secret neither in the address, nor in the history, nor in what the page stores', async () => {
    const { page, context, requests } = await openWindow(browser, service.url);
    const link = await newLink();
    const secret = new URL(link).hash.slice('#link='.length);
    await page.goto(link);
    await page.getByText('You have no keys yet').waitFor();
    expect(page.url()).toBe(`${service.url}/portal`);
    await page.goBack();
    await page.goForward();
    expect(page.url()).not.toContain(secret);
    const kept = [
      await page.content(),
      await page.evaluate('JSON.stringify([history.state, { ...localStorage }, { ...sessionStorage }, document.cookie])'),
    ];
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(requests.filter((address) => !address.includes('#')).join('\n')).not.toContain(secret);
    await context.close();
  });

  it('opens once: the second one to use it is told so, and gets nothing', async () => {
    const link = await newLink();
    const [first, second] = await Promise.all([openWindow(browser, service.url), openWindow(browser, service.url)]);
    await first.page.goto(link);
    await first.page.getByText('You have no keys yet').waitFor();
    await second.page.goto(link);
    await second.page.getByRole('alert').getByText('This link does not open').waitFor();
    expect(await second.page.getByText('The editors').count()).toBe(0);
    expect(await second.context.cookies()).toEqual([]);
    // The first one goes on, also after a reload.
    await first.page.reload();
    await first.page.getByText('You have no keys yet').waitFor();
    await first.context.close();
    await second.context.close();
  });

  it('offers what it allows, and nothing else', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const { key } = await service.client.keys.create({ name: 'Only to rename', owner: 'editors' });
    await page.goto(await newLink({ rename: true }));
    await page.getByRole('heading', { name: 'Only to rename' }).waitFor();
    const actions = page.getByRole('group', { name: 'Actions for Only to rename' });
    expect(await actions.getByRole('button').allTextContents()).toEqual(['Rename']);
    expect(await page.getByRole('button', { name: 'Create a key' }).count()).toBe(0);
    await service.client.keys.revoke(key.id);
    await context.close();
  });
});

describe('an owner', () => {
  it('creates within the policy, renames, rotates and revokes, each with effect at once', async () => {
    const { page, context, complaints } = await openWindow(browser, service.url);
    const codeOf = async (token: string): Promise<string> => (await service.client.verify(token, { scopes: ['articles:read'] })).code;
    await page.goto(await newLink());
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('radio').count()).toBe(3);
    expect(await dialog.getByRole('radio', { name: '1 year' }).count()).toBe(0);
    await dialog.getByRole('textbox', { name: 'Name' }).fill('My script');
    await dialog.getByRole('checkbox', { name: 'articles:read' }).check();
    await dialog.getByRole('radio', { name: '30 days' }).check();
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    const first = await takeToken(page);
    expect(await codeOf(first)).toBe('valid');

    await page.getByRole('button', { name: 'Rename' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('My other script');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('heading', { name: 'My other script' }).waitFor();

    await page.getByRole('button', { name: 'Rotate' }).click();
    await dialog.getByRole('radio', { name: 'None: at once' }).check();
    await dialog.getByRole('button', { name: 'Rotate' }).click();
    const second = await takeToken(page);
    expect([await codeOf(first), await codeOf(second)]).toEqual(['revoked', 'valid']);

    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke for good' }).click();
    await dialog.getByText('The revocation holds everywhere').waitFor();
    expect(await codeOf(second)).toBe('revoked');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const content = await page.content();
    expect(content.includes(first.slice(8)) || content.includes(second.slice(8))).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sees within seconds what an operator does to the keys', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const { key } = await service.client.keys.create({ name: 'Watched', owner: 'editors' });
    await page.goto(await newLink());
    const card = page.getByRole('listitem').filter({ hasText: 'Watched' });
    await card.getByText('Active').waitFor();
    await service.client.keys.revoke(key.id);
    await card.getByText('Revoked').first().waitFor({ timeout: 5_000 });
    await context.close();
  });
});

describe('a JWT of the host application', () => {
  it('opens the portal, and is taken out of the address', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await page.goto(`/portal#jwt=${await jwtOf('others')}`);
    await page.getByRole('heading', { name: 'Of somebody else' }).waitFor();
    expect(page.url()).toBe(`${service.url}/portal`);
    await context.close();
  });

  it('that is signed by somebody else opens nothing', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const [head, body] = (await jwtOf('others')).split('.');
    await page.goto(`/portal#jwt=${head}.${body}.${'A'.repeat(43)}`);
    await page.getByRole('alert').getByText('This link does not open').waitFor();
    await context.close();
  });
});

describe('the portal in a frame', () => {
  it('is shown to the origin that is configured, and to no other', async () => {
    const { page, context } = await openWindow(browser, hostUrl);
    await page.goto(`/?portal=${encodeURIComponent(`${service.url}/portal`)}`);
    await page.frameLocator('iframe').getByText('Your keys are behind a link').waitFor();
    await page.goto(`${hostUrl.replace('127.0.0.1', 'localhost')}/?portal=${encodeURIComponent(`${service.url}/portal`)}`);
    await page.waitForLoadState('networkidle');
    expect(await page.frameLocator('iframe').getByText('Your keys are behind a link').count()).toBe(0);
    await context.close();
  });
});
