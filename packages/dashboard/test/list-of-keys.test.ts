/** The list of keys: its tags, and its order. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { listKeys } from '../src/contract/calls/keys.js';
import { openDashboard } from './harness/dashboard.js';

const KEYS = [
  ['Bravo', ['web']],
  ['alpha', ['web', 'eu', 'team:payments', 'pci']],
  ['Charlie', []],
] as const;

const dashboard = openDashboard({
  prepare: async ({ client }) => {
    for (const [name, tags] of KEYS) await client.keys.create({ name, owner: 'ada', tags });
    await client.tiers.put('free', { limits: [] });
  },
});

function table(): Locator {
  return dashboard.page.getByRole('table', { name: 'Keys' });
}

function header(name: string): Locator {
  return table().getByRole('columnheader', { name });
}

async function names(): Promise<readonly string[]> {
  return table().locator('td[data-primary] a[title]:not([class*="tag"])').allTextContents();
}

describe('tags in the list of keys', () => {
  it('are shown beside the key, three of them, and the others by their number', async () => {
    const { page } = dashboard;
    const row = page.getByRole('row').filter({ hasText: 'alpha' });
    await expect.poll(async () => row.locator('[class*="tags"]').textContent()).toBe('eupciteam:payments+1');
    expect(await row.getByTitle('web', { exact: true }).textContent()).toBe('+1');
  });

  it('a click on a tag filters by it, and one on another tag by both', async () => {
    const { page } = dashboard;
    await page.getByRole('row').filter({ hasText: 'Bravo' }).getByRole('link', { name: 'web' }).click();
    await expect.poll(names).toEqual(['alpha', 'Bravo']);
    expect(new URL(page.url()).search).toBe('?tags=web');
    await page.getByRole('link', { name: 'team:payments' }).click();
    await expect.poll(names).toEqual(['alpha']);
    expect(await page.getByRole('textbox', { name: 'Tags' }).inputValue()).toBe('web,team:payments');
    expect(await page.getByRole('link', { name: 'team:payments' }).getAttribute('aria-current')).toBe('page');
    expect(await page.getByRole('link', { name: 'eu', exact: true }).getAttribute('aria-current')).toBeNull();
    await page.goBack();
    await expect.poll(names).toEqual(['alpha', 'Bravo']);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(names).toEqual(['Charlie', 'alpha', 'Bravo']);
  });
});

describe('headers of the list of keys', () => {
  it('sort by each order of the contract, and by no other', async () => {
    expect(await table().locator('th[aria-sort]').count()).toBe(listKeys.sort.choices.length);
    expect(await header('Created').getAttribute('aria-sort')).toBe('descending');
    expect(await header('Key').getAttribute('aria-sort')).toBe('none');
  });

  it('a click sorts, and another one the other way; the address holds both', async () => {
    const { page } = dashboard;
    await header('Key').getByRole('button').click();
    await expect.poll(names).toEqual(['alpha', 'Bravo', 'Charlie']);
    expect(await header('Key').getAttribute('aria-sort')).toBe('ascending');
    expect(await header('Created').getAttribute('aria-sort')).toBe('none');
    await header('Key').getByRole('button').click();
    await expect.poll(names).toEqual(['Charlie', 'Bravo', 'alpha']);
    expect(new URL(page.url()).search).toBe('?sort=name&order=desc');
    await page.reload();
    await expect.poll(names).toEqual(['Charlie', 'Bravo', 'alpha']);
    expect(await header('Key').getAttribute('aria-sort')).toBe('descending');
  });

  it('are buttons to the keyboard', async () => {
    const { page } = dashboard;
    await header('Created').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(names).toEqual(['Charlie', 'alpha', 'Bravo']);
    await page.keyboard.press('Space');
    await expect.poll(names).toEqual(['Bravo', 'alpha', 'Charlie']);
    expect(await header('Created').getAttribute('aria-sort')).toBe('ascending');
  });

  it('keep the filters, and the filters keep the order', async () => {
    const { page } = dashboard;
    await page.goto('/keys?tags=web');
    await header('Key').getByRole('button').click();
    await expect.poll(async () => new URL(page.url()).search).toBe('?tags=web&sort=name&order=asc');
    await expect.poll(names).toEqual(['alpha', 'Bravo']);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(names).toEqual(['alpha', 'Bravo', 'Charlie']);
  });

  it('an order that the service refuses beside a filter gives way to the filter, and the page says so', async () => {
    const { page } = dashboard;
    await page.goto('/keys?sort=name&order=desc');
    await expect.poll(names).toEqual(['Charlie', 'Bravo', 'alpha']);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('active');
    await page.getByText('The list cannot be sorted like this beside these filters.').waitFor();
    await expect.poll(async () => new URL(page.url()).search).toBe('?status=active');
    await expect.poll(names).toEqual(['Charlie', 'alpha', 'Bravo']);
  });

  it('an address that names an order without a direction sorts as a click on the header does', async () => {
    await dashboard.page.goto('/keys?sort=name');
    await expect.poll(names).toEqual(['alpha', 'Bravo', 'Charlie']);
  });

  it('stay in sight on a narrow screen', async () => {
    const { page } = dashboard;
    await page.goto('/keys');
    await page.setViewportSize({ width: 390, height: 844 });
    await header('Key').getByRole('button').click();
    await expect.poll(names).toEqual(['alpha', 'Bravo', 'Charlie']);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

describe('filters of an address that do not exist', () => {
  it.each([
    ['/keys?status=activ', 'a filter that does not exist: status=activ'],
    ['/keys?sort=nam', 'a filter that does not exist: sort=nam'],
    ['/keys?sort=name&order=up', 'a filter that does not exist: order=up'],
    [`/keys?tag=${'x'.repeat(60)}`, 'a filter that does not exist: tag'],
    ['/log?ownr=o1&from=zzz', 'filters that do not exist: ownr=o1, from=zzz'],
    ['/owners?serch=ada', 'a filter that does not exist: serch=ada'],
  ])('%s names them above the list, and keeps them in the address', async (address, text) => {
    const { page } = dashboard;
    await page.goto(address);
    await page.getByRole('status').getByText(`The address has ${text}`, { exact: true }).waitFor();
    await page.getByRole('table').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(page.url()).toContain(address);
  });

  it('a chosen filter takes the notice away', async () => {
    const { page } = dashboard;
    await page.goto('/keys?status=activ');
    await page.getByText('status=activ').waitFor();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('active');
    await page.getByText('status=activ').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?status=active');
  });
});

describe('forms', () => {
  it('an input has the bound of the contract, and shows what the service says about its field', async () => {
    const { page } = dashboard;
    await page.goto('/keys/new');
    const name = page.getByRole('textbox', { name: 'Name' });
    expect(await name.getAttribute('maxlength')).toBe('100');
    expect(await page.getByRole('textbox', { name: 'Owner' }).getAttribute('maxlength')).toBe('128');
    await page.getByRole('textbox', { name: 'Owner' }).fill('ada');
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('alert').waitFor();
    await expect.poll(async () => name.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('textbox', { name: 'Owner' }).getAttribute('aria-invalid')).not.toBe('true');
    await name.fill('Budget');
    await page.getByRole('switch', { name: 'A budget of credits' }).click();
    await page.getByRole('button', { name: 'Create the key' }).click();
    await expect.poll(async () => page.getByRole('textbox', { name: 'Credits left' }).getAttribute('aria-invalid')).toBe('true');
    expect(await name.getAttribute('aria-invalid')).not.toBe('true');
  });
});
