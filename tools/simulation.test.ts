import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MUTANTS } from '../simulation/mutants.js';

const main = fileURLToPath(new URL('../simulation/main.js', import.meta.url));

function simulate(...options: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...options, '--jobs', '2'], { encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

it('leases: no verification that began after a change was answered is valid from before it, in 12 simulated runs', () => {
  const { code, output } = simulate('--seeds', '12', '--without-mutants');
  expect(output).toContain('12 seeds');
  expect(code, output).toBe(0);
});

// The nightly run has all of them. These need the fewest seeds: they show that a breach is seen.
it.each(MUTANTS.filter(({ from }) => from === undefined))('leases: the simulation catches the removal of a rule: $name', ({ name }) => {
  const { code, output } = simulate('--seeds', '0', '--mutant-seeds', '500', '--only', name);
  expect(output).toMatch(/^caught /m);
  expect(code, output).toBe(0);
});

it.each(MUTANTS.flatMap(({ name, edits = [] }) => edits.map((edit) => ({ name, ...edit }))))(
  'leases: the code still has the rule that the mutant $name removes, once, in $file',
  ({ file, find }) => {
    const source = readFileSync(new URL(`../packages/latchkey/dist/${file}`, import.meta.url), 'utf8');
    expect(source.split(find)).toHaveLength(2);
  },
);
