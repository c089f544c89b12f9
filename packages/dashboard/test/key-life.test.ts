import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow, type Window } from './harness/browser.js';
import { addEntry, signIn, takeToken } from './harness/operator.js';
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

async function codeOf(token: string, scopes: readonly string[] = ['articles:read']): Promise<string> {
  return (await service.client.verify(token, { scopes, environment: 'live' })).code;
}

/** What the next question of the page asks; the answer is no. */
async function dismissed(page: Page): Promise<string> {
  const dialog = await page.waitForEvent('dialog');
  await dialog.dismiss();
  return dialog.message();
}

describe('the life of a key', () => {
  const tokens: string[] = [];

  it('begins on an empty page that says what to do, and gives a token that is accepted', async () => {
    const { page } = window;
    await signIn(page, service);
    await page.getByRole('link', { name: 'Create the first key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Newsroom');
    await page.getByRole('textbox', { name: 'Owner' }).fill('editors');
    await addEntry(page, 'Scopes', 'articles:read');
    await page.getByRole('radio', { name: '30 days' }).check();
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('dialog').waitFor();
    // The way back asks first, and nobody here says yes.
    const [asked] = await Promise.all([dismissed(page), page.goBack({ timeout: 1_000 }).catch(() => null)]);
    expect(asked).toContain('The token is shown once');
    const token = await takeToken(page);
    tokens.push(token);
    expect(token).toMatch(/^lk_live_[0-9A-Za-z]{49}$/);
    expect(await codeOf(token)).toBe('valid');
    expect(await codeOf(token, ['articles:write'])).toBe('insufficient_scope');
    await page.getByRole('heading', { level: 1, name: 'Newsroom' }).waitFor();
    const { data } = await service.client.keys.list();
    expect(data).toMatchObject([{ name: 'Newsroom', owner: 'editors', scopes: ['articles:read'], daysUntilExpiry: 30 }]);
  });

  it('shows a use within seconds, without a reload', async () => {
    await service.client.verify(tokens[0], { ip: '203.0.113.7', userAgent: 'reader/1.0' });
    await window.page.getByText('203.0.113.7').waitFor();
  });

  it('takes a change of scopes that holds for the next verification', async () => {
    const { page } = window;
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await addEntry(page, 'Scopes', 'articles:write');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('region', { name: 'About this key' }).getByText('articles:write').waitFor();
    expect(await codeOf(tokens[0] ?? '', ['articles:write'])).toBe('valid');
  });

  it('takes a description in lines and a tag, by which the list finds the key', async () => {
    const { page } = window;
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByRole('textbox', { name: 'Description' }).fill('For the newsroom.\nAsk Ada.');
    await addEntry(page, 'Tags', 'Team:News');
    await page.getByRole('button', { name: 'Save' }).click();
    const about = page.getByRole('region', { name: 'About this key' });
    await about.getByText('Ask Ada.').waitFor();
    const [key] = (await service.client.keys.list({ tags: ['team:news'] })).data;
    expect(key).toMatchObject({ description: 'For the newsroom.\nAsk Ada.', tags: ['team:news'] });
    await about.getByRole('link', { name: 'team:news' }).click();
    await page.getByRole('link', { name: 'Newsroom' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('team:news');
    await page.getByRole('textbox', { name: 'Tags' }).fill('other');
    await page.getByRole('textbox', { name: 'Tags' }).press('Enter');
    await page.getByText('No key is like that').waitFor();
    await page.goto(`${service.url}/keys/${key?.id}`);
    await page.getByRole('heading', { level: 1, name: 'Newsroom' }).waitFor();
  });

  it('explains a refusal step by step', async () => {
    const { page } = window;
    await addEntry(page, 'All of these scopes', 'users:delete');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('It would be refused: insufficient scope').waitFor();
    const steps = page.getByRole('list', { name: 'Steps of the verification' });
    await expect
      .poll(async () => steps.locator('[data-outcome="failed"]').allTextContents())
      .toEqual([expect.stringContaining('users:delete')]);
    expect(await steps.locator('[data-outcome="passed"]').count()).toBeGreaterThanOrEqual(5);
    expect(await steps.locator('[data-outcome="open"]').allTextContents()).toEqual(['Limits Not reached.', 'Credits Not reached.']);
  });

  it('rotates: both tokens are accepted, until the old one is ended early', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').getByRole('radio', { name: '24 hours' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click();
    const token = await takeToken(page);
    tokens.push(token);
    await page.getByRole('heading', { level: 1, name: 'Rotation of Newsroom' }).waitFor();
    await page
      .getByRole('timer')
      .getByText(/23h 59m|24h|1d/)
      .waitFor();
    expect([await codeOf(tokens[0] ?? ''), await codeOf(token)]).toEqual(['valid', 'valid']);
    await page.getByText('The old token is still in use').waitFor();
    await page.getByRole('button', { name: 'End it now…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End it now' }).click();
    await page.getByRole('dialog').getByText('holds everywhere').waitFor();
    expect([await codeOf(tokens[0] ?? ''), await codeOf(token)]).toEqual(['revoked', 'valid']);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('No old secret is valid any more').waitFor();
  });

  it('is disabled and enabled again', async () => {
    const { page } = window;
    const token = tokens[1] ?? '';
    await page.getByRole('link', { name: 'To the key' }).click();
    for (const [verb, code] of [
      ['Disable', 'disabled'],
      ['Enable', 'valid'],
    ] as const) {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: `${verb}…` }).click();
      await page.getByRole('dialog').getByRole('button', { name: verb }).click();
      await page.getByRole('dialog').getByText('The change holds everywhere').waitFor();
      expect(await codeOf(token)).toBe(code);
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
  });

  it('asks for the name of a busy key, tells what it was used for, and ends it permanently', async () => {
    const { page } = window;
    const token = tokens[1] ?? '';
    for (let call = 0; call < 120; call++) await codeOf(token);
    // The figures reach the store within a second.
    await expect.poll(async () => (await service.client.usage.read({ by: 'hour' })).totals.valid ?? 0).toBeGreaterThan(100);
    await page.reload();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Revoke…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('in the last 24 hours').first().waitFor();
    const revoke = dialog.getByRole('button', { name: 'Revoke permanently' });
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Left the company');
    await dialog.getByRole('textbox', { name: /to confirm/ }).fill('Newsroom');
    await revoke.click();
    await dialog.getByText('The revocation holds everywhere').waitFor();
    expect(await codeOf(token)).toBe('revoked');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('Left the company').first().waitFor();
    expect(await page.getByRole('button', { name: 'Rotate' }).count()).toBe(0);
  });

  it('is not made while its date is none: that is said at the field, which has the focus', async () => {
    const { page } = window;
    await page.goto('/keys/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('Dated');
    await page.getByRole('textbox', { name: 'Owner' }).fill('ada');
    await page.getByRole('radio', { name: 'On a date' }).check({ force: true });
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByText('Choose a date and a time.').waitFor();
    await page.locator('input[type="datetime-local"]:focus').waitFor();
    expect((await service.client.keys.list({ search: 'Dated' })).data).toEqual([]);
  });

  it('leaves no token in the page, the history, the console, the storage or the addresses that were asked', async () => {
    const { page, context } = window;
    const stored = String(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'));
    const visited: string[] = [];
    const length = Number(await page.evaluate('history.length'));
    for (let step = 0; step < length && page.url().startsWith(service.url); step++) {
      visited.push(page.url(), await page.content(), String(await page.evaluate('JSON.stringify(history.state)')));
      await page.goBack({ waitUntil: 'commit' });
      await page.waitForLoadState('domcontentloaded');
    }
    const kept = JSON.stringify([visited, stored, window.console, window.requests, await context.storageState({ indexedDB: true })]);
    expect(tokens).toHaveLength(2);
    expect(visited.length).toBeGreaterThan(10);
    for (const token of tokens) expect(kept.includes(token.slice(8))).toBe(false);
    expect(kept.includes(service.adminKey)).toBe(false);
    // A session is there, but no script can read it.
    expect(await context.cookies()).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
  });

  it('breaks neither the policy of the page nor anything else', () => {
    expect(window.complaints).toEqual([]);
  });
});

describe('an operator token', () => {
  it('is bound in its form, shows what it is bound to, and keeps what the form does not change', async () => {
    const { page, context, complaints } = await openWindow(browser, service.url);
    await signIn(page, service);
    await page.goto('/keys/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('Support desk');
    await page.getByRole('textbox', { name: 'Owner' }).fill('support');
    expect(await page.getByText('Bounds of this operator token').count()).toBe(0);
    await page.getByRole('combobox', { name: 'Environment' }).selectOption('operator');
    await addEntry(page, 'Scopes', 'keys:read');
    await addEntry(page, 'Environments', 'live');
    await addEntry(page, 'Owners', 'acme');
    await page.getByRole('button', { name: 'Create the key' }).click();
    await takeToken(page);
    await page.getByText('environments: live').waitFor();
    await page.getByText('owners: acme').waitFor();
    const { data } = await service.client.keys.list({ owner: 'support' });
    expect(data.map(({ bounds }) => bounds)).toEqual([{ environments: ['live'], owners: ['acme'] }]);
    await page.getByRole('link', { name: 'Edit' }).click();
    await addEntry(page, 'Owners', 'globex');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('owners: acme, globex').waitFor();
    expect((await service.client.keys.get(data[0]?.id ?? '')).bounds).toEqual({ environments: ['live'], owners: ['acme', 'globex'] });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
