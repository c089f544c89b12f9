import { createLatchkey } from 'latchkey';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../tools/services/sqlite.js';
import { connectBrowser, openWindow, styleOf, type Window } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const MARKUP = '<img src=x onerror="document.title=1337">';
/** Letters that are written from right to left. */
const ARABIC = 'مفتاح الدفع 2026';
/** Marks that turn round what follows them; from "gpj" on one reads "jpg". */
const OVERRIDE = 'invoice\u202egpj.exe';
const LONG = 'Kraftfahrzeughaftpflichtversicherungsbestätigungsschnittstelle-ohne-eine-einzige-Lücke-0123456789';

let service: RunningService;
let browser: Browser;
let window: Window;
const ids: string[] = [];

beforeAll(async () => {
  [service, browser] = await Promise.all([startService({ prepare: makeKeys }), connectBrowser()]);
  await service.client.keys.disable(ids[0] ?? '', { reason: `</script>${MARKUP}` });
  window = await openWindow(browser, service.url, { width: 360, height: 740 });
  await signIn(window.page, service);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

/** The service takes no marks of direction in a name; a record from elsewhere may hold one all the same. */
async function makeKeys(database: string): Promise<void> {
  const latchkey = await createLatchkey({ database });
  for (const name of [MARKUP, ARABIC, LONG, 'to be overwritten']) {
    const { key } = await latchkey.keys.create({ name, owner: name.replaceAll(/\s/g, '-').slice(0, 60), metadata: { note: MARKUP } });
    ids.push(key.id);
  }
  await latchkey.close();
  const connection = openSqlite(database.slice('file:'.length));
  connection.prepare('update keys set name = ? where id = ?').run(OVERRIDE, ids[3]);
  connection.close();
}

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
      await page.locator('[class*="Skeleton-root"]').first().waitFor({ state: 'detached' });
      expect(await page.title(), address).not.toBe('1337');
      expect(await page.locator('img[src="x"]').count(), address).toBe(0);
    }
    await page.goto('/keys');
    await page.getByRole('link', { name: MARKUP }).waitFor();
  });

  it('do not turn round what stands beside them', async () => {
    const { page } = window;
    await page.goto('/keys');
    await page.getByRole('link', { name: ARABIC }).waitFor();
    for (const text of [ARABIC, OVERRIDE]) expect(await styleOf(page, ['table bdi', text], 'unicodeBidi')).toBe('isolate');
  });

  it('with marks of direction are refused where they are typed, and stay there to be put right', async () => {
    const { page } = window;
    await page.goto('/keys/new');
    await page.getByRole('textbox', { name: 'Name' }).fill(OVERRIDE);
    await page.getByRole('textbox', { name: 'Owner' }).fill('somebody');
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByText('no control, zero-width or text-direction characters').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe(OVERRIDE);
    expect(await page.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true');
  });

  it('do not widen a narrow screen, however long they are', async () => {
    const { page } = window;
    for (const address of ['/keys', '/owners', '/log', `/keys/${ids[2]}`, `/keys/${ids[2]}/rotation`]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.locator('[class*="Skeleton-root"]').first().waitFor({ state: 'detached' });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), address).toBeLessThanOrEqual(0);
    }
  });

  it('break neither the policy of the page nor anything else', () => {
    expect(window.complaints).toEqual([]);
  });
});
