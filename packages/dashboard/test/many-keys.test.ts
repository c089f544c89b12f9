import { createLatchkey } from 'latchkey';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../tools/services/sqlite.js';
import { connectBrowser, openWindow, type Window } from './harness/browser.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const MANY = 100_000;
const PAGE = 50;

let service: RunningService;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService({ prepare: fill }), connectBrowser()]);
  window = await openWindow(browser, service.url);
  await signIn(window.page, service);
  await window.page.getByRole('table', { name: 'Keys' }).waitFor();
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

/** One key that the engine made, and copies of it with names and times of their own. */
async function fill(database: string): Promise<void> {
  const latchkey = await createLatchkey({ database });
  await latchkey.keys.create({ name: 'Key 0', owner: 'everybody' });
  await latchkey.close();
  const connection = openSqlite(database.slice('file:'.length));
  /** Copies the one row of the table so often, `i` being the number of the copy. */
  const copy = (table: string, replace: Readonly<Record<string, string>>): void => {
    const names = connection
      .prepare('select name from pragma_table_info(?)')
      .all(table)
      .map((row) => String(Object.values(row)[0]));
    const values = names.map((name) => replace[name] ?? name);
    connection
      .prepare(
        `insert into ${table} (${names.join(', ')})
         with recursive copies (i) as (select 1 union all select i + 1 from copies where i < ?)
         select ${values.join(', ')} from (select * from ${table} limit 1), copies`,
      )
      .run(MANY - 1);
  };
  copy('keys', { id: "'key_copy' || i", name: "'Key ' || i", name_folded: "'key ' || i", created_at: 'created_at - i' });
  copy('secrets', { id: "'sec_copy' || i", key_id: "'key_copy' || i", digest: 'randomblob(32)' });
  connection.close();
}

async function namesOnPage(): Promise<readonly string[]> {
  return window.page.getByRole('table', { name: 'Keys' }).locator('tbody td[data-primary] a').allTextContents();
}

describe('a table of 100 000 keys', () => {
  it('shows one page at a time, and goes forth, back and to the first', async () => {
    const { page } = window;
    expect(await namesOnPage()).toEqual(Array.from({ length: PAGE }, (_, index) => `Key ${index}`));
    for (let turned = 1; turned <= 3; turned++) {
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByRole('link', { name: `Key ${turned * PAGE}`, exact: true }).waitFor();
    }
    expect(await namesOnPage()).toHaveLength(PAGE);
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByRole('link', { name: 'Key 100', exact: true }).waitFor();
    await page.getByRole('button', { name: 'First' }).click();
    await page.getByRole('link', { name: 'Key 0', exact: true }).waitFor();
    expect(page.url()).toBe(`${service.url}/keys`);
  });

  it('has each page at an address of its own, which survives a reload and the way back', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Key 50', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Key 50', exact: true }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Key 0', exact: true }).waitFor();
  });

  it('finds one key among them all by a part of its name', async () => {
    const { page } = window;
    await page.keyboard.press('/');
    await page.keyboard.type('key 99999');
    await page.waitForURL('**/keys?search=**');
    await page.getByRole('link', { name: 'Key 99999' }).waitFor();
    await expect.poll(namesOnPage).toEqual(['Key 99999']);
  });

  it('revokes those that were selected on several pages, once their number is typed', async () => {
    const { page } = window;
    await page.goto('/keys');
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Key 50', exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('checkbox', { name: 'Select Key 100', exact: true }).check();
    await page.getByRole('group', { name: 'Selected keys' }).getByText('101 keys selected').waitFor();
    await page.getByRole('button', { name: 'Revoke…' }).click();
    const dialog = page.getByRole('dialog');
    const revoke = dialog.getByRole('button', { name: 'Revoke 101 keys' });
    await dialog.getByRole('textbox', { name: 'Type 101 to confirm' }).fill('100');
    expect(await revoke.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Type 101 to confirm' }).fill('101');
    await revoke.click();
    await page.getByRole('dialog', { name: '101 keys revoked' }).getByText('The revocation holds everywhere').waitFor();
    expect((await service.client.keys.get('key_copy100')).status).toBe('revoked');
    expect((await service.client.keys.get('key_copy101')).status).toBe('active');
  });

  it('breaks neither the policy of the page nor anything else', () => {
    expect(window.complaints).toEqual([]);
  });
});
