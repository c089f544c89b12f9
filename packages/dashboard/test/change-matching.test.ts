/** Changes of all keys that the filters of the list admit. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

const ids = new Map<string, string>();

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    const create = async (name: string, input: object = {}): Promise<void> => {
      const { key } = await client.keys.create({ name, owner: 'ada', ...input });
      ids.set(name, key.id);
    };
    for (const name of ['old 1', 'old 2']) await create(name, { tags: ['old'], expiresIn: '10d' });
    for (const name of ['web 1', 'web 2']) await create(name, { tags: ['web'] });
    await create('later', { tags: ['later'], notBefore: '2099-01-01T00:00:00Z' });
    await create('other');
  },
});

async function choose(address: string, item: string): Promise<Locator> {
  const { page } = dashboard;
  await page.goto(address);
  await page.getByRole('button', { name: 'Change all that match…' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  return page.getByRole('dialog');
}

async function close(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'hidden' });
}

async function read(name: string) {
  return dashboard.service.client.keys.get(ids.get(name) ?? '');
}

describe('change of all keys that match', () => {
  it('is not offered without a filter, nor beside a search, which it does not take', async () => {
    const { page } = dashboard;
    const button = page.getByRole('button', { name: 'Change all that match…' });
    await page.getByRole('table', { name: 'Keys' }).waitFor();
    expect(await button.count()).toBe(0);
    await page.goto('/keys?tags=web&search=web');
    await page.getByText('To change all keys that match, clear the search').waitFor();
    expect(await button.count()).toBe(0);
    await page.goto('/keys?tags=web');
    await button.waitFor();
  });

  it('sets the expiry of the keys that were counted, and of no other', async () => {
    const dialog = await choose('/keys?tags=old', 'Set their expiry…');
    await dialog.getByText('2 keys would change').waitFor();
    await dialog.getByRole('radio', { name: 'Never' }).check();
    await dialog.getByRole('button', { name: 'Set the expiry of all 2 keys' }).click();
    await dashboard.page.getByRole('dialog', { name: 'Expiry of 2 keys set' }).getByText('The change holds everywhere').waitFor();
    expect([(await read('old 1')).expiresAt, (await read('old 2')).expiresAt]).toEqual([null, null]);
    await close(dialog);
  });

  it('disables the keys that were counted', async () => {
    const dialog = await choose('/keys?tags=web', 'Disable all…');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Maintenance');
    await dialog.getByRole('button', { name: 'Disable all 2 keys' }).click();
    await dashboard.page.getByRole('dialog', { name: '2 keys disabled' }).waitFor();
    expect([(await read('web 1')).status, (await read('web 2')).status, (await read('other')).status]).toEqual([
      'disabled',
      'disabled',
      'active',
    ]);
    await close(dialog);
  });

  it('asks for the number before it revokes, and again for a number that changed meanwhile', async () => {
    const { page, service } = dashboard;
    const dialog = await choose('/keys?tags=old', 'Revoke all…');
    const confirm = dialog.getByRole('textbox', { name: 'Type 2 to confirm' });
    await confirm.fill('1');
    expect(await dialog.getByRole('button', { name: 'Revoke all 2 keys' }).isDisabled()).toBe(true);
    await service.client.keys.create({ name: 'old 3', owner: 'ada', tags: ['old'] });
    await confirm.fill('2');
    await dialog.getByRole('button', { name: 'Revoke all 2 keys' }).click();
    await dialog.getByText('Number of keys changed').waitFor();
    await dialog.getByText('3 keys would change').waitFor();
    expect((await read('old 1')).status).toBe('active');
    const again = dialog.getByRole('textbox', { name: 'Type 3 to confirm' });
    expect(await again.inputValue()).toBe('');
    await again.fill('3');
    await dialog.getByRole('button', { name: 'Revoke all 3 keys' }).click();
    await page.getByRole('dialog', { name: '3 keys revoked' }).getByText('The revocation holds everywhere').waitFor();
    expect([(await read('old 1')).status, (await read('old 2')).status, (await read('other')).status]).toEqual([
      'revoked',
      'revoked',
      'active',
    ]);
    await close(dialog);
  });

  it('cannot be confirmed if no key would change', async () => {
    const dialog = await choose('/keys?tags=old', 'Revoke all…');
    await dialog.getByText('No key would change').waitFor();
    expect(await dialog.getByRole('button', { name: 'Revoke all 0 keys' }).isDisabled()).toBe(true);
    await close(dialog);
  });

  it('lists the key that the service refuses, with the way to it, and changes none', async () => {
    const dialog = await choose('/keys?tags=later', 'Set their expiry…');
    await dialog.getByRole('button', { name: 'Set the expiry of the 1 key' }).click();
    const refused = dialog.getByRole('list', { name: 'Refused keys' });
    await refused.waitFor();
    expect(await refused.getByRole('link').getAttribute('href')).toBe(`/keys/${ids.get('later')}`);
    expect((await read('later')).expiresAt).toBeNull();
  });
});
