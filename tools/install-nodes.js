// @ts-check
/** Installs the Nodes that the check runs SQLite's suites on, into node_modules/.cache. Does nothing for those that are there. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, NODES } from './check/other-nodes.js';

for (const { major, version } of NODES) {
  const folder = folderOf(major);
  const name = `node-${process.platform}-${process.arch}`;
  if (installedVersion(join(folder, 'node_modules', name, 'package.json')) === version) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  // The package holds the binary: no script downloads it.
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder, stdio: 'inherit' });
}

/** @param {string} manifest */
function installedVersion(manifest) {
  if (!existsSync(manifest)) return null;
  return /** @type {{ version: string }} */ (JSON.parse(readFileSync(manifest, 'utf8'))).version;
}
