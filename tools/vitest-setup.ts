/**
 * Builds dist once before any test, for the tests that start the built command as its own process. A build
 * with type errors still emits, and is reported here but does not stop the run: the check command has a
 * step of its own for it, and most tests run from source. Services that tests share are started when first asked for.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import type {} from './services/ask-for.js';
import { serveOnDemand } from './services/on-demand.js';

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const build = fileURLToPath(new URL('build.js', import.meta.url));
  const isBuilt = process.env['LATCHKEY_BUILT'] !== undefined;
  process.env['LATCHKEY_BUILT'] = '1';
  const { status, stdout } = isBuilt ? { status: 0, stdout: '' } : spawnSync(process.execPath, [build], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`The build has errors; tests of the built command may fail for that reason.\n${stdout}\n`);
  const services = await serveOnDemand();
  project.provide('services', services.url);
  return () => services.close();
}
