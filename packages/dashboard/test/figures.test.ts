import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';

let id: string;

const dashboard = openDashboard({
  locale: 'de-DE',
  prepare: async ({ client }) => {
    await client.tiers.put('free', { limits: [{ name: 'requests', limit: 100, window: '1h' }] });
    ({ id } = (await client.keys.create({ name: 'Only one', owner: 'ada', tier: 'free', expiresIn: '60d' })).key);
  },
});

describe('in a browser of another language', () => {
  it('what is said in words is English, and dates are written as that language writes them', async () => {
    const { page } = dashboard;
    await page.goto(`/keys/${id}`);
    const expiry = page.getByRole('region', { name: 'About this key' }).getByText('in 60 days');
    await expiry.waitFor();
    expect(await expiry.getAttribute('aria-label')).toMatch(/^in 60 days, \d{2}\.\d{2}\.\d{4}, /);
  });
});

describe('figures', () => {
  it('of a day have an hour beneath them at the same distance each time', async () => {
    const { page } = dashboard;
    await page.goto('/');
    const ticks = page.locator('.recharts-surface text').filter({ hasText: /^\d\d:\d\d$/ });
    await ticks.first().waitFor();
    const hours = (await ticks.allTextContents()).map((text) => Number(text.slice(0, 2)));
    const steps = new Set(hours.slice(1).map((hour, index) => (hour - (hours[index] ?? 0) + 24) % 24));
    expect(hours.length).toBeGreaterThan(3);
    expect(steps.size).toBe(1);
  });

  it('of what an edit of a tier would do say of how many keys they are', async () => {
    const { page } = dashboard;
    await page.route('**/v1/tiers/free/preview', async (route) => {
      const change = { name: 'requests', before: null, after: null };
      await route.fulfill({ json: { keys: 182_711, looked: 1_000, over: [], changes: [change] } });
    });
    await page.goto('/tiers/free');
    await page.getByRole('textbox', { name: 'Units' }).fill('50');
    await page.getByText('182.711 keys affected, 0 of the 1.000 used last would be over').waitFor();
  });

  it('of an owner are right in number', async () => {
    const { page } = dashboard;
    await page.goto('/owners/ada');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Suspend…' }).click();
    await page.getByRole('dialog').getByText('There is 1 of them.').waitFor();
  });
});
