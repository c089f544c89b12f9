/**
 * The library pulls in no driver and no framework that was not asked for: walked through the files of each subpath as a bundler does, and
 * seen when each is loaded. That the packed library installs and loads without any of them, tools/check-packages.js shows.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { walkModules } from '../../../tools/module-graph.js';

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const library = fileURLToPath(new URL('../', import.meta.url));
const manifest = JSON.parse(readFileSync(`${library}package.json`, 'utf8')) as Manifest;
const subpaths = Object.entries(manifest.exports)
  .filter(([subpath]) => subpath !== './package.json')
  .map(([subpath, file]) => [subpath.slice(1), `${library}${file}`] as const);

/** What whoever imports a subpath asks for by its name, and nothing else does. */
const ASKED_FOR: Readonly<Record<string, string>> = { '/express': 'express', '/fastify': 'fastify', '/hono': 'hono', '/jwt': 'jose' };
/** Packages that a subpath loads at once: the engine parses input by the contract's shapes. */
const AT_ONCE: Readonly<Record<string, readonly string[]>> = {
  '': ['valibot'],
  '/internal': ['valibot'],
  '/testing': ['valibot'],
  '/jwt': ['jose'],
};
/** The engine opens databases and checks imported secrets: what it needs for that it loads when it is first needed. */
const DRIVERS = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
  (name) => !Object.values(ASKED_FOR).includes(name),
);

/** Lists the packages and builtins that the library's own files load. */
const HOOK = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    if (context.parentURL?.includes('/dist/') && !specifier.startsWith('.')) writeSync(1, specifier + '\\n');
    return next(specifier, context);
  }`;

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const register = dataUrl(`import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOK))});`);

function namesLoadedBy(file: string): readonly string[] {
  const code = `await import(${JSON.stringify(file)})`;
  const printed = execFileSync(process.execPath, ['--import', register, '--input-type=module', '-e', code], { encoding: 'utf8' });
  return [...new Set(printed.split('\n').filter((name) => name !== ''))].toSorted();
}

const packagesOf = (names: readonly string[]): readonly string[] => names.filter((name) => !name.startsWith('node:'));

describe.each(subpaths)('latchkey%s', (subpath, file) => {
  it('loads no package but one that its name asks for, and the engine loads drivers alone, on demand', () => {
    const { atOnce, onDemand } = walkModules(file);
    // Of frameworks the adapters know the types alone. Node's builtins are for where the engine runs.
    expect(['', '/internal', '/testing'].includes(subpath) ? packagesOf(atOnce) : atOnce).toEqual(AT_ONCE[subpath] ?? []);
    expect(packagesOf(onDemand).filter((name) => !['', '/internal'].includes(subpath) || !DRIVERS.includes(name))).toEqual([]);
  });

  it('loads what was found by walking, and nothing else', () => {
    expect(namesLoadedBy(file)).toEqual(walkModules(file).atOnce);
  });

  it('declares its types without those of a package that its name does not ask for', () => {
    const { atOnce } = walkModules(file.replace(/\.js$/, '.d.ts'));
    expect(packagesOf(atOnce).filter((name) => name !== ASKED_FOR[subpath])).toEqual(subpath === '/internal' ? ['valibot'] : []);
  });
});

it('walking sees what is looked for: the engine comes to its drivers, and a store to its own', () => {
  expect(walkModules(`${library}dist/index.js`).onDemand).toEqual(expect.arrayContaining(['@photostructure/sqlite', 'kysely']));
  expect(walkModules(`${library}dist/stores/sqlite/open.js`).atOnce).toContain('kysely');
});

it('every driver and every framework is an optional peer, and the dependencies are kysely and valibot', () => {
  expect(Object.keys(manifest.dependencies)).toEqual(['kysely', 'valibot']);
  const optional = Object.keys(manifest.peerDependencies).filter((name) => manifest.peerDependenciesMeta[name]?.optional === true);
  expect(optional).toEqual(Object.keys(manifest.peerDependencies));
  expect(optional).toEqual(expect.arrayContaining([...Object.values(ASKED_FOR), '@photostructure/sqlite']));
});

it.each([
  ['./express', 'apiKeyOf,authOf,authenticate,requireApiKey'],
  ['./fastify', 'apiKeyDecorator,apiKeyOf,authOf,authenticate,requireApiKey'],
  ['./fetch', 'authenticate,withApiKey'],
  ['./hono', 'apiKeyOf,authOf,authenticate,requireApiKey'],
  ['./middleware', 'RATE_LIMIT_HEADERS,apiKeyAuth,createAuthenticator,createGuard,nodeHeaderValues,queryOf'],
])('latchkey%s gives what its README names', async (subpath, names) => {
  const module = (await import(`${library}${manifest.exports[subpath] ?? ''}`)) as object;
  expect(Object.keys(module).toSorted().join()).toBe(names);
});
