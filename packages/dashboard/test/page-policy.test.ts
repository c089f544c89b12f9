import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow } from './harness/browser.js';
import { enterAdminKey } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const KB = 1_000;

let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService(), connectBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

describe('the policy of the pages', () => {
  it.each(['/', '/keys/key_1', '/portal'])('allows at %s what comes from the service itself, and nothing inline', async (path) => {
    const response = await fetch(service.url + path, { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).not.toMatch(/unsafe|nonce|sha256|\*/);
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  });

  it('keeps other sites from framing the dashboard', async () => {
    const { headers } = await fetch(service.url, { headers: { accept: 'text/html' } });
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('page at /docs', () => {
  it('shows every group of calls, under its policy and without asking another origin', async () => {
    const { page, context, complaints } = await openWindow(browser, service.url);
    await page.goto('/docs');
    await page.getByRole('heading', { name: 'Latchkey' }).waitFor();
    await page.getByText('/v1/keys/verify', { exact: true }).waitFor();
    // An operation that is opened shows its parameters and answers.
    await page.getByText('/v1/keys/verify', { exact: true }).click();
    await page.getByText('Responses').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the first load', () => {
  it.each([
    ['of the page to sign in', '/sign-in', 'Sign in to the dashboard'],
    ['of the keys', '/keys', 'Keys'],
  ])('%s is at most 300 kB, fonts included', async (_, path, heading) => {
    const { page, context, complaints } = await openWindow(browser, service.url);
    if (path !== '/sign-in') {
      await page.goto('/sign-in');
      await enterAdminKey(page, service.adminKey);
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    }
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.clearBrowserCache');
    // Of the page before, and of what a page asks again after a while, nothing belongs to the first load.
    const asked = new Map<string, string>();
    const sizes = new Map<string, number>();
    session.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
      if (type === 'Document') asked.clear();
      if (!asked.has(request.url)) asked.set(request.url, requestId);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await page.waitForLoadState('networkidle');
    const bytes = [...asked.values()].reduce((sum, requestId) => sum + (sizes.get(requestId) ?? 0), 0);
    expect(bytes).toBeGreaterThan(50 * KB);
    expect(bytes).toBeLessThanOrEqual(300 * KB);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is what was measured: nothing of it comes from elsewhere, and the charts come later', async () => {
    const { page, context, requests } = await openWindow(browser, service.url);
    await page.goto('/sign-in');
    await page.getByRole('heading', { name: 'Sign in to the dashboard' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(requests.filter((address) => !address.startsWith(service.url))).toEqual([]);
    expect(requests.some((address) => address.includes('outcome-plot'))).toBe(false);
    await context.close();
  });
});
