import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const library = fileURLToPath(new URL('../../', import.meta.url));

/** Fails on whatever somebody who asked for one subpath may not have installed, and lists what was loaded. */
const HOOK = `
  const UNASKED = /^(?:express4?|fastify|hono|jose|better-sqlite3|kysely|pg|ioredis|zod|@node-rs\\/.*|@hono\\/.*)(?:\\/|$)/;
  export async function resolve(specifier, context, next) {
    if (UNASKED.test(specifier)) throw new Error('loads ' + specifier);
    if (specifier.startsWith('node:') && context.parentURL?.includes('/dist/')) throw new Error('loads ' + specifier);
    return next(specifier, context);
  }`;

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const register = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOK))});`);

function load(file: string): string {
  const code = `console.log(Object.keys(await import(${JSON.stringify(`${library}${file}`)})).join())`;
  return execFileSync(process.execPath, ['--import', register, '--input-type=module', '-e', code], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

it.each([
  ['./express', 'authenticate,requireApiKey'],
  ['./fastify', 'apiKeyDecorator,authenticate,requireApiKey'],
  ['./fetch', 'authenticate,withApiKey'],
  ['./hono', 'authenticate,requireApiKey'],
  ['./middleware', 'RATE_LIMIT_HEADERS,apiKeyAuth,createAuthenticator,createGuard,nodeHeaderValues,queryOf'],
])('latchkey%s loads no framework, no driver and no builtin', (subpath, names) => {
  const { exports } = JSON.parse(readFileSync(`${library}package.json`, 'utf8')) as { exports: Record<string, string> };
  expect(load(exports[subpath] ?? '')).toBe(names);
});

it('the check sees what it looks for: the engine does load such things', () => {
  expect(() => load('dist/index.js')).toThrow(/loads (?:kysely|node:)/);
});
