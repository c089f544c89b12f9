import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    for (let index = 0; index < 51; index++) await client.keys.create({ name: `Key ${index}`, owner: 'team' });
  },
});

describe('the second page of a list', () => {
  it('leads to the first one where its address is given another filter', async () => {
    const { page } = dashboard;
    for (const [address, next] of [
      ['/keys', 'owner=team'],
      ['/log', 'action=key.created'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('button', { name: 'Next' }).click();
      await page.waitForURL('**cursor=**');
      await page.goto(`${page.url()}&${next}`);
      await page.waitForURL(`**${address}?${next}`);
      await page.getByRole('button', { name: 'Next' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    }
  });

  it('on which nothing is left any more leads back to the first one', async () => {
    const { page } = dashboard;
    await page.goto('/keys?status=active');
    await page.getByRole('button', { name: 'Next' }).click();
    const last = page.getByRole('link', { name: 'Key 0', exact: true });
    await last.waitFor();
    const { data } = await dashboard.service.client.keys.list({ search: 'Key 0' });
    await dashboard.service.client.keys.revoke(data.find(({ name }) => name === 'Key 0')?.id ?? '');
    await page.getByText('Nothing is left on this page').waitFor();
    await page.getByRole('button', { name: 'To the first page' }).click();
    await page.getByRole('link', { name: 'Key 50', exact: true }).waitFor();
    expect(page.url()).toBe(`${dashboard.service.url}/keys?status=active`);
  });
});
