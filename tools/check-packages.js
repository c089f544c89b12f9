// @ts-check
/**
 * Checks the packages as somebody who installs them finds them: packed, installed into an empty folder,
 * every subpath imported on this Node, the command run. What the workspace hides (a dependency that is not
 * declared, a file that is not packed, a peer that is not optional after all) shows only here.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { blockOf } from './guides/blocks.js';
import { install, pack } from './packed.js';

/** @typedef {{ name: string, version: string, exports: Record<string, unknown>, dependencies?: Record<string, string> }} Manifest */
/** @typedef {import('./packed.js').Packed} Packed */

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

/** Uses the client in every way that its types have; knows no type of Node. */
const CLIENT = `
  import { createClient, createOwnKeysClient, type KeyView } from 'latchkey/client';
  import { rateLimitHeaders } from 'latchkey/edge';
  const latchkey = createClient<{ tier: 'free' | 'pro'; scope: 'articles:read' }>({ url: 'https://keys', token: 't', cache: { ttlMs: 1 } });
  const { key, token } = await latchkey.keys.create({ name: 'CI', owner: 'ada', tier: 'pro', scopes: ['articles:*'], expiresAt: new Date(0) });
  known(token.reveal());
  for await (const each of latchkey.keys.walk({ limit: 10 })) known<KeyView>(each);
  const { nextCursor } = await latchkey.keys.list();
  void latchkey.keys.list({ cursor: nextCursor }, { signal: AbortSignal.timeout(1) });
  // @ts-expect-error -- a scope
  void latchkey.verify('', { scopes: ['articles:raed'] });
  // @ts-expect-error -- a key may have no secret
  known(key.secrets[0].id);
  known(latchkey); known(createOwnKeysClient); known(rateLimitHeaders);`;

/**
 * Programs as users write them, and what they have installed beside the library. What cannot be resolved in its declarations is an
 * error where they are checked; where they are not, because not all of a framework's pass, it is any, and what users meet must not be.
 *
 * @type {readonly { name: string, lib: string, installed: readonly string[], code: string }[]}
 */
const PROGRAMS = [
  { name: 'browser', lib: 'es2023,dom', installed: [], code: CLIENT },
  { name: 'worker', lib: 'es2023,webworker', installed: [], code: CLIENT },
  {
    name: 'engine',
    lib: 'es2023',
    installed: ['@types/node', 'undici-types'],
    code: `
      import { createLatchkey } from 'latchkey';
      import { withApiKey } from 'latchkey/fetch';
      import { createGuard } from 'latchkey/middleware';
      import { createSelfServiceHandler } from 'latchkey/self-service';
      import { fakeVerifier, storageSuite } from 'latchkey/testing';
      await using latchkey = await createLatchkey({ scopes: ['articles:read'], tiers: { free: [{ name: 'daily', limit: 1, window: '1d' }] } });
      known(await latchkey.keys.create({ name: 'CI', owner: 'ada', tier: 'free', scopes: ['articles:*'] }));
      // @ts-expect-error -- a tier
      void latchkey.keys.create({ name: 'CI', owner: 'ada', tier: 'fre' });
      export const GET = withApiKey(latchkey, { scopes: ['articles:read'] }, (request, { key }) => { known(request); known(key); return new Response(); });
      // @ts-expect-error -- a scope
      createGuard(latchkey, { scopes: ['articles:raed'] });
      createGuard(fakeVerifier({ reader: { scopes: ['articles:read'] } }), { scopes: ['articles:read'] });
      known(createSelfServiceHandler); known(storageSuite);`,
  },
  {
    name: 'frameworks',
    lib: 'es2023',
    // The last is where @types/express declares a request: a package manager installs it with that.
    installed: ['@types/node', 'undici-types', 'express', '@types/express', 'fastify', 'hono', 'jose', '@types/express-serve-static-core'],
    code: `
      import createExpress from 'express';
      import createFastify from 'fastify';
      import { Hono } from 'hono';
      import { createLatchkey } from 'latchkey';
      import { requireApiKey as express } from 'latchkey/express';
      import { requireApiKey as fastify } from 'latchkey/fastify';
      import { requireApiKey as hono } from 'latchkey/hono';
      import { createJwtVerifier } from 'latchkey/jwt';
      const latchkey = await createLatchkey({ scopes: ['articles:read'] });
      export const guards = [
        express(latchkey, { address: (request) => { known(request); return request.ip; } }),
        fastify(latchkey, { address: (request) => { known(request); return request.ip; } }),
        hono(latchkey, { address: (c) => { known(c); known(c.env); return c.req.header('x-client'); } }),
      ];
      // @ts-expect-error -- a scope
      hono(latchkey, { scopes: ['articles:raed'] });
      createExpress().get('/:id', express(latchkey), (req, res) => { known(req.latchkey.key); res.send(req.params.id.trim()); });
      createFastify().get('/', { onRequest: fastify(latchkey) }, async (request) => { known(request.latchkey.key); });
      new Hono().get('/', hono(latchkey), (c) => { known(c.get('latchkey').key); return c.text(''); });
      // @ts-expect-error -- no guard
      createExpress().get('/', (req, res) => { res.send(req.latchkey.key.id); });
      // @ts-expect-error -- no guard
      createFastify().get('/', async (request) => request.latchkey.key.id);
      known(createJwtVerifier);`,
  },
];

