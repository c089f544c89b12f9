import { describe, expect, it } from 'vitest';
import { openDashboard } from './harness/dashboard.js';
import { signIn } from './harness/operator.js';

const dashboard = openDashboard({
  prepare: async ({ client }) => client.keys.create({ name: 'Logged', owner: 'ada' }),
  enter: async (page, service) => signIn(page, service, '/log'),
});

describe('a check of the chain that takes long', () => {
  it('says that it goes on and for how long, ends where it is cancelled, and answers when it is waited for', async () => {
    const { page } = dashboard;
    const held: (() => Promise<void>)[] = [];
    await page.route('**/v1/events/verify?*', (route) => void held.push(async () => route.continue()));
    const check = page.getByRole('button', { name: 'Check the chain' });

    await check.click();
    const progress = page.getByRole('group', { name: 'Check of the chain' });
    await progress.getByText('Checking 1 entry').waitFor();
    await progress.getByText(/^for [1-9]\d*s$/).waitFor();
    const given = page.waitForEvent('requestfailed', (request) => request.url().includes('/v1/events/verify?'));
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await given;
    await progress.waitFor({ state: 'hidden' });
    expect(await page.getByRole('alert').count()).toBe(0);

    await check.click();
    await progress.waitFor();
    await expect.poll(() => held.length).toBe(2);
    await held[1]?.();
    await page.getByText('Intact: 1 entry, every link checked').waitFor();
    await progress.waitFor({ state: 'hidden' });
  });
});

describe('every kind of entry', () => {
  it('is said in words, and can be asked for', async () => {
    const { page, service } = dashboard;
    await service.client.portal.createLink({ ownerId: 'ada' });
    await page.goto('/log');
    const rows = page.getByRole('table').getByRole('row');
    await rows.filter({ hasText: 'Portal link made' }).waitFor();
    const filter = page.getByRole('combobox', { name: 'Action' });
    for (const words of await filter.getByRole('option').allTextContents()) expect(words).toMatch(/^[A-Z][a-z ]+$/);
    await filter.selectOption({ label: 'Portal link made' });
    await rows.filter({ hasText: 'Key created' }).waitFor({ state: 'detached' });
    expect(await rows.filter({ hasText: 'Portal link made' }).count()).toBe(1);
  });
});

describe('the table of the audit log', () => {
  it('a long reason without a space stays within its column', async () => {
    const { page, service } = dashboard;
    const reason = 'x'.repeat(500);
    await service.client.owners.suspend('ada', { reason });
    await page.goto('/log');
    const cell = page.getByRole('cell').filter({ hasText: reason });
    await cell.waitFor();
    const [outer, inner] = [await cell.boundingBox(), await cell.getByText(reason).boundingBox()];
    expect((inner?.x ?? 0) + (inner?.width ?? Infinity)).toBeLessThanOrEqual((outer?.x ?? 0) + (outer?.width ?? 0));
  });
});
