// @ts-check
/**
 * SQLite through the module that newer Nodes have built in: its conformance, crash and several-process suites on each of
 * them. `npm run install-nodes` installs the Nodes, as packages of npm.
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

const SUITES = [
  'packages/latchkey/test/stores/sqlite/',
  'packages/server/test/service/crash-sqlite.test.ts',
  'packages/latchkey/test/cluster/',
];

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

/** @returns {Promise<readonly TestRun[]>} */
export async function onOtherNodes() {
  const runs = [];
  for (const { major } of NODES) runs.push(await onNode(major));
  return runs;
}

/**
 * @param {number} major
 * @returns {Promise<TestRun>}
 */
async function onNode(major) {
  const node = programOf(major);
  if (!existsSync(node)) {
    console.log(`left out: SQLite on Node ${major} (npm run install-nodes)`);
    return { passed: 0, failed: process.env['CI'] === 'true' ? 1 : 0, files: [], printed: '' };
  }
  console.log(`\nSQLite on Node ${major}:`);
  const run = await runTests(SUITES, { node, variables: VARIABLES });
  return { ...run, files: run.files.map(({ name, seconds }) => ({ name: `${name} on Node ${major}`, seconds })) };
}
