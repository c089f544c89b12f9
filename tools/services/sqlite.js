// @ts-check
/** Opens SQLite files beside Latchkey: for tests that look into a file, or damage it. */
import { existsSync, writeFileSync } from 'node:fs';
import { openConnection, loadDriver } from '../../packages/latchkey/src/stores/sqlite/driver.js';

export const driver = await loadDriver();

/**
 * Creates the file if there is none, unless it is opened to be read.
 *
 * @param {string} file
 * @param {{ readonly readOnly?: boolean }} [options]
 */
export function openSqlite(file, options = {}) {
  if (options.readOnly !== true && file !== ':memory:' && !existsSync(file)) writeFileSync(file, '');
  return openConnection(driver, file, options);
}

/**
 * Writes a consistent copy of a database that may be in use.
 *
 * @param {string} from
 * @param {string} to
 */
export function copySqlite(from, to) {
  const source = openSqlite(from, { readOnly: true });
  source.prepare('vacuum into ?').run(to);
  source.close();
}
