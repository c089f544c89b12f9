// @ts-check
/** One process of a simulation: reads what it is to run, edits the library if it is a mutant's, and sends what came of it. */
import { register } from 'node:module';
import { MUTANTS } from './mutants.js';

/** @typedef {{ from: number, seeds: number, mutant: string | null }} Task */

process.once('message', (/** @type {Task} */ task) => void run(task));

/** @param {Task} task */
async function run({ from, seeds, mutant: name }) {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant?.edits !== undefined) register('./edit-on-load.js', import.meta.url, { data: mutant.edits });
  // Only now, so that what it loads is edited.
  const { simulate } = await import('./simulate.js');
  const outcome = await simulate({ from, seeds, flaws: mutant?.flaws ?? {}, untilViolation: mutant !== undefined });
  process.send?.(outcome, () => process.disconnect());
}
