import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf } from '../../../tools/guides/blocks.js';
import { connectBrowser, openWindow, styleOf } from './harness/browser.js';
import { addEntry, enterAdminKey, signIn, takeToken } from './harness/operator.js';
import { jwtOf, JWT_VARIABLES, openPortal } from './harness/portal.js';
import { startService, type RunningService } from './harness/service.js';

/** As an application writes it. */
const FRAME = blockOf('docs/guides/dashboard.md', 'frame');

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
      .end(`<!doctype html><title>Host</title>${FRAME.replace('https://keys.example.com/portal#link=…', portal)}`);
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
    ...JWT_VARIABLES,
  };
  [service, browser] = await Promise.all([startService({ variables }), connectBrowser()]);
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
    await dialog.getByText('The old token is refused from now on.').waitFor();
    const second = await takeToken(page);
    expect([await codeOf(first), await codeOf(second)]).toEqual(['revoked', 'valid']);

    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke permanently' }).click();
    await dialog.getByText('The revocation holds everywhere').waitFor();
    expect(await codeOf(second)).toBe('revoked');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const content = await page.content();
    expect(content.includes(first.slice(8)) || content.includes(second.slice(8))).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('sees an old token that a rotation left valid, and ends it', async () => {
    const { page, context, complaints } = await openPortal({ browser, service }, 'rotating');
    const { key, token } = await service.client.keys.create({ name: 'Overlapping', owner: 'rotating' });
    await service.client.keys.rotate(key.id, { grace: '24h' });
    const old = page.getByRole('list', { name: 'Old tokens of Overlapping that are still valid' });
    await old.getByRole('button', { name: 'End now…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it now' }).click();
    await page.getByRole('dialog').getByText('The end of the old secret holds everywhere').waitFor();
    expect((await service.client.verify(token)).code).toBe('revoked');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await old.waitFor({ state: 'detached' });
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
    await card.getByText('Revoked').first().waitFor();
    await context.close();
  });
});

describe('the name and the colour of the host', () => {
  it('are those of the page to sign in, of a portal that is closed and of a link that does not open, but not of the dashboard', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const filled = `document.documentElement.style.getPropertyValue('--mantine-primary-color-filled')`;
    for (const [address, text] of [
      ['/portal', 'Your keys are behind a link'],
      ['/portal#link=lk_link_unknown', 'This link does not open'],
      ['/sign-in', 'Sign in to the dashboard'],
    ] as const) {
      await page.goto('about:blank');
      await page.goto(address);
      await page.getByText(text).waitFor();
      await page.getByText('Example News', { exact: true }).waitFor();
      await expect.poll(async () => page.title()).toMatch(/Example News$/);
      await expect.poll(async () => page.evaluate(filled)).toBe('#7a2e8e');
      expect(await page.getByText('Latchkey', { exact: true }).count()).toBe(0);
    }
    await enterAdminKey(page, service.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await expect.poll(async () => page.evaluate(filled)).toBe('');
    await context.close();
  });
});

