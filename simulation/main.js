// @ts-check
/**
 * `npm run simulate`: the leases of the shipped code in bad weather, from seed to seed, and every rule of theirs taken out, to
 * see that it is missed. Exits with 1 where a run shows a breach, or a mutant none.
 *
 *   node simulation/main.js --seeds 20000 [--from 1] [--mutant-seeds 400] [--jobs 2] [--only <mutant>] [--without-mutants]
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTANTS } from './mutants.js';

/** @typedef {Awaited<ReturnType<typeof import('./simulate.js').simulate>>} Outcome */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    'mutant-seeds': { type: 'string', default: '400' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string' },
    'without-mutants': { type: 'boolean', default: false },
  },
});
const [seeds, from, mutantSeeds, jobs] = [values.seeds, values.from, values['mutant-seeds'], values.jobs].map(Number);
if (![seeds, from, mutantSeeds, jobs].every((number) => Number.isSafeInteger(number) && /** @type {number} */ (number) >= 0)) {
  console.error('--seeds, --from, --mutant-seeds, --jobs: use whole numbers.');
  process.exit(2);
}

/** One process each, so that none leaves anything to the next. */
const CHUNK = 100;

/** @type {{ name: string | null, from: number, seeds: number }[]} */
const tasks = [];
if (values.only === undefined) {
  for (let at = 0; at < Number(seeds); at += CHUNK) {
    tasks.push({ name: null, from: Number(from) + at, seeds: Math.min(CHUNK, Number(seeds) - at) });
  }
}
const mutants = MUTANTS.filter(({ name }) => values.only === undefined || name === values.only);
// First those that take longest, so that the last process is not alone with one of them.
for (const { name, from: first } of values['without-mutants'] ? [] : mutants.toSorted((a, b) => (b.from ?? 0) - (a.from ?? 0))) {
  tasks.unshift({ name, from: first ?? Number(from), seeds: Number(mutantSeeds) });
}

const sum = { seeds: 0, verifications: 0, changes: 0, lapsed: 0, longestWaitMs: 0 };
let failed = 0;
await Promise.all(Array.from({ length: Math.max(1, Number(jobs)) }, work));
if (values.only === undefined) {
  const { seeds: ran, verifications, changes, lapsed, longestWaitMs } = sum;
  console.log(
    `${ran} seeds, ${changes} changes, ${verifications} verifications; ${lapsed} leases ran out; longest wait ${Math.round(longestWaitMs)} ms`,
  );
}
console.log(failed === 0 ? 'No breach, and no mutant missed.' : `${failed} failed.`);
process.exitCode = failed === 0 ? 0 : 1;

async function work() {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const outcome = await run(task);
    if (task.name === null) takeRun(outcome);
    else takeMutant(task.name, outcome);
  }
}

/** @param {Outcome} outcome */
function takeRun(outcome) {
  for (const name of /** @type {const} */ (['seeds', 'verifications', 'changes', 'lapsed'])) sum[name] += outcome[name];
  sum.longestWaitMs = Math.max(sum.longestWaitMs, outcome.longestWaitMs);
  failed += outcome.failed.length;
  for (const { seed, violations } of outcome.failed) console.log(`BREACH  seed ${seed}: ${violations.length}, the first: ${violations[0]}`);
}

/** @param {string} name @param {Outcome} outcome */
function takeMutant(name, { failed: [first], seeds: ran }) {
  const rule = MUTANTS.find((one) => one.name === name)?.rule;
  if (first === undefined) failed += 1;
  console.log(first === undefined ? `MISSED  ${name} in ${ran} seeds: ${rule}` : `caught  ${name} by seed ${first.seed}: ${rule}`);
}

/** @param {{ name: string | null, from: number, seeds: number }} task @returns {Promise<Outcome>} */
function run({ name, from: first, seeds: count }) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('worker.js', import.meta.url)));
    child.once('message', (outcome) => resolve(/** @type {Outcome} */ (outcome)));
    child.once('exit', (code) => reject(new Error(`A process of the simulation ended with ${code}${name === null ? '' : ` (${name})`}.`)));
    child.send({ from: first, seeds: count, mutant: name });
  });
}
