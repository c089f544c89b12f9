/** What an operator does again and again, as they would do it. */
import type { Page } from 'playwright-core';
import type { RunningService } from './service.js';

export async function signIn(page: Page, service: RunningService, address = '/keys'): Promise<void> {
  await page.goto(address);
  await enterAdminKey(page, service.adminKey);
  // On a narrow screen the menu is there, and not in sight.
  await page.locator('#places').waitFor({ state: 'attached' });
}

export async function enterAdminKey(page: Page, adminKey: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Admin key' }).fill(adminKey);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Reads the token out of its dialog, says that it is stored, and closes the dialog: from then on it is to be found nowhere. */
export async function takeToken(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  const token = (await dialog.getByRole('group', { name: 'Token', exact: true }).textContent()) ?? '';
  await dialog.getByRole('checkbox', { name: 'I have stored it' }).check();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const remains = String(
    await page.evaluate(
      'document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, location.href])',
    ),
  );
  if (token === '' || remains.includes(token.slice(8))) throw new Error('The token is still there after its dialog was closed.');
  return token;
}

/** Writes one entry into a field of many, and leaves the field. */
export async function addEntry(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).fill(text);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
}
