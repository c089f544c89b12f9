/**
 * `next dev`, as far as route handlers go (Next itself is 300 MB): serves what every `app/…/route.ts` of this folder exports, under its
 * path, on port PORT of localhost.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';

/** @typedef {(request: Request, context: { params: Promise<Record<string, string>> }) => Response | Promise<Response>} Handler */
/** @typedef {{ pattern: RegExp, handlers: Record<string, Handler | undefined> }} Route */

/** The relative imports of a project of Next's have no extensions. */
const HOOK = String.raw`export const resolve = (specifier, context, next) => next(/^\..*\/[^./]+$/.test(specifier) ? specifier + '.js' : specifier, context);`;

const OUTPUT = '.next';
const ROUTE_FILE = /^app\/(.*)\/route\.js$/;

compile();
register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
const routes = await loadRoutes();
serve({ fetch: answer, hostname: 'localhost', port: Number(process.env['PORT']) }, ({ port }) => {
  process.stdout.write(`- Local:         http://localhost:${port}\n✓ Ready\n`);
});

function compile() {
  const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  const sources = readdirSync('.', { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!node_modules|\.next).*\.ts$/.test(file));
  const options = ['--noCheck', '--ignoreConfig', '--target', 'es2023', '--module', 'esnext', '--moduleResolution', 'bundler'];
  const { status, stdout } = spawnSync(tsc, [...options, '--rootDir', '.', '--outDir', OUTPUT, ...sources], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
  writeFileSync(join(OUTPUT, 'package.json'), '{ "type": "module" }');
}

/** @returns {Promise<Route[]>} */
async function loadRoutes() {
  const files = readdirSync(OUTPUT, { recursive: true, encoding: 'utf8' }).filter((file) => ROUTE_FILE.test(file));
  return Promise.all(
    files.map(async (file) => {
      const path = (ROUTE_FILE.exec(file)?.[1] ?? '').replaceAll(/\[(\w+)\]/g, '(?<$1>[^/]+)');
      const handlers = /** @type {Route['handlers']} */ (await import(pathToFileURL(join(OUTPUT, file)).href));
      return { pattern: new RegExp(`^/${path}$`), handlers };
    }),
  );
}

/** @param {Request} request */
async function answer(request) {
  const { pathname } = new URL(request.url);
  for (const { pattern, handlers } of routes) {
    const match = pattern.exec(pathname);
    if (match === null) continue;
    const handler = handlers[request.method];
    return handler?.(request, { params: Promise.resolve({ ...match.groups }) }) ?? new Response(null, { status: 405 });
  }
  return new Response(null, { status: 404 });
}
