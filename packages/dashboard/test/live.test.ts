import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWindow, type Window } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

/** What changes elsewhere is to be seen within so long. */
const LIVE = { timeout: 5_000 };

let service: RunningService;
let browser: Browser;
let one: Window;
let other: Window;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launchBrowser()]);
  [one, other] = await Promise.all([openWindow(browser, service.url), openWindow(browser, service.url)]);
  await service.client.tiers.put('free', { limits: [{ name: 'requests', limit: 100, window: '1h' }] });
  await service.client.keys.create({ name: 'Shared', owner: 'both', tier: 'free' });
  await Promise.all([signIn(one.page, service), signIn(other.page, service)]);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

describe('two windows at once', () => {
  it('show in the list what the other window made, changed and revoked', async () => {
    await service.client.keys.create({ name: 'Made elsewhere', owner: 'both' });
    await Promise.all([one, other].map(async ({ page }) => page.getByRole('link', { name: 'Made elsewhere' }).waitFor(LIVE)));
    await one.page.getByRole('link', { name: 'Shared' }).click();
    await one.page.getByRole('button', { name: 'More' }).click();
    await one.page.getByRole('menuitem', { name: 'Disable…' }).click();
    await one.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await one.page.getByText('The change holds everywhere').waitFor();
    await other.page
      .getByRole('row', { name: /Shared/ })
      .getByText('Disabled')
      .waitFor(LIVE);
  });

  it('do not run over what is being typed: the form stays, says so, and writes its own fields alone', async () => {
    const { data } = await service.client.keys.list();
    const id = data.find(({ name }) => name === 'Shared')?.id ?? '';
    const { page } = one;
    await page.goto(`/keys/${id}/edit`);
    await page.getByRole('textbox', { name: 'Name' }).fill('Shared by two');
    await service.client.keys.update(id, { scopes: ['articles:read'] });
    await page.getByText('Somebody changed this key meanwhile').waitFor(LIVE);
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Shared by two');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Shared by two' }).waitFor();
    expect(await service.client.keys.get(id)).toMatchObject({ name: 'Shared by two', scopes: ['articles:read'] });
  });

  it('tell an editor of a tier that somebody else changed it, and show what saving would do', async () => {
    const { page } = one;
    await page.goto('/tiers/free');
    await page.getByRole('textbox', { name: 'Units' }).fill('50');
    await page.getByRole('status', { name: 'What saving would do' }).getByText('1 key affected').waitFor();
    await service.client.tiers.put('free', { limits: [{ name: 'requests', limit: 70, window: '1h' }] });
    await page.getByText('Somebody changed this tier meanwhile').waitFor(LIVE);
    expect(await page.getByRole('textbox', { name: 'Units' }).inputValue()).toBe('50');
    await page.getByRole('button', { name: 'Take theirs over' }).click();
    expect(await page.getByRole('textbox', { name: 'Units' }).inputValue()).toBe('70');
  });
});

describe('a connection that is lost in the middle', () => {
  it('is said, keeps what was typed and what was shown, and makes one key when it is back', async () => {
    const { page } = other;
    await page.goto('/keys/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('Made after the storm');
    await page.getByRole('textbox', { name: 'Owner' }).fill('both');
    await service.stop();
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    await page.getByText('No connection to the service').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Made after the storm');
    await service.start();
    await page.getByText('No connection to the service').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('dialog', { name: /The token of/ }).waitFor();
    const { data } = await service.client.keys.list();
    expect(data.filter(({ name }) => name === 'Made after the storm')).toHaveLength(1);
  });

  it('that lost only the answer makes no second key, when the form is sent again', async () => {
    const { page } = one;
    await page.goto('/keys/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('Answer lost');
    await page.getByRole('textbox', { name: 'Owner' }).fill('both');
    // The request reaches the service; what comes back does not reach the page, once and once more.
    let lost = 0;
    await page.route('**/v1/keys', async (route) => {
      if (route.request().method() !== 'POST' || lost >= 2) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page
      .getByRole('dialog', { name: /The token of/ })
      .getByRole('group', { name: 'Token', exact: true })
      .waitFor();
    const { data } = await service.client.keys.list();
    expect(data.filter(({ name }) => name === 'Answer lost')).toHaveLength(1);
    expect(lost).toBe(2);
  });

  it('breaks nothing on any page', () => {
    expect([...one.complaints, ...other.complaints]).toEqual([]);
  });
});
