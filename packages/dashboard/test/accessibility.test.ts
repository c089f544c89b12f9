import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBrowser, openWindow, type Window } from './harness/browser.js';
import { DEMO_VARIABLES, prepareDemo } from './harness/demo-data.js';
import { DEMO_PAGES } from './harness/demo-pages.js';
import { signIn } from './harness/operator.js';
import { startService, type RunningService } from './harness/service.js';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let service: RunningService;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  [service, browser] = await Promise.all([startService({ prepare: prepareDemo, variables: DEMO_VARIABLES }), connectBrowser()]);
  window = await openWindow(browser, service.url);
});

afterAll(async () => {
  await browser.close();
  await service.remove();
});

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Transitions under way once the page has been drawn. The window asks for less motion, so there must be none. */
const TRANSITIONS = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  .then(() => document.getAnimations().length)`;

/** What axe finds, and how much wider than its window the page is: first in a wide light window, then on a narrow dark screen. */
async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [size, viewport, colorScheme] of [
    ['wide', { width: 1440, height: 900 }, 'light'],
    ['narrow', { width: 360, height: 740 }, 'dark'],
  ] as const) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' });
    expect(await page.evaluate(TRANSITIONS)).toBe(0);
    // Put into the page by the debugger: the page's own policy would not let it in.
    if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
    // Another test checks the page beneath a dialog.
    const { violations } = (await page.evaluate(
      'axe.run(document.querySelector("[role=dialog][aria-modal=true]") ?? document, { resultTypes: ["violations"] })',
    )) as {
      violations: readonly Violation[];
    };
    for (const { id, impact, nodes } of violations) {
      faults.push(`${name}, ${size}: ${impact} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    }
    const excess = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
    if (excess > 0) faults.push(`${name}, ${size}: ${excess} px too wide`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}

describe('in a wide window in light colours and on a narrow screen in dark ones', () => {
  it('sign-in: axe finds nothing, and the page is no wider than the window', async () => {
    const { page } = window;
    await page.goto('/sign-in');
    await page.getByRole('textbox', { name: 'Admin key' }).waitFor();
    expect(await faultsOf(page, 'sign-in')).toEqual([]);
    await signIn(page, service);
  });

  it.each(DEMO_PAGES)('$name: axe finds nothing, and the page is no wider than the window', async ({ name, open }) => {
    await open(window.page, service);
    expect(await faultsOf(window.page, name)).toEqual([]);
  });

  it('no page breaks its policy, writes an error or asks another origin', () => {
    expect(window.complaints).toEqual([]);
  });
});
