// @ts-check
/**
 * Imports run one way. A storage engine can be replaced, and a rule of the domain tested in a microsecond,
 * only as long as the inner folders know nothing of the outer ones; and that lasts only as long as a program
 * checks it. This one reads the imports of every source file and test, type-only ones included, and refuses: an import
 * that its folder may not have, a cycle, and a way from the client to a Node builtin.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { importsOf } from './imports-of.js';

/**
 * What the files under a path may import: other paths, packages, and Node builtins. The first rule whose
 * path matches is the one that counts. `types` and `packageTypes` may be imported as types alone; `not` takes packages out again.
 *
 * @typedef {{ path: string, may: readonly string[], types?: readonly string[], packages?: readonly string[], not?: readonly string[], packageTypes?: readonly string[], builtins?: readonly string[] }} Rule
 */

const LIBRARY = 'packages/latchkey/src/';
const SERVER = 'packages/server/src/';
const EXAMPLES = ['news-api', 'snippets-api', 'tiers-api'].map((name) => `examples/${name}/src/`);
const LIBRARY_TESTS = 'packages/latchkey/test/';
const SERVER_TESTS = 'packages/server/test/';
const DASHBOARD = 'packages/dashboard/src/';
const DASHBOARD_TESTS = 'packages/dashboard/test/';
const FEATURES = ['keys', 'limits', 'log', 'overview', 'owners', 'portal', 'session', 'settings', 'tiers', 'usage'];
const REACT = ['react', 'react-dom', '@mantine/core', '@mantine/form', '@mantine/hooks', '@tanstack/react-query', '@tanstack/react-router'];
/** What an import that ends in `.js` may stand for. */
const ENDS = ['.ts', '.tsx', '.js'];
const SCRIPT = /\.(?:tsx?|js)$/;
const PURE = ['node:buffer', 'node:crypto', 'node:util'];

/** The rooms of the engine, and those below each, which it may import. @type {Readonly<Record<string, readonly string[]>>} */
const ROOMS = {
  api: [],
  runtime: [],
  fields: ['api', 'runtime'],
  changes: ['fields', 'api', 'runtime'],
  cache: ['runtime'],
  usage: ['changes', 'fields', 'api', 'runtime'],
  verify: ['usage', 'cache', 'changes', 'fields', 'api', 'runtime'],
  keys: ['cache', 'changes', 'fields', 'api', 'runtime'],
  owners: ['changes', 'fields', 'api', 'runtime'],
  'audit-log': ['changes', 'fields', 'api', 'runtime'],
  'self-service': ['usage', 'keys', 'changes', 'fields', 'api', 'runtime'],
  sessions: ['self-service', 'changes', 'fields', 'api', 'runtime'],
};

/** The rooms of the service's HTTP API, and those below each, which it may import. @type {Readonly<Record<string, readonly string[]>>} */
const HTTP_ROOMS = {
  exchange: [],
  pages: ['exchange'],
  authentication: ['exchange'],
  endpoints: ['authentication', 'pages', 'exchange'],
  routes: ['endpoints', 'authentication', 'pages', 'exchange'],
  serving: ['routes', 'endpoints', 'pages', 'exchange'],
};

/** The rooms of the dashboard's looks, and those below each, which it may import. @type {Readonly<Record<string, readonly string[]>>} */
const UI_ROOMS = {
  theme: [],
  text: ['theme'],
  time: ['text'],
  layout: ['text', 'theme'],
  forms: ['theme'],
  feedback: ['theme'],
  tables: ['feedback', 'text'],
  charts: ['text'],
  dialogs: ['feedback', 'text'],
  keys: ['dialogs', 'forms', 'feedback', 'time', 'text', 'theme'],
};

