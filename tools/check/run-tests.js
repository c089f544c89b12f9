// @ts-check
/** Runs the tests with the runner's own report, and counts by its summary. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from './steps.js';

/** @typedef {{ readonly name: string, readonly seconds: number }} FileTime */
/** @typedef {{ readonly passed: number, readonly failed: number, readonly files: readonly FileTime[], readonly printed: string }} TestRun */
/** @typedef {{ numPassedTests: number, numFailedTests: number, testResults: { name: string, startTime: number, endTime: number }[] }} Summary */

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/**
 * Runs the tests that the arguments choose, on this Node or another. What the tests print is passed on at once, and kept.
 *
 * @param {readonly string[]} args
 * @param {{ readonly node?: string, readonly variables?: Readonly<Record<string, string>> }} [options]
 * @returns {Promise<TestRun>}
 */
export async function runTests(args, { node = process.execPath, variables = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-check-'));
  const file = join(folder, 'summary.json');
  let printed = '';
  try {
    const run = await runVitest(node, [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], variables);
    printed = run.printed;
    const { numPassedTests, numFailedTests, testResults } = /** @type {Summary} */ (JSON.parse(readFileSync(file, 'utf8')));
    const files = testResults.map(({ name, startTime, endTime }) => ({
      name: relative(ROOT, name),
      seconds: (endTime - startTime) / 1_000,
    }));
    // A file that cannot be loaded, or an error outside any test, fails the run without a failed test.
    return { passed: numPassedTests, failed: Math.max(numFailedTests, run.status === 0 ? 0 : 1), files, printed };
  } catch (error) {
    console.log(`The test runner left no summary: ${String(error)}`);
    return { passed: 0, failed: 1, files: [], printed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} variables
 * @returns {Promise<{ status: number | null, printed: string }>}
 */
async function runVitest(node, args, variables) {
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  // The check has built already.
  const env = { ...process.env, ...colour, ...variables, LATCHKEY_BUILT: '1' };
  const child = spawn(node, [VITEST, 'run', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env });
  const printed = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      process[name].write(text);
      printed[name] += text;
    });
  }
  const status = await new Promise((/** @type {(status: number | null) => void} */ resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  return { status, printed: `${printed.stdout}\n${printed.stderr}` };
}

/**
 * Prints the test files that took longest.
 *
 * @param {readonly FileTime[]} files
 */
export function printSlowest(files) {
  const slowest = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10);
  const total = files.reduce((sum, { seconds }) => sum + seconds, 0);
  console.log(`\n${files.length} test files took ${total.toFixed(0)} s; the slowest:`);
  for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
}
