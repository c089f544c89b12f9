/**
 * Clients that well-known generators make from the OpenAPI document, and well-known rules for such documents: for
 * `npm run nightly -- generated`, because they are an installation of 300 packages.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, environment, serve, type ServedFolder } from '../cli/command.js';

const isWanted = process.env['LATCHKEY_GENERATED'] !== undefined;
const TIMEOUT_MS = 600_000;

/** Exact, so that a release of theirs cannot turn a night red. */
const PACKAGES = {
  '@hey-api/openapi-ts': '0.95.0',
  '@redocly/cli': '2.77.0',
  '@stoplight/spectral-cli': '6.16.3',
  esbuild: '0.28.2',
  'openapi-fetch': '0.17.0',
  'openapi-typescript': '7.13.0',
  typescript: '5.9.3',
};

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
    skipLibCheck: true,
    noEmit: true,
  },
  files: ['with-paths.ts', 'with-calls.ts'],
};

const WITH_PATHS = `
import createClient from 'openapi-fetch';
import type { paths } from './paths';

declare const URL_OF_SERVICE: string;
declare const ADMIN_KEY: string;

const api = createClient<paths>({ baseUrl: URL_OF_SERVICE, headers: { 'x-admin-key': ADMIN_KEY } });
const made = await api.POST('/v1/keys', { body: { name: 'CI', owner: 'team-7', scopes: ['a:read'], expiresIn: '90d' } });
if (made.data === undefined || made.data.token === null) throw new Error('no key');
const verdict = await api.POST('/v1/keys/verify', { body: { token: made.data.token, scopes: ['a:read'] } });
if (verdict.data === undefined || !verdict.data.valid) throw new Error('not valid');
const owner: string = verdict.data.key.owner;
const missing = await api.GET('/v1/keys/{id}', { params: { path: { id: 'key_0000000000000000' } } });
const wrong = await api.GET('/v1/events', { params: { query: { order: 'oldest', limit: 1 } } });
console.log(owner, missing.error?.code, wrong.data?.data[0]?.action);
`;

const WITH_CALLS = `
import { createKey, listEvents, readUsage, revokeKey, signIn, verifyKey } from './calls';
import { client } from './calls/client.gen';

declare const URL_OF_SERVICE: string;
declare const ADMIN_KEY: string;

client.setConfig({ baseUrl: URL_OF_SERVICE, headers: { 'x-admin-key': ADMIN_KEY } });
const made = await createKey({ body: { name: 'CI', owner: 'team-7' }, throwOnError: true });
const body = { token: made.data.token ?? '' };
const before = await verifyKey({ body, throwOnError: true });
if (!before.data.valid) throw new Error('not valid');
await revokeKey({ path: { id: before.data.key.id }, body: { reason: 'a test' }, throwOnError: true });
const after = await verifyKey({ body, throwOnError: true });
const events = await listEvents({ query: { owner: 'team-7', order: 'newest' }, throwOnError: true });
const usage = await readUsage({ query: { by: 'day' }, throwOnError: true });
const session = await signIn({ body: { adminKey: ADMIN_KEY }, throwOnError: true });
console.log(after.data.code, events.data.data[0]?.action, usage.data.by, session.data.principal.type);
`;

describe.runIf(isWanted)('the OpenAPI document', () => {
  let folder: string;
  let served: ServedFolder;

  const program = (command: string, ...args: readonly string[]): string =>
    execFileSync(join(folder, 'node_modules/.bin', command), args, { cwd: folder, encoding: 'utf8', env: environment() });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-generated-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', dependencies: PACKAGES }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, stdio: 'pipe' });
    served = await serve();
    writeFileSync(join(folder, 'openapi.json'), await (await fetch(`${served.url}/openapi.json`)).text());
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(folder, 'with-paths.ts'), WITH_PATHS);
    writeFileSync(join(folder, 'with-calls.ts'), WITH_CALLS);
    writeFileSync(join(folder, '.spectral.yaml'), 'extends: ["spectral:oas"]\n');
    program('openapi-typescript', 'openapi.json', '-o', 'paths.d.ts');
    program('openapi-ts', '-i', 'openapi.json', '-o', 'calls', '-c', '@hey-api/client-fetch');
  }, TIMEOUT_MS);

  afterAll(async () => {
    await served.stop();
    rmSync(folder, { recursive: true });
  });

  it('passes redocly lint and spectral without errors', { timeout: TIMEOUT_MS }, () => {
    expect(() => program('redocly', 'lint', 'openapi.json')).not.toThrow();
    expect(() => program('spectral', 'lint', 'openapi.json', '--fail-severity', 'error')).not.toThrow();
  });

  it('gives clients of openapi-typescript and of hey-api that compile and are answered', { timeout: TIMEOUT_MS }, () => {
    program('tsc', '-p', '.');
    const printed = ['with-paths', 'with-calls'].map((name) => {
      const defined = { URL_OF_SERVICE: served.url, ADMIN_KEY };
      const options = Object.entries(defined).map(([word, value]) => `--define:${word}=${JSON.stringify(value)}`);
      program('esbuild', `${name}.ts`, '--bundle', '--platform=node', '--format=esm', `--outfile=${name}.mjs`, ...options);
      return execFileSync(process.execPath, [`${name}.mjs`], { cwd: folder, encoding: 'utf8', env: environment() }).trim();
    });
    expect(printed).toEqual(['team-7 not_found key.created', 'revoked key.revoked day admin']);
  });
});