/** @type {readonly Rule[]} */
const RULES = [
  // The table of errors imports nothing: classes and verdicts take the types of their codes from it.
  rule('domain/', { may: ['domain/'], types: ['contract/errors/errors.ts'], builtins: PURE }),
  rule('contract/errors/errors.ts', { may: [] }),
  rule('ports/', { may: ['ports/', 'domain/'] }),
  rule('contract/addresses.ts', { may: [] }),
  rule('contract/types/', { may: ['contract/types/', 'contract/call-options.ts', 'domain/'] }),
  rule('contract/', { may: ['contract/', 'domain/'], packages: ['valibot'] }),
  rule('engine/runtime/system.ts', { may: ['ports/'], builtins: ['node:crypto', 'node:os', 'node:process'] }),
  ...Object.entries(ROOMS).map(([room, below]) =>
    rule(`engine/${room}/`, {
      may: [room, ...below].map((name) => `engine/${name}/`).concat('contract/', 'ports/', 'domain/'),
      packageTypes: ['valibot'],
      builtins: PURE,
    }),
  ),
  rule('engine/', { may: ['engine/', 'contract/', 'ports/', 'domain/'], builtins: PURE }),
  rule('stores/sqlite/', {
    may: ['stores/sqlite/', 'stores/sql/', 'ports/', 'domain/'],
    packages: ['kysely', '@photostructure/sqlite'],
    builtins: [...PURE, 'node:fs', 'node:path', 'node:url', 'node:worker_threads'],
  }),
  rule('stores/postgres/', {
    may: ['stores/postgres/', 'stores/sql/', 'ports/', 'domain/'],
    packages: ['kysely', 'pg'],
    builtins: [...PURE, 'node:fs', 'node:tls'],
  }),
  rule('stores/', { may: ['stores/sql/', 'ports/', 'domain/'], packages: ['kysely'], builtins: PURE }),
  rule('limiters/redis/connection.ts', { may: ['limiters/', 'ports/', 'domain/'], packages: ['ioredis'] }),
  rule('limiters/', { may: ['limiters/', 'contract/', 'ports/', 'domain/'], builtins: PURE }),
  rule('hashing/', { may: ['hashing/', 'ports/', 'domain/'], packages: ['@node-rs/argon2', '@node-rs/bcrypt'], builtins: PURE }),
  rule('cluster/', { may: ['cluster/', 'ports/', 'domain/'] }),
  rule('edge/', { may: ['edge/', 'contract/errors/', 'domain/'] }),
  ...['express', 'fastify', 'hono'].map((name) =>
    rule(`middleware/${name}.ts`, { may: ['middleware/', 'edge/', 'ports/', 'domain/'], packageTypes: [name] }),
  ),
  rule('middleware/', { may: ['middleware/', 'edge/', 'contract/errors/', 'ports/', 'domain/'], types: ['jwt/'] }),
  rule('jwt/', { may: ['jwt/', 'domain/'], packages: ['jose'] }),
  rule('self-service/', {
    may: ['self-service/', 'edge/', 'contract/errors/', 'domain/'],
    types: ['contract/call-options.ts', 'engine/api/index.ts'],
  }),
  rule('client/', {
    may: ['client/', 'contract/addresses.ts', 'contract/errors/', 'domain/'],
    types: ['contract/call-options.ts', 'contract/types/', 'engine/api/index.ts', 'ports/clock.ts', 'ports/verifier.ts'],
  }),
  rule('testing/', {
    // The fake verifier takes requests as the engine does, and has the system's clock by default.
    may: [
      'testing/',
      'contract/addresses.ts',
      'contract/errors/',
      'engine/verify/verify-request.ts',
      'engine/runtime/system.ts',
      'ports/',
      'domain/',
    ],
    types: ['contract/call-options.ts', 'engine/api/index.ts', 'contract/settings/setting-inputs.ts'],
    builtins: ['node:assert/strict', ...PURE],
  }),
  rule('sqlite.ts', { may: ['stores/sqlite/', 'ports/', 'engine/runtime/system.ts'] }),
  rule('postgres.ts', { may: ['stores/postgres/', 'ports/', 'domain/', 'engine/runtime/system.ts'] }),
  rule('open-limiter.ts', { may: ['limiters/', 'ports/'] }),
  rule('open-storage.ts', { may: ['sqlite.ts', 'postgres.ts', 'contract/', 'ports/', 'domain/'] }),
  rule('redis.ts', { may: ['limiters/redis/', 'engine/runtime/system.ts'] }),
  rule('read-settings.ts', { may: ['contract/', 'domain/', 'engine/runtime/', 'limiters/settings.ts', 'open-storage.ts'] }),
  rule('internal/', { may: [''] }),
  rule('create-latchkey.ts', { may: [''], builtins: [] }),
  rule('index.ts', { may: [''], builtins: [] }),
  { path: `${SERVER}compose.ts`, may: [SERVER], packages: ['*'], builtins: ['*'] },
  { path: `${SERVER}index.ts`, may: [SERVER], packages: ['latchkey'], builtins: [] },
  { path: `${SERVER}own-package.ts`, may: [], builtins: ['node:fs', 'node:path', 'node:url'] },
  { path: `${SERVER}config/`, may: [`${SERVER}config/`], packages: ['*'], builtins: ['*'] },
  { path: `${SERVER}telemetry/`, may: [`${SERVER}telemetry/`], packages: ['*'], builtins: ['*'] },
  ...Object.entries(HTTP_ROOMS).map(([room, below]) => ({
    path: `${SERVER}http/${room}/`,
    may: [...[room, ...below].map((name) => `${SERVER}http/${name}/`), `${SERVER}telemetry/`, `${SERVER}own-package.ts`],
    packages: ['*'],
    builtins: ['*'],
  })),
  { path: `${SERVER}http/`, may: [`${SERVER}http/`, `${SERVER}telemetry/`, `${SERVER}own-package.ts`], packages: ['*'], builtins: ['*'] },
  {
    path: `${SERVER}cli/`,
    may: [`${SERVER}cli/`, `${SERVER}config/`, `${SERVER}telemetry/`, `${SERVER}compose.ts`, `${SERVER}own-package.ts`],
    packages: ['*'],
    builtins: ['*'],
  },
  // Each is a project of its own: what it names of packages, its manifest lists.
  ...EXAMPLES.map((path) => ({ path, may: [path], packages: ['*'], builtins: ['*'] })),
  // What needs both packages is tested where both are: in the service.
  { path: LIBRARY_TESTS, may: ['packages/latchkey/'], packages: ['*'], not: ['@latchkey/server'], builtins: ['*'] },
  {
    path: SERVER_TESTS,
    may: ['packages/server/', `${LIBRARY_TESTS}middleware/request-suite.ts`, `${LIBRARY_TESTS}contract/misspelt-fields.ts`],
    packages: ['*'],
    builtins: ['*'],
  },
  // The built service and its pages are tested in a browser, and what needs none by itself.
  { path: DASHBOARD_TESTS, may: ['packages/dashboard/'], packages: ['*'], not: ['@latchkey/server'], builtins: ['*'] },
  // How it looks, what it asks, what it shows, and what holds it together. A feature leads to another by its entry alone.
  // Its words are those of the table of errors.
  { path: `${DASHBOARD}ui/charts/outcomes.ts`, may: [], packages: ['latchkey/client'] },
  ...Object.entries(UI_ROOMS).map(([room, below]) => ({
    path: `${DASHBOARD}ui/${room}/`,
    may: [...[room, ...below].map((name) => `${DASHBOARD}ui/${name}/`), `${DASHBOARD}contract/`],
    packages: [...REACT, '@mantine/charts', '@fontsource-variable/geist', '@fontsource-variable/geist-mono', 'virtual:theme-variables.css'],
  })),
  { path: `${DASHBOARD}contract/`, may: [`${DASHBOARD}contract/`] },
  { path: `${DASHBOARD}api/`, may: [`${DASHBOARD}api/`, `${DASHBOARD}contract/`], packages: ['latchkey/client', ...REACT] },
  ...FEATURES.map((name) => ({
    path: `${DASHBOARD}features/${name}/`,
    may: [
      `${DASHBOARD}features/${name}/`,
      `${DASHBOARD}ui/`,
      `${DASHBOARD}api/`,
      `${DASHBOARD}contract/`,
      ...FEATURES.map((other) => `${DASHBOARD}features/${other}/index.ts`),
    ],
    packages: ['latchkey/client', ...REACT],
  })),
  { path: `${DASHBOARD}app/`, may: [DASHBOARD], packages: ['latchkey/client', ...REACT] },
  { path: `${DASHBOARD}main.tsx`, may: [`${DASHBOARD}app/`], packages: ['react-dom'] },
];

