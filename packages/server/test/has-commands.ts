import { spawnSync } from 'node:child_process';

/** Whether this machine has all of these commands. Tests that need one are left out without it; tools/check.js says so. */
export function hasCommands(...names: readonly string[]): boolean {
  return names.every((name) => spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin" command -v ${name}`]).status === 0);
}
