// @ts-check
/**
 * `npm run nightly`: what the check does in small, at length. It prints the command of each part, and the seeds that parts draw
 * by chance. Give names to run only these:
 * `npm run nightly -- crashes`.
 *
 * @typedef {{ readonly name: string, readonly args: readonly string[], readonly variables?: Readonly<Record<string, string>> }} Soak
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { missingPrograms } from './check/programs.js';
import { ROOT } from './check/steps.js';

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const SERVICE = 'packages/server/test/service/';
const LONG = '--testTimeout=43200000';

/** @type {readonly Soak[]} */
const SOAKS = [
  {
    name: 'crashes',
    args: [VITEST, 'run', LONG, `${SERVICE}crash-sqlite`, `${SERVICE}crash-postgres`],
    variables: { LATCHKEY_CRASH_ROUNDS: '50' },
  },
  {
    name: 'store-crashes',
    args: [VITEST, 'run', LONG, 'packages/latchkey/test/stores/sqlite/crash'],
    variables: { LATCHKEY_CRASH_ROUNDS: '50' },
  },
  { name: 'properties', args: [VITEST, 'run', LONG], variables: { LATCHKEY_TESTS: 'quick', LATCHKEY_PROPERTY_FACTOR: '20' } },
  { name: 'nodes', args: ['tools/on-other-nodes.js'] },
  {
    name: 'properties-of-stores',
    args: [VITEST, 'run', LONG, 'packages/latchkey/test/limiters/redis/differential', 'packages/latchkey/test/engine/on-postgres'],
    variables: { LATCHKEY_PROPERTY_FACTOR: '20' },
  },
  { name: 'simulation', args: ['simulation/main.js', '--seeds', '20000', '--mutant-seeds', '500'] },
  { name: 'changes', args: [VITEST, 'run', LONG, `${SERVICE}nodes-`], variables: { LATCHKEY_CHANGES: '10000' } },
  { name: 'races', args: [VITEST, 'run', LONG, `${SERVICE}races`], variables: { LATCHKEY_CHANGES: '500' } },
  { name: 'next', args: [VITEST, 'run', LONG, 'tools/guides/next.test.ts'], variables: { LATCHKEY_NEXT: '1' } },
  {
    name: 'generated',
    args: [VITEST, 'run', LONG, 'packages/server/test/docs/generated-clients'],
    variables: { LATCHKEY_GENERATED: '1' },
  },
  { name: 'bundles', args: [VITEST, 'run', LONG, 'packages/latchkey/test/bundled-app'], variables: { LATCHKEY_BUNDLERS: 'all' } },
  { name: 'outages', args: [VITEST, 'run', LONG, `${SERVICE}outages`], variables: { LATCHKEY_CHANGES: '1000' } },
];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !SOAKS.some((soak) => soak.name === name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are ${SOAKS.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
/** @type {string[]} */
const failed = [];
for (const { command, from, tests } of missingPrograms()) {
  console.log(`left out: ${tests} ("${command}" is not installed: apt-get install ${from})`);
  failed.push(`"${command}" is not installed`);
}
for (const { name, args, variables } of [{ name: 'build', args: ['tools/build.js'], variables: {} }, ...SOAKS]) {
  if (name !== 'build' && chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(
    `\n${name}: ${Object.entries(variables ?? {})
      .map((pair) => pair.join('='))
      .join(' ')} node ${args.join(' ')}`,
  );
  const { status } = spawnSync(process.execPath, [...args], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...variables } });
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nNothing failed.' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
