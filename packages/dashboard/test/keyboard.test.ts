import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow, type Window } from './harness/browser.js';
import { addEntry, enterAdminKey } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

let service: RunningService;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), connectBrowser()]);
  window = await openWindow(browser, service.url);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

/** Goes on by Tab until what has the focus is called so. Fails where the way there is too long to be one. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press(key);
    const focused = String(await page.evaluate(FOCUSED_NAME));
    passed.push(focused);
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
  }
  throw new Error(`Nothing called ${name} was reached; passed: ${passed.join(' | ')}`);
}

/** An open menu takes the focus in its own time, and goes round at its end. */
async function arrowTo(page: Page, item: string): Promise<void> {
  const next = async (): Promise<string> => {
    const focused = String(await page.evaluate(FOCUSED_NAME));
    if (focused !== item) await page.keyboard.press('ArrowDown');
    return focused;
  };
  await expect.poll(next).toBe(item);
}

/** What a reader would be told of the focused element: its label, or its text. */
const FOCUSED_NAME = `(() => {
  const element = document.activeElement;
  const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
  return (label ?? '').replace(/ \\*$/, '').trim();
})()`;

describe('by keyboard alone', () => {
  it('one signs in, with the focus in the field to begin with', async () => {
    const { page } = window;
    await page.goto('/keys');
    await page.getByRole('textbox', { name: 'Admin key' }).waitFor();
    await expect.poll(async () => page.evaluate('document.activeElement.type')).toBe('password');
    await page.keyboard.type(service.adminKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
  });

  it('one skips the menu', async () => {
    const { page } = window;
    await page.reload();
    await page.getByText('There are no keys yet').waitFor();
    await tabTo(page, 'Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await tabTo(page, 'Create a key');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Create a key' }).waitFor();
  });

  it('one creates a key, stores its token, and cannot leave the dialog before', async () => {
    const { page } = window;
    await tabTo(page, 'Name');
    await page.keyboard.type('By keyboard');
    await tabTo(page, 'Owner');
    await page.keyboard.type('hands');
    await tabTo(page, 'Scopes');
    await page.keyboard.type('articles:read');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('radio', { name: '60 days' }).isChecked()).toBe(true);
    await tabTo(page, 'Create the key');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(true);
    await tabTo(page, 'I have stored it');
    await page.keyboard.press('Space');
    await tabTo(page, 'Done');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'By keyboard' }).waitFor();
    const { data } = await service.client.keys.list();
    expect(data).toMatchObject([{ name: 'By keyboard', scopes: ['articles:read'], daysUntilExpiry: 60 }]);
  });

  it('one reads the exact time behind a relative one', async () => {
    const { page } = window;
    await tabTo(page, /^(?:now|\d+ (?:second|minute)s? ago), \d/);
    await page.getByRole('tooltip').last().waitFor();
  });

  it('one revokes it from a menu, and the focus comes back', async () => {
    const { page } = window;
    await page.reload();
    await page.getByRole('button', { name: 'More' }).waitFor();
    await tabTo(page, 'More');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Disable…' }).waitFor();
    await arrowTo(page, 'Revoke…');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke permanently' }).waitFor();
    await tabTo(page, 'Revoke permanently');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('The revocation holds everywhere').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const { data } = await service.client.keys.list();
    expect(data).toMatchObject([{ status: 'revoked' }]);
    expect(window.complaints).toEqual([]);
  });
});

describe('by keyboard alone, when the session has ended', () => {
  it('one copies and stores a token although the session has ended meanwhile, and signs in again after that', async () => {
    const { page, context } = await openWindow(browser, service.url);
    const operator = { name: 'Leaving', owner: 'operations', environment: 'operator', scopes: ['*:*'] };
    const { key, token: operatorToken } = await service.client.keys.create(operator);
    await page.goto('/keys/new');
    await page.getByRole('radio', { name: 'Operator token' }).check();
    await page.getByRole('textbox', { name: 'Operator token' }).fill(operatorToken.reveal());
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Name' }).fill('Not yet stored');
    await page.getByRole('textbox', { name: 'Owner' }).fill('hands');
    await addEntry(page, 'Scopes', 'articles:read');
    await page.getByRole('button', { name: 'Create the key' }).click();
    const dialog = page.getByRole('dialog', { name: 'The token of “Not yet stored”' });
    await dialog.waitFor();
    const token = await dialog.getByRole('group', { name: 'Token', exact: true }).textContent();
    const refused = page.waitForResponse((response) => response.status() === 401);
    await service.client.keys.revoke(key.id);
    await refused;
    await tabTo(page, 'Copy the token');
    await page.keyboard.press('Enter');
    await expect.poll(async () => page.evaluate('navigator.clipboard.readText()')).toBe(token);
    await tabTo(page, 'I have stored it');
    await page.keyboard.press('Space');
    await tabTo(page, 'Done');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await page.waitForURL('**/keys/key_*');
    await expect.poll(async () => page.evaluate('document.activeElement.type')).toBe('password');
    await page.keyboard.type(service.adminKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Not yet stored' }).waitFor();
    await context.close();
  });

  it('one signs in again over a dialog in which something was typed, which stays', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await page.goto('/owners/hands');
    await enterAdminKey(page, service.adminKey);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Half typed');
    await context.clearCookies();
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
    await expect.poll(async () => page.evaluate('document.activeElement.type')).toBe('password');
    // What lies under another dialog cannot be clicked.
    await page.getByRole('textbox', { name: 'Admin key' }).click();
    await page.keyboard.type(service.adminKey);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor({ state: 'hidden' });
    expect(await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Half typed');
    await context.close();
  });
});
