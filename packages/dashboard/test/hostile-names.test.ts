import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWindow, type Window } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const MARKUP = '<img src=x onerror="document.title=1337">';
/** Letters that are written from right to left, and a mark that turns what follows it round. */
const ARABIC = 'مفتاح ‏الدفع‏ 2026';
const LONG = 'Kraftfahrzeughaftpflichtversicherungsbestätigungsschnittstelle-ohne-eine-einzige-Lücke-0123456789';

let service: RunningService;
let browser: Browser;
let window: Window;
const ids: string[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), launchBrowser()]);
  for (const name of [MARKUP, ARABIC, LONG]) {
    const { key } = await service.client.keys.create({ name, owner: name.replaceAll(/\s/g, '-').slice(0, 60), metadata: { note: MARKUP } });
    ids.push(key.id);
  }
  await service.client.keys.disable(ids[0] ?? '', { reason: `</script>${MARKUP}` });
  window = await openWindow(browser, service.url, { width: 360, height: 740 });
  await signIn(window.page, service);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

describe('names that somebody chose to do harm', () => {
  it('are shown as they are written, and run nothing, on every page that shows them', async () => {
    const { page } = window;
    const addresses = [
      '/keys',
      '/owners',
      '/log',
      '/',
      ...ids.flatMap((id) => [`/keys/${id}`, `/keys/${id}/edit`, `/keys/${id}/rotation`]),
    ];
    for (const address of addresses) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.title(), address).not.toBe('1337');
      expect(await page.locator('img[src="x"]').count(), address).toBe(0);
    }
    await page.goto('/keys');
    await page.getByRole('link', { name: MARKUP }).waitFor();
  });

  it('do not turn round what stands beside them', async () => {
    const { page } = window;
    await page.goto('/keys');
    const name = page.getByRole('link', { name: 'مفتاح' }).locator('bdi');
    expect(await name.evaluate('(element) => getComputedStyle(element).unicodeBidi')).toBe('isolate');
    expect(await name.textContent()).toBe(ARABIC);
  });

  it('do not widen a narrow screen, however long they are', async () => {
    const { page } = window;
    for (const address of ['/keys', '/owners', '/log', `/keys/${ids[2]}`, `/keys/${ids[2]}/rotation`]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), address).toBeLessThanOrEqual(0);
    }
  });

  it('break neither the policy of the page nor anything else', () => {
    expect(window.complaints).toEqual([]);
  });
});
