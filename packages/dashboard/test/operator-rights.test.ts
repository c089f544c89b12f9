import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

let token = '';

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    const scopes = ['keys:read', 'tiers:read'];
    token = (await client.keys.create({ name: 'Reader', owner: 'reader', environment: 'operator', scopes })).token.reveal();
  },
  enter: async (page) => {
    await page.goto('/keys');
    await page.getByRole('radio', { name: 'Operator token' }).check();
    await page.getByRole('textbox', { name: 'Operator token' }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('table', { name: 'Keys' }).waitFor();
  },
});

describe('an operator who may only read', () => {
  it('is offered no form and no button that would be refused, by whatever address they come', async () => {
    const { page } = dashboard;
    const { key } = await dashboard.service.client.keys.create({ name: 'Rotated', owner: 'ada' });
    await dashboard.service.client.keys.rotate(key.id, { grace: '1d' });
    for (const [address, scope] of [
      ['/keys/new', 'keys:write'],
      [`/keys/${key.id}/edit`, 'keys:write'],
      ['/tiers/new', 'tiers:write'],
    ] as const) {
      await page.goto(address);
      await page.getByText(`Missing: ${scope}.`).waitFor();
      expect(await page.locator('form').count(), address).toBe(0);
    }
    await page.goto(`/keys/${key.id}/rotation`);
    await page.getByRole('timer').waitFor();
    expect(await page.getByRole('button', { name: 'End it now…' }).count()).toBe(0);
  });
});

describe('a key with more secrets than are shown', () => {
  it('says so', async () => {
    const { page } = dashboard;
    const { key } = await dashboard.service.client.keys.create({ name: 'Rotated often', owner: 'ada' });
    const note = page.getByRole('region', { name: 'Secrets' }).getByText('Only the latest 10 are shown');
    await page.goto(`/keys/${key.id}`);
    await page.getByRole('region', { name: 'Secrets' }).waitFor();
    expect(await note.count()).toBe(0);
    for (let turn = 0; turn < 11; turn++) await dashboard.service.client.keys.rotate(key.id);
    await page.reload();
    await note.waitFor();
  });
});
