import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

const NAMES = [
  ['Mobile app', 'app'],
  ['Mobile site', 'site'],
] as const;

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    for (const [name, owner] of NAMES) {
      await client.keys.create({ name, owner });
      await client.owners.update(owner, { name });
    }
  },
});

describe('a search', () => {
  it.each(['/keys', '/owners'])('on %s keeps what is being typed, a blank at its end among it', async (address) => {
    const { page } = dashboard;
    await page.goto(address);
    await page.getByRole('link', { name: 'Mobile site' }).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('Mobile ');
    await page.waitForURL('**?search=Mobile');
    await page.keyboard.type('app');
    await page.waitForURL(/\?search=Mobile(?:%20|\+)app$/);
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('Mobile app');
    await page.getByRole('link', { name: 'Mobile site' }).first().waitFor({ state: 'detached' });
  });

  it('finds the key of a pasted token, and the token is in no address', async () => {
    const { page } = dashboard;
    const { key, token } = await dashboard.service.client.keys.create({ name: 'Pasted', owner: 'app' });
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    page.on('request', (request) => addresses.push(request.url()));
    await page.goto('/keys');
    await page.getByRole('searchbox', { name: 'Search' }).fill(token.reveal());
    await page.waitForURL(`**?search=${key.id}`);
    await page.getByRole('link', { name: 'Mobile app' }).first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Pasted' }).first().waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe(key.id);
    await page.goto('/owners');
    await page.getByRole('searchbox', { name: 'Search' }).fill(token.reveal());
    await page.waitForURL('**/owners?search=*');
    for (const address of addresses) expect(address).not.toContain(token.reveal());
  });

  it('follows its address: a link to all of them empties it', async () => {
    const { page } = dashboard;
    await page.goto('/keys?search=nobody');
    await page.getByRole('link', { name: 'Show all keys' }).click();
    await page.getByRole('link', { name: 'Mobile app' }).first().waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('');
  });
});