/**
 * What makes an engine or opens a database, and the only files of the service and of examples that may do so: all others are
 * handed what they work on, and the commands of operators speak HTTP.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const RESERVED = {
  createLatchkey: [`${SERVER}compose.ts`, ...EXAMPLES.map((path) => `${path}main.ts`)],
  createEngine: [],
  migrateDatabase: [`${SERVER}cli/migrate.ts`],
  migratePostgres: [],
  migrateSqlite: [],
  openPostgresStorage: [],
  openSqliteStorage: [`${SERVER}cli/doctor/`],
  openStorage: [`${SERVER}cli/local-log.ts`],
};

/**
 * @typedef {{ from: string, to: string, names: readonly string[], typeOnly: boolean }} Import
 */

/**
 * Every breach in a set of source files, as one line each that says what would be right.
 *
 * @param {ReadonlyMap<string, string>} sources Text by path from the root of the repository.
 * @returns {string[]}
 */
export function findViolations(sources) {
  const imports = [...sources]
    .filter(([path]) => SCRIPT.test(path))
    .flatMap(([path, text]) => edgesOf(path, text))
    .map((edge) => ({ ...edge, to: ENDS.map((end) => edge.to.replace(/\.ts$/, end)).find((to) => sources.has(to)) ?? edge.to }));
  return [
    ...imports.map((edge) => breachOf(edge, sources)).filter((breach) => breach !== null),
    ...findCycles(imports, sources),
    ...findBuiltinsBehind('client', imports, sources),
    ...findBuiltinsBehind('middleware', imports, sources),
    ...findBuiltinsBehind('jwt', imports, sources),
    ...findBuiltinsBehind('self-service', imports, sources),
  ];
}

