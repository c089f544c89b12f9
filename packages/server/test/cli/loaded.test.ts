import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { environment, MAIN, outcomeOf, temporaryFolder } from './command.js';

/** What the command loads, by its path from the last folder of packages. */
async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const list = join(folder.path, 'loaded');
  const hooks = `import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context); }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
  const child = spawn(process.execPath, ['--import', dataUrl(register), MAIN, ...args], { cwd: folder.path, env: environment() });
  child.stdin.end();
  await outcomeOf(child);
  return existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

const HEAVY = /\/latchkey\/dist\/(?:engine|stores|limiters)\/|\/node_modules\/(?:jose|kysely|@photostructure|pg|ioredis|hono|zod)\//;

it.each([['--version'], ['keys list'], ['keys verify'], ['events --verify'], ['serve --help'], ['doctor --help']])(
  'latchkey %s loads neither engine nor drivers, which are most of what there is to load',
  async (line) => {
    const loaded = await loadedBy(line.split(' '));
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  },
);

it('latchkey doctor loads them', async () => {
  expect((await loadedBy(['doctor'])).filter((url) => HEAVY.test(url)).length).toBeGreaterThan(50);
});
