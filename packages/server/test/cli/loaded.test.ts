import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { environment, MAIN, outcomeOf, temporaryFolder } from './command.js';

/** The modules that a command loads, by the paths that the bundle notes above each. */
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
  const files = readFileSync(list, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'));
  return files.flatMap((url) => [url, ...regionsOf(readFileSync(new URL(url), 'utf8'))]);
}

function regionsOf(bundled: string): readonly string[] {
  return Array.from(bundled.matchAll(/^\/\/ (.+\.[cm]?js)$/gm), ([, path]) => `/${path}`);
}

function dataUrl(script: string): string {
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

const HEAVY = /\/latchkey\/dist\/(?:engine|stores|limiters)\/.|\/node_modules\/(?:jose|kysely|@photostructure|pg|ioredis|hono|zod)\//;

it.each([['--version'], ['keys list'], ['keys verify'], ['events --verify'], ['serve --help'], ['doctor --help']])(
  'latchkey %s loads neither engine nor drivers, which are most of what there is to load',
  async (line) => {
    const loaded = await loadedBy(line.split(' '));
    expect(loaded.length).toBeGreaterThan(20);
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
  },
);

it('latchkey migrate loads drivers', async () => {
  expect((await loadedBy(['migrate'])).filter((url) => HEAVY.test(url)).length).toBeGreaterThan(50);
});
