/** Every page and every dialog of the dashboard over the demo data: its name, and how one opens it. */
import type { Page } from 'playwright-core';
import type { RunningService } from './service.js';

export interface DemoPage {
  readonly name: string;
  readonly open: (page: Page, service: RunningService) => Promise<void>;
}

type AddressOf = (service: RunningService) => Promise<string>;

const checkout = addressOf('Checkout');
const fraud = addressOf('Fraud scoring');

export const DEMO_PAGES: readonly DemoPage[] = [
  at('overview', '/'),
  at('keys', '/keys'),
  at('keys-none', '/keys?search=nothing+like+this'),
  at('keys-revoke', '/keys', async (page) => {
    await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await page.getByRole('dialog').waitFor();
  }),
  at('keys-revoke-matching', '/keys?tags=team:payments&sort=name&order=asc', async (page) => {
    await changeMatching(page, 'Revoke all…');
    await page.getByRole('textbox', { name: 'Type 3 to confirm' }).waitFor();
  }),
  at('keys-extend-matching', '/keys?environment=live&status=active', async (page) => {
    await changeMatching(page, 'Set their expiry…');
    await page.getByText(/keys would change/).waitFor();
  }),
  at('key', checkout),
  at('key-explained', fraud, async (page) => {
    await page.getByRole('textbox', { name: 'IP address' }).fill('192.0.2.44');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText(/It would be refused/).waitFor();
  }),
  at('key-rotate', checkout, async (page) => {
    await page.getByRole('button', { name: 'Rotate' }).click();
    await page.getByRole('dialog').waitFor();
  }),
  at('key-revoke', checkout, async (page) => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Revoke…' }).click();
    await page.getByRole('dialog').getByText('in the last 24 hours').first().waitFor();
  }),
  at('key-revoked', addressOf('Webhook relay')),
  at('rotation', async (service) => `${await checkout(service)}/rotation`),
  at('key-create', '/keys/new'),
  at('key-refused', '/keys/new', async (page) => {
    await page.getByRole('textbox', { name: 'Owner' }).fill('nobody');
    await page.getByRole('button', { name: 'Add a limit' }).click();
    await page.getByRole('switch', { name: 'A budget of credits' }).click();
    await page.getByRole('button', { name: 'Create the key' }).click();
    await page.getByRole('alert').waitFor();
  }),
  at('key-edit', async (service) => `${await fraud(service)}/edit`),
  at('owners', '/owners'),
  at('owner', '/owners/nordwind'),
  at('owner-suspended', '/owners/osaka-freight'),
  at('owner-edit', '/owners/nordwind', async (page) => {
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').waitFor();
  }),
  at('owner-portal-link', '/owners/nordwind', async (page) => {
    await page.getByRole('button', { name: 'Portal link' }).click();
    await page.getByRole('dialog').waitFor();
  }),
  at('tiers', '/tiers'),
  at('tier', '/tiers/basic', async (page) => {
    await page.getByRole('textbox', { name: 'Units' }).fill('1');
    await page.getByRole('status', { name: 'What saving would do' }).waitFor();
  }),
  at('tier-create', '/tiers/new'),
  at('log', '/log', async (page) => {
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText(/every link checked/).waitFor();
  }),
  at('log-entry', '/log', async (page) => {
    await page
      .getByRole('button', { name: /^Details of entry/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  }),
  at('settings', '/settings'),
  at('missing', '/no/such/page'),
  at('portal-closed', '/portal'),
  {
    name: 'portal',
    open: async (page, service) => {
      await openPortal(page, service, 'storefront');
    },
  },
  {
    name: 'portal-of-another',
    open: async (page, service) => {
      await openPortal(page, service, 'storefront');
      await openPortal(page, service, 'nordwind');
      await page.getByRole('dialog', { name: 'Open the keys of another owner?' }).waitFor();
    },
  },
];

function at(name: string, address: string | AddressOf, act?: (page: Page) => Promise<void>): DemoPage {
  return {
    name,
    async open(page, service) {
      await page.goto(typeof address === 'string' ? address : await address(service));
      await settle(page);
      await act?.(page);
    },
  };
}

async function openPortal(page: Page, service: RunningService, ownerId: string): Promise<void> {
  const { url } = await service.client.portal.createLink({ ownerId, returnUrl: 'https://app.example.com/' });
  await page.goto('about:blank');
  await page.goto(service.url + new URL(url).pathname + new URL(url).hash);
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  await settle(page);
}

async function changeMatching(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Change all that match…' }).click();
  await page.getByRole('menuitem', { name: item }).click();
  await page.getByRole('dialog').waitFor();
}

/** Finds the page of the key of this name. */
function addressOf(name: string): AddressOf {
  return async ({ client }) => {
    const { data } = await client.keys.list({ limit: 100 });
    return `/keys/${data.find((key) => key.name === name)?.id ?? ''}`;
  };
}

/** Until what was asked for is there: no placeholder is left, and the charts are drawn. */
async function settle(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await page.locator('[class*="Skeleton-root"]').first().waitFor({ state: 'detached' });
}
