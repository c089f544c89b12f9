// @ts-check
/** The steps of the check that read the code without running its tests. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ readonly name: string, readonly command: readonly [file: string, ...args: string[]] }} Step */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string} name */
const bin = (name) => join(ROOT, 'node_modules/.bin', name);

/** The other steps read the types that one package has of another, and tests run what is built. @type {Step} */
export const BUILD = { name: 'build', command: [process.execPath, 'tools/build.js'] };

/** @type {readonly Step[]} */
export const QUICK_STEPS = [
  { name: 'format', command: [bin('oxfmt'), '--check'] },
  { name: 'house rules', command: [process.execPath, 'tools/tidy.js'] },
  { name: 'import directions', command: [process.execPath, 'tools/import-directions.js'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'types of tests and tools', command: [bin('tsc'), '-p', 'tsconfig.test.json'] },
  { name: 'dead code', command: [bin('knip')] },
  { name: 'dead code in production', command: [bin('knip'), '--production'] },
];

/** @type {readonly Step[]} */
export const WHOLE_STEPS = [...QUICK_STEPS, { name: 'packages', command: [process.execPath, 'tools/check-packages.js'] }];

/**
 * Runs the steps one after another and prints a line for each. Returns the names of those that failed. A step that fails
 * does not keep the later ones from running, so that one run shows everything that is wrong.
 *
 * @param {readonly Step[]} steps
 * @returns {Promise<readonly string[]>}
 */
export async function runSteps(steps) {
  /** @type {string[]} */
  const failed = [];
  for (const step of steps) if (!(await runStep(step))) failed.push(step.name);
  return failed;
}

/**
 * @param {Step} step
 * @returns {Promise<boolean>}
 */
function runStep({ name, command: [file, ...args] }) {
  const start = performance.now();
  return new Promise((resolve) => {
    execFile(file, args, { cwd: ROOT, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const seconds = ((performance.now() - start) / 1_000).toFixed(1).padStart(6);
      console.log(`${error === null ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`);
      if (error !== null) console.log([stdout, stderr, error.message].filter(Boolean).join('\n').trimEnd().replaceAll(/^/gm, '    '));
      resolve(error === null);
    });
  });
}
