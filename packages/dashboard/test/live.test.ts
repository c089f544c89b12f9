import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow, type Window } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

let service: RunningService;
let browser: Browser;
let one: Window;
let other: Window;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), connectBrowser()]);
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
    await Promise.all([one, other].map(async ({ page }) => page.getByRole('link', { name: 'Made elsewhere' }).waitFor()));
    await one.page.getByRole('link', { name: 'Shared' }).click();
    await one.page.getByRole('button', { name: 'More' }).click();
    await one.page.getByRole('menuitem', { name: 'Disable…' }).click();
    await one.page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await one.page.getByText('The change holds everywhere').waitFor();
    await other.page
      .getByRole('row', { name: /Shared/ })
      .getByText('Disabled')
      .waitFor();
  });

  it('edit page of a key: a change by somebody else is shown while one types, and saving keeps both', async () => {
    const { data } = await service.client.keys.list();
    const id = data.find(({ name }) => name === 'Shared')?.id ?? '';
    const { page } = one;
    await page.goto(`/keys/${id}/edit`);
    await page.getByRole('textbox', { name: 'Name' }).fill('Shared by two');
    await service.client.keys.update(id, { scopes: ['articles:read'] });
    await page.getByText('The key has changed').waitFor();
    await page.getByText('Scopes: now “articles:read”. Saving keeps it.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Shared by two');
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Save anyway' }).click();
    await page.getByRole('heading', { level: 1, name: 'Shared by two' }).waitFor();
    expect(await service.client.keys.get(id)).toMatchObject({ name: 'Shared by two', scopes: ['articles:read'] });
  });

  it('dialog of an owner: a change by somebody else is shown while one types, and saving keeps both', async () => {
    const { page } = one;
    await page.goto('/owners/both');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('The two');
    await service.client.owners.update('both', { maxKeys: 40 });
    await dialog.getByText('The owner has changed').waitFor();
    await dialog.getByText('Keys allowed: now “40”. Saving keeps it.').waitFor();
    await dialog.getByRole('button', { name: 'Save anyway' }).click();
    await dialog.getByText('holds everywhere').waitFor();
    expect(await service.client.owners.get('both')).toMatchObject({ name: 'The two', maxKeys: 40 });
  });

  it('tell an editor of a tier that somebody else changed it, and show what saving would do', async () => {
    const { page } = one;
    await page.goto('/tiers/free');
    await page.getByRole('textbox', { name: 'Units' }).fill('50');
    await page.getByRole('status', { name: 'What saving would do' }).getByText('1 key affected').waitFor();
    await service.client.tiers.put('free', { limits: [{ name: 'requests', limit: 70, window: '1h' }] });
    await page.getByText('Somebody changed this tier meanwhile').waitFor();
    expect(await page.getByRole('textbox', { name: 'Units' }).inputValue()).toBe('50');
    await page.getByRole('button', { name: 'Take theirs over' }).click();
    expect(await page.getByRole('textbox', { name: 'Units' }).inputValue()).toBe('70');
  });
});

describe('the use of a key', () => {
  it('is in the counts, the list and the charts by itself, in windows that are only looked at', async () => {
    const { key, token } = await service.client.keys.create({ name: 'Looked at', owner: 'both' });
    const [overview, list, page] = [one.page, other.page, await one.context.newPage()];
    await Promise.all([overview.goto('/'), list.goto('/keys'), page.goto(`/keys/${key.id}`)]);
    const shown = async (count: number): Promise<unknown> =>
      Promise.all([
        overview.getByRole('listitem').filter({ hasText: 'Verifications, 24 hours' }).getByText(`${count}`, { exact: true }).waitFor(),
        overview.getByRole('region', { name: 'Verifications' }).getByText(`${count} in all`).waitFor(),
        list
          .getByRole('row', { name: /Looked at/ })
          .getByRole('img', { name: `${count} requests in the last 7 days` })
          .waitFor(),
        page.getByRole('region', { name: 'Requests by outcome' }).getByText(`${count} in all`).waitFor(),
      ]);
    await shown(0);
    // Until the pages have come to rest.
    for (let turn = 0; turn < 3; turn++) await overview.waitForResponse('**/v1/overview');
    for (const count of [1, 2]) {
      await service.client.verify(token);
      await shown(count);
    }
    await overview
      .getByRole('row', { name: /Looked at/ })
      .getByRole('cell', { name: '2', exact: true })
      .waitFor();
    const active = overview.getByRole('listitem').filter({ hasText: 'Active keys' });
    const before = Number(await active.getByRole('strong').textContent());
    await service.client.keys.create({ name: 'Counted', owner: 'both' });
    await active.getByText(`${before + 1}`, { exact: true }).waitFor();
    await page.close();
  });
});

describe('a window that nobody touches', () => {
  it('says that it has paused, also where the connection was lost before, and goes on at the first touch', async () => {
    await service.client.keys.create({ name: 'Seen at first', owner: 'both' });
    const { page, context } = await openWindow(browser, service.url);
    await page.clock.install();
    await signIn(page, service);
    await page.getByRole('link', { name: 'Seen at first' }).waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    const lost = page.getByText('No connection to the service');
    await lost.waitFor();
    const paused = page.getByText('Paused: nobody has touched this window for 15 minutes');
    // The fifteen minutes begin anew, whatever it took to come here.
    await page.keyboard.press('Shift');
    await page.clock.fastForward('14:00');
    expect(await paused.count()).toBe(0);
    await page.clock.fastForward('02:00');
    await paused.waitFor();
    expect(await lost.count()).toBe(0);
    await page.unroute('**/v1/**');
    await service.client.keys.create({ name: 'Made meanwhile', owner: 'both' });
    await page.keyboard.press('Shift');
    await paused.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Made meanwhile' }).waitFor();
    await context.close();
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
    await page.getByRole('alert').getByText('Service unavailable').waitFor();
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
    await page.getByRole('alert').getByText('Service unavailable').waitFor();
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

describe('the overview', () => {
  it('shows the nodes that share the database, and one that has just been started', async () => {
    const { page } = one;
    await page.goto('/');
    const nodes = page.getByRole('list', { name: 'Nodes' }).getByRole('listitem');
    await nodes.filter({ hasText: 'Answers this page' }).getByText('up to date').waitFor();
    expect(await nodes.count()).toBe(1);
    const second = await startService({ variables: { DATABASE_URL: `file:${join(service.folder, 'latchkey.db')}` } });
    await nodes.nth(1).getByText('up to date').waitFor();
    await second.remove();
    await nodes.nth(1).waitFor({ state: 'detached' });
  });
});
