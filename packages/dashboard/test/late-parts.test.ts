import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

let service: RunningService;
let browser: Browser;
let keyPage: string;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), connectBrowser()]);
  const { key, token } = await service.client.keys.create({ name: 'Charted', owner: 'ada' });
  await service.client.verify(token);
  keyPage = `/keys/${key.id}`;
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

const UNSTYLED = `[...document.querySelectorAll('link[rel="stylesheet"]')].filter(({ sheet }) => sheet === null).length`;

describe('a part of the dashboard that does not load', () => {
  it.each([
    ['drawing', /\/outcome-plot-[^/]*\.js$/],
    ['style', /\/outcome-plot-[^/]*\.css$/],
  ])('leaves the page around it where it is the %s of a chart, and comes when it is tried again', async (_, file) => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service);
    await page.route(file, async (route) => route.abort('connectionreset'));
    await page.goto(keyPage);
    const usage = page.getByRole('region', { name: 'Requests by outcome' }).first();
    await usage.getByRole('alert').getByText('The service cannot be reached').waitFor();
    await page.getByRole('region', { name: 'Secrets' }).waitFor();
    await usage.getByText('in all').waitFor();
    await page.unroute(file);
    await usage.getByRole('button', { name: 'Try again' }).click();
    await usage.locator('.recharts-surface').first().waitFor();
    expect(await page.evaluate(UNSTYLED)).toBe(0);
    await context.close();
  });

  it('is a page: says that the service cannot be reached, and is shown when it can be again', async () => {
    const { page, context } = await openWindow(browser, service.url);
    await signIn(page, service);
    await page.getByRole('link', { name: 'Charted' }).waitFor();
    await context.setOffline(true);
    for (const place of ['Tiers', 'Settings']) {
      const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('.css'));
      await page.getByRole('link', { name: place }).click();
      await failed;
      const alert = page.getByRole('alert');
      await alert.getByText('The service cannot be reached').waitFor();
      expect(await alert.textContent()).not.toContain('http');
    }
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await page.evaluate(UNSTYLED)).toBe(0);
    await context.close();
  });
});
