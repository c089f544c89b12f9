import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    await client.keys.create({ name: 'Shared', owner: 'ada' });
    await client.owners.update('ada', { name: 'Ada' });
  },
});

/** Lets the page read nothing new at an address until it tries to change something there. */
async function hideNews(page: Page, path: string): Promise<void> {
  const at = (url: URL): boolean => url.pathname.startsWith(path);
  const read = await page.request.get(path);
  const body = await read.body();
  let isHidden = true;
  await page.unrouteAll();
  await page.route(at, async (route) => {
    if (route.request().method() !== 'GET') isHidden = false;
    await (isHidden && new URL(route.request().url()).pathname === path ? route.fulfill({ response: read, body }) : route.continue());
  });
}

async function idOfKey(): Promise<string> {
  return (await dashboard.service.client.keys.list()).data[0]?.id ?? '';
}

describe('a change to a version that is not the newest', () => {
  it('edit page of a key: saving overwrites nothing, keeps the typed text, and saves it when asked again', async () => {
    const { page, service } = dashboard;
    const id = await idOfKey();
    await hideNews(page, `/v1/keys/${id}`);
    await page.goto(`/keys/${id}/edit`);
    await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
    await service.client.keys.update(id, { name: 'Theirs', scopes: ['articles:read'] });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The key has changed').waitFor();
    expect(await service.client.keys.get(id)).toMatchObject({ name: 'Theirs' });
    await page.getByText('Name: now “Theirs”. Saving writes “Mine”.').waitFor();
    await page.getByText('Scopes: now “articles:read”. Saving keeps it.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Mine');
    await page.getByRole('button', { name: 'Save anyway' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mine' }).waitFor();
    expect(await service.client.keys.get(id)).toMatchObject({ name: 'Mine', scopes: ['articles:read'] });
  });

  it('edit page of a key: the new version is loaded when asked for, and saves as any other', async () => {
    const { page, service } = dashboard;
    const id = await idOfKey();
    await hideNews(page, `/v1/keys/${id}`);
    await page.goto(`/keys/${id}/edit`);
    await page.getByRole('textbox', { name: 'Name' }).fill('Mine again');
    await service.client.keys.update(id, { name: 'Theirs again' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Discard what I typed' }).click();
    await page.getByText('The key has changed').waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Theirs again');
    await page.getByRole('textbox', { name: 'Name' }).fill('Agreed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Agreed' }).waitFor();
    expect(await service.client.keys.get(id)).toMatchObject({ name: 'Agreed' });
  });

  it('dialog of an owner: saving overwrites nothing, keeps the typed text, and saves it when asked again', async () => {
    const { page, service } = dashboard;
    await hideNews(page, '/v1/owners/ada');
    await page.goto('/owners/ada');
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Mine');
    await service.client.owners.update('ada', { name: 'Theirs', maxKeys: 40 });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('The owner has changed').waitFor();
    expect(await service.client.owners.get('ada')).toMatchObject({ name: 'Theirs' });
    await dialog.getByText('Name: now “Theirs”. Saving writes “Mine”.').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Mine');
    await dialog.getByRole('button', { name: 'Save anyway' }).click();
    await dialog.getByText('holds everywhere').waitFor();
    expect(await service.client.owners.get('ada')).toMatchObject({ name: 'Mine', maxKeys: 40 });
  });

  it.each([
    ['key', 'Disable', 'disabled'],
    ['owner', 'Suspend', 'suspended'],
  ] as const)('%s: %s asks again, and keeps the reason', async (noun, verb, status) => {
    const { page, service } = dashboard;
    const id = noun === 'key' ? await idOfKey() : 'ada';
    const records = noun === 'key' ? service.client.keys : service.client.owners;
    await hideNews(page, `/v1/${noun}s/${id}`);
    await page.goto(`/${noun}s/${id}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: `${verb}…` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Unpaid');
    await records.update(id, { name: `Renamed ${noun}` });
    await dialog.getByRole('button', { name: verb }).click();
    await dialog.getByText(`The ${noun} has changed`).waitFor();
    expect((await records.get(id)).status).toBe('active');
    expect(await dialog.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('Unpaid');
    await dialog.getByRole('button', { name: `${verb} anyway` }).click();
    await dialog.getByText('holds everywhere').waitFor();
    expect((await records.get(id)).status).toBe(status);
    await (noun === 'key' ? service.client.keys.enable(id) : service.client.owners.resume(id));
  });

  it('revocation of a key: a change by somebody else does not stop it', async () => {
    const { page, service } = dashboard;
    const id = await idOfKey();
    await hideNews(page, `/v1/keys/${id}`);
    await page.goto(`/keys/${id}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Revoke…' }).click();
    await service.client.keys.update(id, { name: 'Renamed while it is revoked' });
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke permanently' }).click();
    await page.getByRole('dialog').getByText('The revocation holds everywhere').waitFor();
    expect((await service.client.keys.get(id)).status).toBe('revoked');
  });
});
