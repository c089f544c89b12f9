/** Debian's Chromium, and pages of it on which everything that must not happen is noted. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { askFor } from '../../../../tools/services/ask-for.js';
import { browserOptions } from '../../../../tools/services/browser.js';

/** Returns the browser that all test files of a run share; each has windows of its own in it. Closing it closes these. */
export async function connectBrowser(): Promise<Browser> {
  return chromium.connect(await askFor('browser'));
}

/** Starts a browser of its own, for a test that needs other flags. */
export async function launchBrowser(flags: readonly string[]): Promise<Browser> {
  return chromium.launch(browserOptions(flags));
}

export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, breaches of the page's policy and requests to elsewhere, as they come. */
  readonly complaints: string[];
  /** Everything that the page wrote to the console. */
  readonly console: string[];
  /** The addresses of everything that was asked for. */
  readonly requests: string[];
}

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
}

/** A window with cookies of its own. */
export async function openWindow(browser: Browser, url: string, options: WindowOptions = {}): Promise<Window> {
  const { width = 1440, height = 900, dark = false, locale = 'en-GB' } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(50_000);
  return { page, context, ...watch(page, url) };
}

/** How the element of a kind with exactly this text is drawn. Null where there is none. */
export async function styleOf(page: Page, [tag, text]: readonly [tag: string, text: string], property: string): Promise<unknown> {
  const element = `[...document.querySelectorAll(${JSON.stringify(tag)})].find((each) => each.textContent === ${JSON.stringify(text)})`;
  return page.evaluate(
    `(() => { const found = ${element}; return found ? getComputedStyle(found)[${JSON.stringify(property)}] : null; })()`,
  );
}

/** What fails on purpose in a test is the answer to a request; the browser notes it as an error of its own. */
const EXPECTED = /Failed to load resource/;

function watch(page: Page, url: string): Pick<Window, 'complaints' | 'console' | 'requests'> {
  const complaints: string[] = [];
  const written: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    written.push(message.text());
    if (message.type() === 'error' && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    requests.push(request.url());
    if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) complaints.push(`asked ${request.url()}`);
  });
  return { complaints, console: written, requests };
}
