/** An application that is bundled with the library, by the bundlers that people use, in a folder as npm leaves it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { rolldown } from 'rolldown';
import { expect } from 'vitest';
import webpack from 'webpack';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Everything that the engine loads only where it is used. */
export const OPTIONAL_PEERS = ['@node-rs/argon2', '@node-rs/bcrypt', '@photostructure/sqlite', 'ioredis', 'pg'];

/** Makes one key, verifies it and lists it; prints what came of it, how many threads were started, and what Latchkey had to say. */
const APP = `
import { createLatchkey } from 'latchkey';

async function main() {
  const { DATABASE: database, REDIS: redis } = process.env;
  const notices = [];
  let threads = 0;
  process.on('worker', () => (threads += 1));
  const onNotice = ({ code, message }) => notices.push([code, message]);
  // So long that a busy machine does not exceed it.
  const latchkey = await createLatchkey({ database, redis, onNotice, databaseTimeoutMs: 30_000, limiterTimeoutMs: 30_000 });
  try {
    const { token } = await latchkey.keys.create({ name: 'CI', owner: 'ada', limits: [{ name: 'hourly', limit: 5, window: '1h' }] });
    const { valid } = await latchkey.verify(token.reveal());
    const { data } = await latchkey.keys.list();
    return { valid, listed: data.map(({ name }) => name), threads, notices };
  } finally {
    await latchkey.close();
  }
}

main().then(
  (outcome) => console.log(JSON.stringify(outcome)),
  (error) => console.log(JSON.stringify({ error: error.message })),
);
`;

export interface AppFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** The application in a folder of its own, with the library as it is packed, and of the optional peers those that are named. */
export async function createAppFolder(installed: readonly string[]): Promise<AppFolder> {
  const path = await mkdtemp(join(tmpdir(), 'latchkey-bundled-'));
  await writeFile(join(path, 'package.json'), '{ "private": true, "type": "module" }');
  await writeFile(join(path, 'app.js'), APP);
  const library = join(path, 'node_modules/latchkey');
  // A copy: what the library asks for is looked for here, and not beside its sources.
  const filter = (file: string): boolean => !/\.(?:map|d\.ts)$/.test(file);
  for (const name of ['package.json', 'dist'])
    await cp(join(ROOT, 'packages/latchkey', name), join(library, name), { recursive: true, filter });
  for (const name of ['kysely', 'valibot', ...installed]) {
    const target = join(path, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), target);
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes a bundle of the application into the folder; returns the file to run. Rejects where the bundler reports an error. */
export type Bundler = (folder: string, external: readonly string[]) => Promise<string>;

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: async (folder, external) => {
    const outfile = join(folder, outOf('esbuild', external), 'app.mjs');
    // Packages of CommonJS ask for Node's modules by `require`.
    const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
    await build({ ...ESBUILD, absWorkingDir: folder, external: [...external], outfile, format: 'esm', banner });
    return outfile;
  },
  'esbuild to CommonJS, minified': async (folder, external) => {
    const outfile = join(folder, outOf('commonjs', external), 'app.cjs');
    const options = { format: 'cjs', minify: true, keepNames: true } as const;
    await build({ ...ESBUILD, ...options, absWorkingDir: folder, external: [...external], outfile });
    return outfile;
  },
  rolldown: async (folder, external) => {
    const dir = join(folder, outOf('rolldown', external));
    const bundle = await rolldown({ cwd: folder, input: 'app.js', platform: 'node', external: [...external], logLevel: 'silent' });
    await bundle.write({ dir, entryFileNames: 'app.mjs' });
    return join(dir, 'app.mjs');
  },
  webpack: withWebpack,
};

const ESBUILD: BuildOptions = { entryPoints: ['app.js'], bundle: true, platform: 'node', logLevel: 'silent' };

async function withWebpack(folder: string, external: readonly string[]): Promise<string> {
  const path = join(folder, outOf('webpack', external));
  const compiler = webpack({
    context: folder,
    mode: 'development',
    devtool: false,
    target: 'node20',
    entry: './app.js',
    output: { path, filename: 'app.mjs', module: true, chunkFormat: 'module' },
    experiments: { outputModule: true },
    externals: Object.fromEntries(external.map((name) => [name, `import ${name}`])),
  });
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, found) => (error === null ? resolve(found) : reject(error)));
  });
  await new Promise<void>((resolve) => compiler.close(() => resolve()));
  if (stats?.hasErrors() !== false) throw new Error(stats?.toString({ all: false, errors: true }) ?? 'webpack gave no account.');
  return join(path, 'app.mjs');
}

function outOf(bundler: string, external: readonly string[]): string {
  return `out/${bundler}-${external.length === 0 ? 'all' : 'external'}`;
}

export interface Outcome {
  readonly error?: string;
  readonly valid?: boolean;
  readonly listed?: readonly string[];
  readonly threads?: number;
  readonly notices?: readonly (readonly [code: string, message: string])[];
}

const WORKS = { valid: true, listed: ['CI'] };
export const READS_IN_THREAD: Outcome = { ...WORKS, threads: 1, notices: [] };
export const NEEDS_NO_THREAD: Outcome = { ...WORKS, threads: 0, notices: [] };
export const READS_ON_EVENT_LOOP = { ...WORKS, threads: 0, notices: [['reads_warning', expect.stringContaining('on the event loop')]] };

/** Runs the bundle in its own folder. What it writes to stderr is a fault: a bundled application is as quiet as another. */
export async function run(file: string, variables: Readonly<Record<string, string>>, options: readonly string[] = []): Promise<Outcome> {
  const env = { ...process.env, NODE_OPTIONS: '', ...variables };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...options, basename(file)], { cwd: dirname(file), env }, (error, stdout, stderr) => {
      if (error !== null) reject(error);
      else if (stderr !== '') reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as Outcome);
    });
  });
}
