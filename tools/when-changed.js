// @ts-check
/**
 * Work that is done only when its source files have changed. Their contents decide, not the times at which they were written:
 * a checkout writes all files anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs `work`, unless the stamp says that it ran for the same sources.
 *
 * @param {{ readonly stamp: string, readonly sources: readonly string[], readonly without?: RegExp }} files The file to note the
 *   sources in, and files and folders from the root of the repository, without those whose path matches.
 * @param {() => Promise<void>} work
 */
export async function whenChanged({ stamp, sources, without = /^$/ }, work) {
  const now = fingerprintOf(sources, without);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  await work();
  writeFileSync(stamp, now);
}

/**
 * @param {readonly string[]} sources
 * @param {RegExp} without
 */
function fingerprintOf(sources, without) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesOf).filter((each) => !without.test(each) && !each.endsWith('.map'))) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(join(root, path)));
    hash.update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {readonly string[]}
 */
function filesOf(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}