/**
 * @param {string} path
 * @param {Omit<Rule, 'path'>} rest
 * @returns {Rule}
 */
function rule(path, rest) {
  const inLibrary = (/** @type {readonly string[]} */ paths) => paths.map((each) => LIBRARY + each);
  return { ...rest, path: LIBRARY + path, may: inLibrary(rest.may), types: inLibrary(rest.types ?? []) };
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {Import[]}
 */
function edgesOf(path, text) {
  return importsOf(path, text).flatMap(({ request, names, typeOnly }) =>
    request === null ? [] : [{ from: path, to: resolve(path, request), names, typeOnly }],
  );
}

/**
 * @param {string} from
 * @param {string} request
 */
function resolve(from, request) {
  return request.startsWith('.') ? posix.join(posix.dirname(from), request).replace(/\.js$/, '.ts') : request;
}

/**
 * @param {Import} edge
 * @param {ReadonlyMap<string, string>} sources
 * @returns {string | null}
 */
function breachOf(edge, sources) {
  const { from, to } = edge;
  const found = RULES.find(({ path }) => from.startsWith(path));
  if (found === undefined) return `${from}: no rule says what it may import; add its folder to the rules.`;
  const listed = (/** @type {readonly string[]} */ allowed) => allowed.includes('*') || allowed.includes(to);
  if (/^(?:packages|examples)\//.test(to)) {
    if (!sources.has(to)) return `${from}: imports ${to}, which does not exist.`;
    if (found.may.some((path) => to.startsWith(path))) return null;
    if (edge.typeOnly && found.types?.some((path) => to.startsWith(path))) return null;
    return `${from}: may not import ${to}; it may import ${[...found.may, ...(found.types ?? []).map((path) => `types of ${path}`)].join(', ')}.`;
  }
  if (to.startsWith('node:')) {
    return listed(found.builtins ?? []) ? null : `${from}: may not import the builtin ${to}; take what it gives through a port.`;
  }
  const reserved =
    to === 'latchkey' && ![LIBRARY_TESTS, SERVER_TESTS, DASHBOARD_TESTS].some((tests) => from.startsWith(tests))
      ? edge.names.find((name) => RESERVED[name]?.every((path) => !from.startsWith(path)))
      : undefined;
  if (reserved !== undefined) return `${from}: may not use ${reserved}; take an engine as an argument, or speak to the service.`;
  const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
  if (found.not?.includes(name)) return `${from}: may not import the package ${name}.`;
  if (listed(found.packages ?? []) || (found.packages ?? []).includes(name)) return null;
  if (!found.packageTypes?.includes(name)) return `${from}: may not import the package ${name}.`;
  return edge.typeOnly
    ? null
    : `${from}: may import of the package ${name} but types; whoever uses another framework has not installed it.`;
}

/**
 * @param {readonly Import[]} imports
 * @param {ReadonlyMap<string, string>} sources
 * @returns {string[]}
 */
function findCycles(imports, sources) {
  const next = graphOf(imports, sources);
  /** @type {Set<string>} */
  const done = new Set();
  /** @type {string[]} */
  const trail = [];
  /** @type {string[]} */
  const cycles = [];
  const visit = (/** @type {string} */ path) => {
    if (trail.includes(path)) {
      cycles.push(
        `These import each other in a circle; move what they share into a file of its own: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`,
      );
      return;
    }
    if (done.has(path)) return;
    trail.push(path);
    for (const to of next.get(path) ?? []) visit(to);
    trail.pop();
    done.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return cycles;
}

/**
 * The client runs in browsers, the middleware and what stands beside it in workers: nothing that they load, through whatever files, may
 * load a builtin.
 *
 * @param {'client' | 'jwt' | 'middleware' | 'self-service'} folder
 * @param {readonly Import[]} imports
 * @param {ReadonlyMap<string, string>} sources
 * @returns {string[]}
 */
function findBuiltinsBehind(folder, imports, sources) {
  const own = `${LIBRARY}${folder}/`;
  const values = imports.filter((edge) => !edge.typeOnly);
  const next = graphOf(values, sources);
  const reached = new Set([...sources.keys()].filter((path) => path.startsWith(own)));
  for (const path of reached) for (const to of next.get(path) ?? []) reached.add(to);
  return values
    .filter((edge) => reached.has(edge.from) && edge.to.startsWith('node:') && !edge.from.startsWith(own))
    .map((edge) => `${edge.from}: is loaded by the ${folder}, and so may not import the builtin ${edge.to}.`);
}

/**
 * @param {readonly Import[]} imports
 * @param {ReadonlyMap<string, string>} sources
 */
function graphOf(imports, sources) {
  /** @type {Map<string, Set<string>>} */
  const next = new Map();
  for (const { from, to } of imports) {
    if (!sources.has(to)) continue;
    const targets = next.get(from) ?? new Set();
    next.set(from, targets.add(to));
  }
  return next;
}

/** @param {string} root */
function readSources(root) {
  /** @type {Map<string, string>} */
  const sources = new Map();
  const folders = ['packages', 'examples'].flatMap((kind) =>
    readdirSync(join(root, kind)).flatMap((name) => ['src', 'test'].map((part) => join(root, kind, name, part))),
  );
  for (const folder of folders.filter((each) => existsSync(each))) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!SCRIPT.test(file) && !/\.(?:css|svg)$/.test(file)) continue;
      // A process that a test starts: what it loads is the build.
      if (file.endsWith('.js') && folder.endsWith('test')) continue;
      const path = join(folder, file);
      sources.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
    }
  }
  return sources;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const violations = findViolations(readSources(root));
  for (const line of violations) console.log(line);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
