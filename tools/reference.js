// @ts-check
/**
 * Writes the pages of docs/reference from the tables that the code reads: `node tools/build.js && node tools/reference.js`.
 *
 * A page is a function that returns Markdown as the formatter leaves it. To add one, add its function to `PAGES`; a test compares
 * every page with its file, and every file with a page.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as names from '../packages/latchkey/dist/contract/settings/setting.js';
import { SETTING_GROUPS } from '../packages/server/dist/config/settings.js';
import { apiPage } from './reference/api-page.js';
import { callsPage } from './reference/calls-page.js';
import { errorsPage } from './reference/errors-page.js';
import { eventsPage } from './reference/events-page.js';
import { settingsPage } from './reference/settings.js';

/** The folder of the pages. */
export const FOLDER = new URL('../docs/reference/', import.meta.url);

/** What makes each page, by the name of its file. @type {Readonly<Record<string, () => string>>} */
export const PAGES = {
  'api.txt': apiPage,
  'calls.md': callsPage,
  'errors.md': errorsPage,
  'events.md': eventsPage,
  'settings.md': () => settingsPage(SETTING_GROUPS, names),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, page] of Object.entries(PAGES)) {
    writeFileSync(new URL(name, FOLDER), page());
    console.log(fileURLToPath(new URL(name, FOLDER)));
  }
}
