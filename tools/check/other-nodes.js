// @ts-check
/**
 * SQLite through the module that newer Nodes have built in. On the newest, the check runs all suites of SQLite; on the other, only those
 * of the module itself and of what a store is asked for. `npm run nightly` runs all of them on both. `npm run install-nodes` installs the
 * Nodes, as packages of npm.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './steps.js';
import { runTests } from './run-tests.js';

/** @typedef {import('./run-tests.js').TestRun} TestRun */

/** Pinned, so that a release of Node cannot turn a check red overnight. */
export const NODES = [
  { major: 22, version: '22.23.3' },
  { major: 24, version: '24.21.0' },
];

const ALL_SUITES = [
  'packages/latchkey/test/stores/sqlite/',
  'packages/server/test/service/crash-sqlite.test.ts',
  'packages/latchkey/test/cluster/',
];

/** What the module itself could answer otherwise. Crashes, migrations and several processes are a matter of SQLite beneath it. */
const MODULE_SUITES = ['driver', 'opening', 'read-thread', 'conformance'].map(
  (name) => `packages/latchkey/test/stores/sqlite/${name}.test.ts`,
);

/** Only SQLite differs there: fewer crashes show it. */
const VARIABLES = { LATCHKEY_CRASH_ROUNDS: '3' };

/** @param {number} major */
export function folderOf(major) {
  return join(ROOT, 'node_modules/.cache/nodes', String(major));
}

/** @param {number} major */
function programOf(major) {
  return join(folderOf(major), 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
}

/**
 * @param {{ readonly all: boolean }} options Runs every suite on every Node.
 * @returns {Promise<readonly TestRun[]>}
 */
export async function onOtherNodes({ all }) {
  const newest = Math.max(...NODES.map(({ major }) => major));
  const runs = [];
  for (const { major } of NODES) runs.push(await onNode(major, all || major === newest ? ALL_SUITES : MODULE_SUITES));
  return runs;
}

/**
 * @param {number} major
 * @param {readonly string[]} suites
 * @returns {Promise<TestRun>}
 */
async function onNode(major, suites) {
  const node = programOf(major);
  if (!existsSync(node)) {
    console.log(`left out: SQLite on Node ${major} (npm run install-nodes)`);
    return { passed: 0, failed: process.env['CI'] === 'true' ? 1 : 0, files: [], printed: '' };
  }
  console.log(`\nSQLite on Node ${major}:`);
  const run = await runTests(suites, { node, variables: VARIABLES });
  return { ...run, files: run.files.map(({ name, seconds }) => ({ name: `${name} on Node ${major}`, seconds })) };
}
