// @ts-check
/**
 * Two sets of test files. A file is `whole` where it reaches, through what it imports, a module that starts processes or
 * a browser: servers, commands, the dashboard. All others are `quick`: they run in the process of the test runner.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importStatementsOf } from '../imports-of.js';
import { leftOutTests } from './programs.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STARTS_PROCESSES = ['node:child_process', 'playwright-core'];

/** @typedef {{ readonly quick: readonly string[], readonly whole: readonly string[] }} TestSets Paths from the root. */

/** Without the tests whose programs are not installed. @type {TestSets} */
export const testSets = findTestSets();

/** @returns {TestSets} */
function findTestSets() {
  const folders = ['packages', 'examples', 'tools'].flatMap((name) =>
    name === 'packages' ? readdirSync(join(ROOT, name)).map((each) => join(ROOT, name, each, 'test')) : [join(ROOT, name)],
  );
  const tests = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
    .toSorted();
  /** @type {Map<string, readonly string[]>} */
  const memo = new Map();
  const whole = tests.filter((file) => startsProcesses(file, memo));
  const paths = (/** @type {readonly string[]} */ files) => files.map((file) => relative(ROOT, file));
  const leftOut = leftOutTests();
  return {
    quick: paths(tests.filter((file) => !whole.includes(file))),
    whole: paths(whole).filter((path) => !leftOut.some((folder) => path.startsWith(folder))),
  };
}

/**
 * @param {string} test
 * @param {Map<string, readonly string[]>} memo
 */
function startsProcesses(test, memo) {
  const files = new Set([test]);
  // A set is walked in the order of insertion, and so through what is added meanwhile.
  for (const file of files) {
    const requests = memo.get(file) ?? requestsOf(file);
    memo.set(file, requests);
    if (requests.some((request) => STARTS_PROCESSES.includes(request))) return true;
    for (const request of requests) {
      const found = request.startsWith('.') ? fileOf(join(dirname(file), request)) : undefined;
      if (found !== undefined) files.add(found);
    }
  }
  return false;
}

/** @param {string} file */
function requestsOf(file) {
  return importStatementsOf(file, readFileSync(file, 'utf8')).flatMap(({ request, typeOnly }) =>
    request === null || typeOnly ? [] : [request],
  );
}

/** @param {string} path */
function fileOf(path) {
  return [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path].find(
    (each) => /\.(?:tsx?|js)$/.test(each) && existsSync(each),
  );
}
