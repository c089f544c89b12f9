import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow } from './harness/browser.js';
import { jwtOf, JWT_VARIABLES, linkFor, openPortal } from './harness/portal.js';
import { startService, type RunningService } from './harness/service.js';

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  const variables = { LATCHKEY_SELF_SERVICE_SCOPES: 'articles:read', ...JWT_VARIABLES };
  [service, browser] = await Promise.all([startService({ variables }), connectBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

describe('a link of another owner that is followed in the same browser', () => {
  beforeAll(async () => {
    for (const owner of ['first', 'second']) await service.client.keys.create({ name: `Key of ${owner}`, owner });
  });

  const question = (page: Page) => page.getByRole('dialog', { name: 'Open the keys of another owner?' });

  it.each([
    ['light', false],
    ['dark', true],
  ] as const)('asks first, in %s colours: the keys that are open stay, and the link is not spent', async (_colours, dark) => {
    const { page, context, complaints } = await openWindow(browser, service.url, { dark });
    await page.goto((await linkFor(service, 'first')).url);
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    const link = (await linkFor(service, 'second')).url;
    await page.goto(link);
    await question(page).getByText('The keys of first are open in this browser.').waitFor();
    await question(page).getByText('the keys of second').waitFor();
    expect(page.url()).toBe(`${service.url}/portal`);
    await question(page).getByRole('button', { name: 'Keep what is open' }).click();
    await question(page).waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    expect(await page.getByText('Key of second').count()).toBe(0);
    // A page that is loaded anew with the link asks as well.
    await page.goto('about:blank');
    await page.goto(link);
    await question(page).getByRole('button', { name: 'Open the other keys' }).click();
    await page.getByRole('heading', { name: 'Key of second' }).waitFor();
    expect(await page.getByText('Key of first').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('asks as well for a JWT of the host application', async () => {
    const { page, context } = await openPortal({ browser, service }, 'first');
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    await page.goto(`/portal#jwt=${await jwtOf('second')}`);
    await question(page).getByRole('button', { name: 'Open the other keys' }).click();
    await page.getByRole('heading', { name: 'Key of second' }).waitFor();
    await context.close();
  });

  it('keeps what was typed where what is open is kept', async () => {
    const { page, context } = await openPortal({ browser, service }, 'first');
    await page.getByRole('button', { name: 'Create a key' }).click();
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('Half typed');
    await page.goto((await linkFor(service, 'second')).url);
    await question(page).getByRole('button', { name: 'Keep what is open' }).click();
    await question(page).waitFor({ state: 'hidden' });
    expect(await name.inputValue()).toBe('Half typed');
    await context.close();
  });

  it('opens without a question where the session ended while it was asked', async () => {
    const { page, context, withdraw } = await openPortal({ browser, service }, 'first');
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    await page.goto((await linkFor(service, 'second')).url);
    await question(page).waitFor();
    await withdraw();
    await question(page).getByRole('button', { name: 'Open the other keys' }).click();
    await page.getByRole('heading', { name: 'Key of second' }).waitFor();
    await context.close();
  });

  it('shows the keys of its owner once it is confirmed, nothing of the one before, and leaves its secret nowhere', async () => {
    const { page, context, complaints } = await openPortal({ browser, service }, 'first');
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    // The answer with the keys of the second owner is held back: until it comes, nothing may be shown.
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const link = (await linkFor(service, 'second')).url;
    await page.goto(link);
    await question(page).waitFor();
    await page.route('**/v1/me/**', async (route) => {
      await held;
      await route.continue();
    });
    await question(page).getByRole('button', { name: 'Open the other keys' }).click();
    await page.getByText('second', { exact: true }).waitFor();
    expect(await page.getByText('Key of first').count()).toBe(0);
    answer();
    await page.getByRole('heading', { name: 'Key of second' }).waitFor();
    expect(page.url()).toBe(`${service.url}/portal`);
    await page.goBack();
    await page.goForward();
    expect(page.url()).toBe(`${service.url}/portal`);
    expect(await page.content()).not.toContain(new URL(link).hash.slice('#link='.length));
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('opens the portal of its owner in every window, for they share the session', async () => {
    const { page, context } = await openPortal({ browser, service }, 'first');
    await page.getByRole('heading', { name: 'Key of first' }).waitFor();
    const other = await context.newPage();
    await other.goto((await linkFor(service, 'second')).url);
    await question(other).getByRole('button', { name: 'Open the other keys' }).click();
    for (const window of [other, page]) await window.getByRole('heading', { name: 'Key of second' }).waitFor();
    await page.getByText('second', { exact: true }).waitFor();
    expect(await page.getByText('Key of first').count()).toBe(0);
    await context.close();
  });
});
