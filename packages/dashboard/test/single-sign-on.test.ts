/** Signing in through a real OpenID Connect provider, which is another site to the browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../tools/services/free-port.js';
import { CLIENT, startProvider, type RunningProvider } from '../../../tools/services/oidc-provider.js';
import { connectBrowser, openWindow } from './harness/browser.js';
import { startService, type RunningService } from './harness/service.js';

const PEOPLE = {
  ada: { email: 'ada@example.com', email_verified: true },
  eve: { email: 'eve@elsewhere.example', email_verified: true },
};

let service: RunningService;
let provider: RunningProvider;
let browser: Browser;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  provider = await startProvider(PEOPLE, `${url}/v1/session/oidc/callback`);
  const variables = {
    PORT: String(port),
    LATCHKEY_PUBLIC_URL: url,
    LATCHKEY_OIDC_ISSUER: provider.issuer,
    LATCHKEY_OIDC_CLIENT_ID: CLIENT.id,
    LATCHKEY_OIDC_CLIENT_SECRET: CLIENT.secret,
    LATCHKEY_OIDC_LABEL: 'Sign in with Acme',
    LATCHKEY_OIDC_ALLOWED_EMAILS: 'ada@example.com',
    LATCHKEY_OIDC_OPERATOR_SCOPES: 'keys:read,settings:read',
  };
  [service, browser] = await Promise.all([startService({ variables }), connectBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
  await provider.close();
});

describe('signing in through an issuer', () => {
  it('leads on to the address that was asked for, under one’s own name and with what the configuration allows', async () => {
    const { page, context } = await openWindow(browser, url);
    provider.signsIn('ada');
    await page.goto('/keys?status=active');
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    await page.getByText('ada@example.com').waitFor();
    expect(new URL(page.url()).search).toBe('?status=active');
    expect(await page.getByRole('link', { name: 'Create a key' }).count()).toBe(0);
    await page.reload();
    await page.getByText('ada@example.com').waitFor();
    await context.close();
  });

  it.each([
    ['who is not among those allowed', 'eve', 'Your account is not among those that may sign in here'],
    ['who says no at the issuer', null, 'The identity provider did not let you in'],
  ])('tells somebody %s why they are not signed in', async (_who, subject, reason) => {
    const { page, context } = await openWindow(browser, url);
    if (subject === null) provider.refuses();
    else provider.signsIn(subject);
    await page.goto('/');
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.getByRole('alert').getByText(reason).waitFor();
    expect((await context.cookies(url)).map(({ name }) => name)).toEqual([]);
    await context.close();
  });

  it('tells of an issuer that is out of reach, and of a way back that took too long', async () => {
    const { page, context } = await openWindow(browser, url);
    await page.goto('/v1/session/oidc/callback?code=a&state=b');
    await page.getByRole('alert').getByText('Signing in took too long').waitFor();
    await page.goto('/sign-in?error=oidc_unavailable');
    await page.getByRole('alert').getByText('The identity provider cannot be reached').waitFor();
    await context.close();
  });
});
