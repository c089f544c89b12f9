/** Takes a picture of every page and dialog in both widths and themes: `npm run screenshots`. Not among the tests: it asserts nothing. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from 'vitest';
import { connectBrowser, openWindow } from './harness/browser.js';
import { DEMO_VARIABLES, prepareDemo } from './harness/demo-data.js';
import { DEMO_PAGES } from './harness/demo-pages.js';
import { signIn } from './harness/operator.js';
import { startService } from './harness/service.js';

const VIEWPORTS = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } } as const;
const THEMES = ['light', 'dark'] as const;

/** The folder that they go to, by default a new one; and which of them, by default all. */
const FOLDER = process.env['LATCHKEY_SCREENSHOTS'];
const ONLY = process.env['LATCHKEY_SCREENSHOTS_ONLY']?.split(',');

it('takes the pictures', { timeout: 600_000 }, async () => {
  const folder = FOLDER === undefined ? mkdtempSync(join(tmpdir(), 'latchkey-screenshots-')) : resolve(FOLDER);
  mkdirSync(folder, { recursive: true });
  const [service, browser] = await Promise.all([startService({ prepare: prepareDemo, variables: DEMO_VARIABLES }), connectBrowser()]);
  const { page } = await openWindow(browser, service.url, VIEWPORTS.wide);
  await signIn(page, service);
  for (const { name, open } of DEMO_PAGES) {
    if (ONLY !== undefined && !ONLY.some((file) => file.startsWith(`${name}-`))) continue;
    await page.setViewportSize(VIEWPORTS.wide);
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, service);
    for (const [size, viewport] of Object.entries(VIEWPORTS)) {
      for (const theme of THEMES) {
        const file = `${name}-${size}-${theme}.png`;
        if (ONLY !== undefined && !ONLY.includes(file)) continue;
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme: theme });
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(folder, file), animations: 'disabled', caret: 'hide', fullPage: FOLDER === undefined });
      }
    }
  }
  await browser.close();
  await service.remove();
  process.stdout.write(`The pictures are in ${folder}\n`);
});