describe('leaving the portal', () => {
  it('says where it failed that the keys are still open, and can be tried again', async () => {
    const { page, context } = await openPortal({ browser, service }, 'leaving');
    await page.getByRole('button', { name: 'Leave' }).waitFor();
    await page.route('**/v1/portal-session', async (route) => route.abort());
    await page.getByRole('button', { name: 'Leave' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your keys are still open here' });
    await dialog.getByRole('alert').getByText('Service unavailable').waitFor();
    await page.unroute('**/v1/portal-session');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Your keys are behind a link').waitFor();
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });
});

describe('a form that is refused', () => {
  it('says at the field what is wrong there, and nothing in the notation of programs', async () => {
    const { page, context } = await openPortal({ browser, service }, 'clumsy');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await addEntry(page, 'IP allowlist', 'nowhere');
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    await dialog.getByText('Use at least one visible character.', { exact: true }).waitFor();
    expect(await dialog.getByRole('alert').textContent()).not.toContain('/');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Named');
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    await dialog.getByRole('alert').getByText('See the fields that are marked above.').waitFor();
    expect(await dialog.locator('[aria-invalid="true"]').count()).toBe(1);
    await context.close();
  });

  it('says so for the address to lead back to, where an operator makes a link', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service, '/owners/editors');
    await page.getByRole('button', { name: 'Portal link' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Leads back to' }).fill('nonsense');
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    await dialog.getByText('Use an http or https address, without credentials.', { exact: true }).waitFor();
    expect(await dialog.getByRole('alert').textContent()).not.toContain('/');
    await context.close();
  });
});

describe('in dark colours', () => {
  it('what destroys looks otherwise than what does not', async () => {
    await service.client.keys.create({ name: 'In the dark', owner: 'night' });
    const { url } = await service.client.portal.createLink({ ownerId: 'night' });
    const { page, context } = await openWindow(browser, service.url, { dark: true });
    await page.goto(service.url + new URL(url).pathname + new URL(url).hash);
    await page.getByRole('heading', { name: 'In the dark' }).waitFor();
    expect(await styleOf(page, ['button', 'Revoke'], 'color')).toBe('rgb(242, 139, 130)');
    expect(await styleOf(page, ['button', 'Rename'], 'color')).not.toBe('rgb(242, 139, 130)');
    await context.close();
  });
});

describe('a session that ends', () => {
  it('leaves a token that is not yet stored where it is, says that a new link is needed, and closes the portal after that', async () => {
    const { page, context, complaints, withdraw } = await openPortal({ browser, service }, 'leaving');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Not yet stored');
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    await dialog.getByRole('group', { name: 'Token', exact: true }).waitFor();
    await withdraw();
    await dialog.getByRole('alert').getByText('Your session has ended').waitFor();
    expect((await service.client.verify(await takeToken(page))).code).toBe('valid');
    await page.getByText('Your session has ended').waitFor();
    expect(await page.getByText('Not yet stored').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leaves what was typed, which goes on with a new link of the same owner', async () => {
    const { page, context, withdraw } = await openPortal({ browser, service }, 'typing');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Half typed');
    await withdraw();
    await dialog.getByRole('alert').getByText('Your session has ended').waitFor();
    const { url } = await service.client.portal.createLink({ ownerId: 'typing' });
    await page.goto(service.url + new URL(url).pathname + new URL(url).hash);
    await dialog.getByRole('alert').waitFor({ state: 'hidden' });
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Half typed');
    await dialog.getByRole('button', { name: 'Create the key' }).click();
    await takeToken(page);
    await page.getByRole('heading', { name: 'Half typed' }).waitFor();
    await context.close();
  });
});

describe('a second link of the same owner', () => {
  it('opens the portal where it was closed, and is refused in words where it was withdrawn', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const link = await newLink();
    await page.goto('/portal');
    await page.getByText('Your keys are behind a link').waitFor();
    await page.goto(link);
    await page.getByText('The editors').waitFor();
    expect(page.url()).toBe(`${service.url}/portal`);
    const { id, url } = await service.client.portal.createLink({ ownerId: 'editors' });
    await service.client.portal.withdrawLink(id);
    await page.goto(service.url + new URL(url).pathname + new URL(url).hash);
    await page.getByRole('alert').getByText('Ask for another where you got it.').waitFor();
    await page.getByText('The editors').waitFor();
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
  it('goes on after a reload of the page around it, with the link that was used', async () => {
    const { page, context } = await openWindow(browser, hostUrl);
    await page.goto(`/?portal=${encodeURIComponent(await newLink())}`);
    await page.frameLocator('iframe').getByText('The editors').waitFor();
    await page.reload();
    await page.frameLocator('iframe').getByText('The editors').waitFor();
    await context.close();
  });

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
