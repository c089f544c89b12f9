import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, launchBrowser, openWindow } from './harness/browser.js';
import { enterAdminKey, signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ variables: { LATCHKEY_SELF_SERVICE_SCOPES: 'articles:read' } }),
    connectBrowser(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

async function operatorToken(scopes: readonly string[]): Promise<{ id: string; token: string }> {
  const { key, token } = await service.client.keys.create({ name: 'Night shift', owner: 'operations', environment: 'operator', scopes });
  return { id: key.id, token: token.reveal() };
}

describe('signing in', () => {
  it('is refused with a wrong admin key, and keeps what was typed', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await page.goto('/');
    await enterAdminKey(page, 'not-the-admin-key-but-as-long-as-one-0123');
    await page.getByRole('alert').getByText('Invalid admin key').waitFor();
    expect(await page.getByRole('textbox', { name: 'Admin key' }).inputValue()).toBe('not-the-admin-key-but-as-long-as-one-0123');
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('leads on to the address that was asked for, with its filters', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service, '/keys?status=active&search=abc');
    await page.waitForURL(
      ({ pathname, searchParams }) =>
        pathname === '/keys' && searchParams.get('status') === 'active' && searchParams.get('search') === 'abc',
    );
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('abc');
    expect(await page.getByRole('combobox', { name: 'Status' }).inputValue()).toBe('active');
    await context.close();
  });

  it('leads to no other site, whatever the address says', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await page.goto('/sign-in?returnTo=//evil.example/');
    await enterAdminKey(page, service.adminKey);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(page.url()).toBe(`${service.url}/`);
    await context.close();
  });

  it('with an operator token shows only what the token may do', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const { token } = await operatorToken(['keys:read']);
    await page.goto('/keys');
    await page.getByRole('radio', { name: 'Operator token' }).check();
    await page.getByRole('textbox', { name: 'Operator token' }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: 'Keys' }).waitFor();
    expect(await page.getByRole('link', { name: 'Create a key' }).count()).toBe(0);
    await page.goto('/settings');
    await page.getByRole('alert').getByText('Insufficient scope').waitFor();
    await context.close();
  });

  it('ends at once with the operator token that it was begun with, and goes on after signing in again, with what was typed', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const { id, token } = await operatorToken(['*:*']);
    await page.goto('/keys/new');
    await page.getByRole('radio', { name: 'Operator token' }).check();
    await page.getByRole('textbox', { name: 'Operator token' }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Half typed');
    await service.client.keys.revoke(id);
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    await dialog.getByRole('textbox', { name: 'Admin key' }).fill(service.adminKey);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Half typed');
    await context.close();
  });

  it('out leaves nothing to go back to', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service, '/keys');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it.each([
    ['Sign out', '**/v1/session'],
    ['Sign out everywhere', '**/v1/sessions'],
  ])('%s says where it failed that one is still signed in, and can be tried again', async (wish, address) => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service);
    await page.route(address, async (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('menuitem', { name: wish, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'You are still signed in' });
    await dialog.getByRole('alert').getByText('Service unavailable').waitFor();
    expect(await context.cookies()).toHaveLength(1);
    await page.unroute(address);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('out everywhere ends the sessions of other windows', async () => {
    const [one, other] = await Promise.all([openWindow(browser, service.url), openWindow(browser, service.url)]);
    await Promise.all([signIn(one.page, service), signIn(other.page, service)]);
    await one.page.getByRole('button', { name: 'Sign out' }).click();
    await one.page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
    await other.page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await one.context.close();
    await other.context.close();
  });
});

describe('a page that is not encrypted, and not on the machine itself', () => {
  it('takes no credential and spends no link, and says what to do', async () => {
    const elsewhere = await launchBrowser(['--host-resolver-rules=MAP keys.example 127.0.0.1']);
    const { port } = new URL(service.url);
    const url = `http://keys.example:${port}`;
    const { page } = await openWindow(elsewhere, url);
    await page.goto('/keys');
    await page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor();
    const alert = page.getByRole('alert');
    await alert.getByText('LATCHKEY_TRUSTED_PROXIES').waitFor();
    await alert.getByText(`http://localhost:${port}`).waitFor();
    expect(await page.getByRole('button', { name: 'Sign in' }).count()).toBe(0);
    const link = await service.client.portal.createLink({ ownerId: 'far-away' });
    const { pathname, hash } = new URL(link.url);
    await page.goto(pathname + hash);
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    await alert.getByText('This page is not encrypted').waitFor();
    await elsewhere.close();
    // The same link opens where a session can be kept.
    const here = await openWindow(browser, service.url);
    await here.page.goto(pathname + hash);
    await here.page.getByText('far-away').waitFor();
    await here.context.close();
  });
});
