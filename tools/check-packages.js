// @ts-check
/**
 * Checks the packages as somebody who installs them finds them: packed, installed into an empty folder,
 * every subpath imported on this Node, the command run. What the workspace hides (a dependency that is not
 * declared, a file that is not packed, a peer that is not optional after all) shows only here.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ name: string, version: string, exports: Record<string, unknown>, bin?: Record<string, string>, dependencies?: Record<string, string> }} Manifest */
/** @typedef {{ name: string, filename: string, files: { path: string }[] }} Packed */
/** @typedef {{ packages: Record<string, { version?: string, dev?: boolean, link?: boolean }> }} Lockfile */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'latchkey-packages-'));
/** @type {string[]} */
const problems = [];

/** What browsers and workers load. */
const WITHOUT_BUILTINS = ['client', 'edge', 'express', 'fastify', 'fetch', 'hono', 'middleware'].map((subpath) => `latchkey/${subpath}`);

/** Fails on the import of any builtin, in the process that it is registered in. */
const NO_BUILTINS = `
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    if (found.url.startsWith('node:')) throw new Error('loads the builtin ' + found.url + ' from ' + context.parentURL);
    return found;
  }`;

try {
  const packed = pack();
  const library = packed.find((each) => each.name === 'latchkey');
  const server = packed.find((each) => each.name === '@latchkey/server');
  const dashboard = packed.find((each) => each.name === '@latchkey/dashboard');
  if (!library || !server || !dashboard) throw new Error('npm did not pack latchkey, @latchkey/server and @latchkey/dashboard.');
  for (const each of packed) checkContents(each);
  checkLibrary(install('library', [library]));
  checkServer(install('service', [library, server, dashboard]));
  for (const each of packed) checkMetadata(each);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @returns {Packed[]} */
function pack() {
  const output = npm(['pack', '--json', '--ignore-scripts', '--workspaces', '--pack-destination', folder], root);
  const packed = /** @type {Packed[] | Record<string, Packed>} */ (JSON.parse(output));
  return Array.isArray(packed) ? packed : Object.values(packed);
}

/** @param {Packed} packed */
function checkContents({ name, files }) {
  const paths = files.map((file) => file.path);
  for (const expected of ['package.json', 'README.md', 'LICENSE']) {
    if (!paths.includes(expected)) problems.push(`${name}: ${expected} is not packed.`);
  }
  for (const path of paths) {
    if (!/^(?:bin\/.+|dist\/.+|package\.json|README\.md|LICENSE)$/.test(path) || /tsbuildinfo|\.test\./.test(path)) {
      problems.push(`${name}: ${path} should not be packed.`);
    }
  }
}

/**
 * The library alone, without any of its optional peers.
 *
 * @param {string} target
 */
function checkLibrary(target) {
  const manifest = readManifest(target, 'latchkey');
  if (Object.keys(manifest.dependencies ?? {}).join() !== 'kysely') {
    problems.push(`latchkey: may depend on kysely alone, not on ${Object.keys(manifest.dependencies ?? {}).join(', ')}.`);
  }
  // Who asks for JWTs asks for jose; nothing else may need a peer.
  importSubpaths(target, manifest, ['./jwt']);
  const hook = `data:text/javascript,${encodeURIComponent(NO_BUILTINS)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hook)});`;
  for (const specifier of WITHOUT_BUILTINS) {
    const code = `await import(${JSON.stringify(specifier)})`;
    attempt(`${specifier}, without builtins`, () =>
      node(['--import', `data:text/javascript,${encodeURIComponent(register)}`, '--input-type=module', '-e', code], target),
    );
  }
}

/** @param {string} target */
function checkServer(target) {
  // Its binary was compiled once, by the install of this workspace; compiling it again takes a minute.
  cpSync(join(root, 'node_modules/better-sqlite3/build'), join(target, 'node_modules/better-sqlite3/build'), { recursive: true });
  const manifest = readManifest(target, '@latchkey/server');
  importSubpaths(target, manifest);
  attempt('@latchkey/dashboard, from @latchkey/server', () => {
    const code = "require('node:fs').readFileSync(require.resolve('@latchkey/dashboard/index.html'))";
    execFileSync(process.execPath, ['-e', code], { cwd: join(target, 'node_modules/@latchkey/server'), stdio: 'pipe' });
  });
  attempt('latchkey --help', () => {
    const help = execFileSync(join(target, 'node_modules/.bin/latchkey'), ['--help'], { cwd: target, encoding: 'utf8' });
    if (!help.includes('serve')) throw new Error('says nothing of serve');
  });
  attempt('latchkey --version', () => {
    const version = execFileSync(join(target, 'node_modules/.bin/latchkey'), ['--version'], { cwd: target, encoding: 'utf8' });
    if (version.trim() !== manifest.version) throw new Error(`says ${version.trim()}, not ${manifest.version}`);
  });
}

/**
 * @param {string} target
 * @param {Manifest} manifest
 * @param {readonly string[]} except
 */
function importSubpaths(target, { name, exports }, except = []) {
  for (const subpath of Object.keys(exports).filter((each) => each !== './package.json' && !except.includes(each))) {
    const specifier = name + subpath.slice(1);
    attempt(specifier, () => node(['--input-type=module', '-e', `await import(${JSON.stringify(specifier)})`], target));
  }
}

/** @param {Packed} packed */
function checkMetadata({ name, filename }) {
  const tarball = join(folder, filename);
  attempt(`${name}, publint`, () => node([join(root, 'node_modules/publint/src/cli.js'), tarball, '--strict'], root));
  attempt(`${name}, are the types wrong`, () =>
    node([join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only', '--no-emoji'], root),
  );
}

/**
 * Installs the tarballs into an empty folder, with the versions of the lockfile, so that a release of
 * somebody else's cannot turn this check red over night.
 *
 * @param {string} name
 * @param {readonly Packed[]} packed
 */
function install(name, packed) {
  const target = join(folder, name);
  mkdirSync(target);
  const lockfile = /** @type {Lockfile} */ (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const locked = Object.entries(lockfile.packages).filter(
    ([path, each]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && !each.dev && !each.link,
  );
  const overrides = Object.fromEntries(locked.map(([path, { version }]) => [path.slice('node_modules/'.length), version]));
  const dependencies = Object.fromEntries(packed.map((each) => [each.name, `file:../${each.filename}`]));
  for (const each of packed) overrides[each.name] = `$${each.name}`;
  writeFileSync(join(target, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies, overrides }));
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'], target);
  return target;
}

/**
 * @param {string} target
 * @param {string} name
 * @returns {Manifest}
 */
function readManifest(target, name) {
  return /** @type {Manifest} */ (JSON.parse(readFileSync(join(target, 'node_modules', name, 'package.json'), 'utf8')));
}

/**
 * @param {string} what
 * @param {() => unknown} act
 */
function attempt(what, act) {
  try {
    act();
  } catch (error) {
    const { stdout, stderr, message } = /** @type {{ stdout?: string, stderr?: string, message: string }} */ (error);
    problems.push([`${what}:`, stdout, stderr || message].filter(Boolean).join('\n').trimEnd());
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function node(args, cwd) {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