/** What is any does not fit its parameter. */
const KNOWN = 'declare function known<T>(value: 0 extends 1 & T ? never : T): void;';

try {
  const packed = pack(folder, ['latchkey', '@latchkey/server', '@latchkey/dashboard']);
  for (const each of packed) checkContents(each);
  const alone = installed('library', packed, ['latchkey']);
  checkLibrary(alone);
  checkTypes(alone);
  checkServer(installed('service', packed, ['latchkey', '@latchkey/server', '@latchkey/dashboard']));
  for (const each of packed) checkMetadata(each);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const problem of problems) console.log(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @param {Packed} packed */
function checkContents({ name, files }) {
  for (const expected of ['package.json', 'README.md', 'LICENSE']) {
    if (!files.includes(expected)) problems.push(`${name}: ${expected} is not packed.`);
  }
  for (const path of files) {
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
  if (Object.keys(manifest.dependencies ?? {}).join() !== 'kysely,valibot') {
    problems.push(`latchkey: may depend on kysely and valibot only, not on ${Object.keys(manifest.dependencies ?? {}).join(', ')}.`);
  }
  const brought = readdirSync(join(target, 'node_modules')).filter((name) => !name.startsWith('.'));
  if (brought.join() !== 'kysely,latchkey,valibot') {
    problems.push(`latchkey: its install brings more than it, kysely and valibot: ${brought.join(', ')}.`);
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
function checkTypes(target) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  for (const { name, lib, installed, code } of PROGRAMS) {
    for (const each of installed) link(each, target);
    writeFileSync(join(target, `${name}.ts`), `${KNOWN}\n${code}\nexport {};\n`);
    const lax = name === 'frameworks' ? ['--skipLibCheck'] : [];
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      lib,
      '--noEmit',
      ...lax,
    ];
    const types = installed.includes('@types/node') ? ['--types', 'node'] : [];
    attempt(`types of latchkey in a program (${name})`, () => node([tsc, ...options, ...types, `${name}.ts`], target));
  }
}

/**
 * A package of this workspace, which finds its own dependencies where it lies.
 *
 * @param {string} name
 * @param {string} target
 */
function link(name, target) {
  const path = join(target, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(join(root, 'node_modules', name), path);
}

/** @param {string} target */
function checkServer(target) {
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
  attempt('npx @latchkey/server serve', () => serveAsShown(target));
  attempt('latchkey --version', () => {
    const version = execFileSync(join(target, 'node_modules/.bin/latchkey'), ['--version'], { cwd: target, encoding: 'utf8' });
    if (version.trim() !== manifest.version) throw new Error(`says ${version.trim()}, not ${manifest.version}`);
  });
}

/**
 * Runs the line of the package's README until the service listens.
 *
 * @param {string} target
 */
function serveAsShown(target) {
  const line = blockOf('packages/server/README.md', 'npx').trim();
  // npx starts a process of its own, which would outlive it: both are ended, as a group.
  const script = `setsid ${line} > printed 2>&1 & pid=$!
    for turn in $(seq 600); do grep -q listening printed && break; kill -0 $pid || break; sleep 0.1; done
    kill -- -$pid; wait $pid; cat printed; grep -q listening printed`;
  execFileSync('sh', ['-c', script], { cwd: target, env: { ...process.env, PORT: '0', npm_config_offline: 'true' }, stdio: 'pipe' });
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
function checkMetadata({ name, tarball }) {
  attempt(`${name}, publint`, () => node([join(root, 'node_modules/publint/src/cli.js'), tarball, '--strict'], root));
  attempt(`${name}, are the types wrong`, () =>
    node([join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only', '--no-emoji'], root),
  );
}

/**
 * A folder in which these dependencies are installed, and nothing else.
 *
 * @param {string} name
 * @param {readonly Packed[]} packed
 * @param {readonly string[]} dependencies
 */
function installed(name, packed, dependencies) {
  const target = join(folder, name);
  mkdirSync(target);
  install(target, { type: 'module', dependencies: Object.fromEntries(dependencies.map((each) => [each, '*'])) }, packed);
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
