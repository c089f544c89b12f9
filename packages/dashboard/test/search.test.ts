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

  it('follows its address: a link to all of them empties it', async () => {
    const { page } = dashboard;
    await page.goto('/keys?search=nobody');
    await page.getByRole('link', { name: 'Show all keys' }).click();
    await page.getByRole('link', { name: 'Mobile app' }).first().waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('');
  });
});
