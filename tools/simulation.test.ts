import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MUTANTS } from '../simulation/mutants.js';

const main = fileURLToPath(new URL('../simulation/main.js', import.meta.url));

function simulate(...options: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...options, '--jobs', '2'], { encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

it('no verification that began after a change was answered is valid from before it, in 200 runs in bad weather', () => {
  const { code, output } = simulate('--seeds', '200', '--without-mutants');
  expect(output).toContain('200 seeds');
  expect(code, output).toBe(0);
});

it('every rule of the leases is missed when it is taken out', () => {
  const { code, output } = simulate('--seeds', '0', '--mutant-seeds', '500');
  expect(output.match(/^caught /gm)).toHaveLength(MUTANTS.length);
  expect(code, output).toBe(0);
});
