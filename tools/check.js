// @ts-check
/**
 * The whole check, as `npm test` and the continuous integration run it: one line for each step, then what
 * the test runner says, then `N passed, N failed`. A step that fails does not keep the later ones from
 * running, so that one run shows all that is wrong. What the tests print is searched for tokens: nothing that they run may
 * ever print one, so that a run of them all is a canary.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTokens } from './find-tokens.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name);

/** Commands that single tests need and npm does not bring: a test without its command is left out. */
const OPTIONAL_COMMANDS = [
  { command: 'script', from: 'util-linux', tests: 'how "latchkey serve" behaves on a terminal, and the guides' },
  { command: 'chromium', from: 'chromium', tests: 'the dashboard in a real browser' },
  { command: 'curl', from: 'curl', tests: 'the guides, and the lines that "latchkey serve" prints' },
];

/** @type {readonly { name: string, command: readonly string[] }[]} */
const STEPS = [
  { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'house rules', command: [process.execPath, 'tools/tidy.js'] },
  // Before the lint rules that need types, which one package has of another only once it is built.
  { name: 'build', command: [process.execPath, 'tools/build.js'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'types of tests and tools', command: [bin('tsc'), '-p', 'tsconfig.test.json'] },
  { name: 'import directions', command: [process.execPath, 'tools/import-directions.js'] },
  { name: 'dead code', command: [bin('knip')] },
  { name: 'dead code in production', command: [bin('knip'), '--production'] },
  { name: 'packages', command: [process.execPath, 'tools/check-packages.js'] },
];

/** @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, numPendingTests: number }} TestSummary */

const failed = [...checkOptionalCommands(), ...STEPS.filter((step) => !runStep(step)).map((step) => step.name)];
const tests = await runTests();
if (tests.failed > 0) failed.push('tests');
if (!(await checkCanary(tests.printed))) failed.push('canary');

console.log('');
for (const name of failed) console.log(`failed: ${name}`);
const failures = tests.failed + failed.filter((name) => name !== 'tests').length;
console.log(`${tests.passed} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

/**
 * @param {{ name: string, command: readonly string[] }} step
 * @returns {boolean}
 */
function runStep({ name, command: [file = '', ...args] }) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const seconds = (Number(process.hrtime.bigint() - start) / 1e9).toFixed(1).padStart(6);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`);
  if (status !== 0) console.log([stdout, stderr, error?.message].filter(Boolean).join('\n').trimEnd().replaceAll(/^/gm, '    '));
  return status === 0;
}

/** Runs every test with the runner's own report, and counts by its summary. */
async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-check-'));
  const summaryFile = join(folder, 'summary.json');
  let printed = '';
  try {
    const run = await runVitest(['--reporter=default', '--reporter=json', `--outputFile.json=${summaryFile}`]);
    printed = run.printed;
    const summary = /** @type {TestSummary} */ (JSON.parse(readFileSync(summaryFile, 'utf8')));
    // A file that cannot be loaded, or an error outside any test, fails the run without a failed test.
    const failures = Math.max(summary.numFailedTests, run.status === 0 ? 0 : 1);
    return { passed: summary.numPassedTests, failed: failures, printed };
  } catch {
    return { passed: 0, failed: 1, printed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What it prints is passed on at once, and kept.
 *
 * @param {readonly string[]} reporters
 * @returns {Promise<{ status: number | null, printed: string }>}
 */
async function runVitest(reporters) {
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(bin('vitest'), ['run', ...reporters], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...colour },
  });
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
 * Whether what was printed holds no token with a right checksum. Says which by its hint alone.
 *
 * @param {string} printed
 */
async function checkCanary(printed) {
  try {
    // Built by now, and not before the first step has run.
    const { hintOf, parseToken } = await import('../packages/latchkey/dist/index.js');
    const tokens = findTokens(printed, (candidate) => parseToken(candidate) !== null);
    console.log(`${tokens.length === 0 ? 'ok  ' : 'FAIL'}           canary`);
    for (const token of tokens) console.log(`    The tests printed a token: ${hintOf(token)}`);
    return tokens.length === 0;
  } catch {
    console.log('FAIL           canary\n    What the tests printed cannot be searched: the build is not there.');
    return false;
  }
}

/** One line for each missing command; a failure where everything is expected to be there. */
function checkOptionalCommands() {
  const missing = OPTIONAL_COMMANDS.filter(({ command }) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
  for (const { command, from, tests } of missing) console.log(`left out: ${tests} ("${command}" of ${from} is not installed)`);
  return process.env['CI'] === 'true' ? missing.map(({ command }) => `"${command}" is not installed`) : [];
}
