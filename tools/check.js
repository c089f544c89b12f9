// @ts-check
/**
 * The check. `npm run check` is what one runs before each commit: everything that needs neither a browser nor a process of
 * its own. `npm test` is everything, as the continuous integration runs it. Both print a line for each step, the report of
 * the test runner, the slowest test files, and `N passed, N failed`.
 */
import { onOtherNodes } from './check/other-nodes.js';
import { printedNoToken } from './check/find-printed-tokens.js';
import { missingPrograms } from './check/programs.js';
import { printSlowest, runTests } from './check/run-tests.js';
import { BUILD, QUICK_STEPS, runSteps, WHOLE_STEPS } from './check/steps.js';

const isQuick = process.argv.includes('--quick');
const start = performance.now();

const failed = isQuick ? [] : [...reportMissing()];
failed.push(...(await runSteps([BUILD])));
// Side by side: many tests wait for other processes.
const [tests, [steps, others]] = await Promise.all([
  runTests([], { variables: isQuick ? { LATCHKEY_TESTS: 'quick' } : {} }),
  besideTests(),
]);
failed.push(...steps);
const runs = [tests, ...others];
if (!(await printedNoToken(runs.map(({ printed }) => printed).join('\n')))) failed.push('canary');

printSlowest(runs.flatMap(({ files }) => files));
console.log(`\nAll of it took ${((performance.now() - start) / 1_000).toFixed(0)} s.`);
for (const name of failed) console.log(`failed: ${name}`);
const passed = runs.reduce((sum, run) => sum + run.passed, 0);
const failures = runs.reduce((sum, run) => sum + run.failed, failed.length);
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

async function besideTests() {
  const steps = await runSteps(isQuick ? QUICK_STEPS : WHOLE_STEPS);
  return /** @type {const} */ ([steps, isQuick ? [] : await onOtherNodes({ all: false })]);
}

/** Prints a line for each missing program. Returns them as failures where everything is expected to be there. */
function reportMissing() {
  const missing = missingPrograms();
  for (const { command, from, tests } of missing) {
    console.log(`left out: ${tests} ("${command}" is not installed: apt-get install ${from})`);
  }
  return process.env['CI'] === 'true' ? missing.map(({ command }) => `"${command}" is not installed`) : [];
}
