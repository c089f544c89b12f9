// @ts-check
/**
 * The whole check, as `npm test` and the continuous integration run it: one line for each step, then what
 * the test runner says, then `N passed, N failed`. A step that fails does not keep the later ones from
 * running, so that one run shows all that is wrong. What the tests print is searched for tokens: nothing that they run may
 * ever print one, so that a run of them all is a canary.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTokens } from './find-tokens.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name);

/**
 * Commands that single tests need and npm does not bring: a test without its command is left out. `places` are those where
 * Debian puts one outside of `PATH`; `from` is Debian's package.
 *
 * @type {readonly { command: string, places?: string, from: string, tests: string }[]}
 */
const OPTIONAL_COMMANDS = [
  {
    command: 'script',
    from: 'bsdutils',
    tests: 'how "latchkey serve" behaves on a terminal, the guides, and the READMEs of the examples',
  },
  { command: 'curl', from: 'curl', tests: 'the guides, the READMEs of the examples, and the lines that "latchkey serve" prints' },
  { command: 'chromium', from: 'chromium', tests: 'the dashboard in a real browser' },
  { command: 'redis-server', from: 'redis-server', tests: 'limits in Redis' },
  { command: 'redis-cli', from: 'redis-tools', tests: 'limits in a Redis Cluster' },
  { command: 'initdb', places: '/usr/lib/postgresql/*/bin', from: 'postgresql', tests: 'everything on PostgreSQL' },
  { command: 'pgbouncer', places: '/usr/sbin', from: 'pgbouncer', tests: 'PostgreSQL behind PgBouncer' },
  { command: 'openssl', from: 'openssl', tests: 'TLS to PostgreSQL' },
];

/** @typedef {{ name: string, command: readonly string[] }} Step */

/** One after the other; what a part has goes on two at a time. @type {readonly (readonly Step[])[]} */
const STEPS = [
  [
    { name: 'format', command: [bin('prettier'), '--check', '--log-level', 'warn', '.'] },
    { name: 'house rules', command: [process.execPath, 'tools/tidy.js'] },
    { name: 'build', command: [process.execPath, 'tools/build.js'] },
  ],
  // What needs the types that one package has of another, which are there once it is built.
  [
    { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
    { name: 'types of tests and tools', command: [bin('tsc'), '-p', 'tsconfig.test.json'] },
    { name: 'import directions', command: [process.execPath, 'tools/import-directions.js'] },
    { name: 'dead code', command: [bin('knip')] },
    { name: 'dead code in production', command: [bin('knip'), '--production'] },
    { name: 'packages', command: [process.execPath, 'tools/check-packages.js'] },
  ],
];

/** @typedef {{ numPassedTests: number, numFailedTests: number, numFailedTestSuites: number, numPendingTests: number }} TestSummary */

const failed = [...checkOptionalCommands(), ...(await runSteps())];
const tests = await runTests();
if (tests.failed > 0) failed.push('tests');
if (!(await checkCanary(tests.printed))) failed.push('canary');

console.log('');
for (const name of failed) console.log(`failed: ${name}`);
const failures = tests.failed + failed.filter((name) => name !== 'tests').length;
console.log(`${tests.passed} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

/** The names of those that failed. */
async function runSteps() {
  /** @type {string[]} */
  const failing = [];
  for (const part of STEPS) {
    const left = [...part];
    const work = async () => {
      for (let step = left.shift(); step !== undefined; step = left.shift()) if (!(await runStep(step))) failing.push(step.name);
    };
    await Promise.all([work(), work()]);
  }
  return failing;
}

/**
 * @param {Step} step
 * @returns {Promise<boolean>}
 */
function runStep({ name, command: [file = '', ...args] }) {
  const start = process.hrtime.bigint();
  return new Promise((resolve) => {
    execFile(file, args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const seconds = (Number(process.hrtime.bigint() - start) / 1e9).toFixed(1).padStart(6);
      console.log(`${error === null ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`);
      if (error !== null) console.log([stdout, stderr, error.message].filter(Boolean).join('\n').trimEnd().replaceAll(/^/gm, '    '));
      resolve(error === null);
    });
  });
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
  const missing = OPTIONAL_COMMANDS.filter(({ command, places }) => {
    const looks = [`command -v ${command}`, ...(places === undefined ? [] : [`ls ${places}/${command}`])];
    return spawnSync('sh', ['-c', looks.join(' || ')]).status !== 0;
  });
  for (const { command, from, tests } of missing)
    console.log(`left out: ${tests} ("${command}" is not installed: apt-get install ${from})`);
  return process.env['CI'] === 'true' ? missing.map(({ command }) => `"${command}" is not installed`) : [];
}
