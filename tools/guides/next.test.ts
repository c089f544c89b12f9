/**
 * Real applications of Next.js, for `npm run nightly -- next`: an installation is 370 MB, a build takes a minute. In each
 * full check, next-process.js stands in for Next in the guide.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ADMIN_KEY, serve } from '../../packages/server/test/cli/command.js';
import { createClient } from '../../packages/latchkey/src/client/index.js';
import { installNext, type NextApp } from './next-app.js';
import { parseGuide } from './parse-guide.js';
import { readGuide, runGuide } from './run-guide.js';

const isWanted = process.env['LATCHKEY_NEXT'] !== undefined;
const TIMEOUT_MS = 1_200_000;

const guide = readGuide('docs/guides/protect-nextjs.md');
/** The first of each name: the second lib/latchkey.ts of the guide asks the service. */
const filesOfGuide: Readonly<Record<string, string>> = Object.fromEntries(
  parseGuide(guide.markdown)
    .flatMap(({ file, text }) => (file === undefined ? [] : [[file, `${text}\n`] as const]))
    .toReversed(),
);
const { 'next.config.mjs': standalone = '', ...filesOfApp } = filesOfGuide;

/** Asks what only the reading thread answers, and says whether it started one. */
const LIST_ROUTE = `
import { openLatchkey } from '../../../lib/latchkey';

export const dynamic = 'force-dynamic';

export async function GET() {
  let threads = 0;
  process.on('worker', () => (threads += 1));
  const { data } = await (await openLatchkey()).keys.list();
  return Response.json({ threads, names: data.map(({ name }) => name) });
}
`;

describe.runIf(isWanted).each(['--turbopack', '--webpack'])('Next.js 16, %s', (bundler) => {
  let app: NextApp;
  beforeAll(() => void (app = installNext(16, { '@photostructure/sqlite': '1.2.1' })), TIMEOUT_MS);
  afterAll(() => app.remove());

  it('the guide: every block runs in next dev, and prints what the page shows', { timeout: TIMEOUT_MS }, async () => {
    app.clear();
    app.write({});
    const commands = (portOf: (named: number) => number) => ({
      npm: `case "$*" in
  "install latchkey @photostructure/sqlite@1") exit 0 ;;
  "run dev") ${app.command} dev ${bundler} -p ${String(portOf(3000))} ;;
  *) exit 64 ;;
esac`,
    });
    // Next compiles a route when it is first asked for.
    const reader = { folder: app.folder, ports: [3000], patienceMs: 600_000, commands };
    expect(await runGuide(guide, reader)).toBeGreaterThan(8);
  });

  it('the guide, built: keys are verified, and lists are read in the reading thread', { timeout: TIMEOUT_MS }, async () => {
    app.clear();
    app.write({ ...filesOfApp, 'app/api/list/route.ts': LIST_ROUTE });
    app.build(bundler);
    const token = app.run('issue.mjs');
    await app.served({}, async (url, printed) => {
      const listed = await fetch(`${url}/api/list`);
      expect([listed.status, await listed.json()]).toEqual([200, { threads: 1, names: ['Reader of Ada'] }]);
      const headers = { authorization: `Bearer ${token}` };
      const articles = await fetch(`${url}/api/articles`, { headers });
      expect([articles.status, await articles.json()]).toEqual([200, { reader: 'ada', articles: ['On keys', 'On locks'] }]);
      expect((await fetch(`${url}/api/articles`)).status).toBe(401);
      expect(printed()).not.toMatch(/reads_warning|ExperimentalWarning/);
    });
  });

  it('the guide, built as standalone: the copy works where the application is not', { timeout: TIMEOUT_MS }, async () => {
    app.clear();
    app.write({ ...filesOfApp, 'app/api/list/route.ts': LIST_ROUTE, 'next.config.mjs': standalone });
    app.build(bundler);
    await app.servedElsewhere(async (url, printed) => {
      const listed = await fetch(`${url}/api/list`);
      expect([listed.status, await listed.json()]).toEqual([200, { threads: 1, names: [] }]);
      expect(printed()).not.toContain('reads_warning');
    });
  });

  it(
    'Redis and PostgreSQL without their packages: the build passes, and the error says what to install',
    { timeout: TIMEOUT_MS },
    async () => {
      app.clear();
      const route = `
import { createLatchkey } from 'latchkey';

export async function GET(request: Request) {
  const { database, redis } = Object.fromEntries(new URL(request.url).searchParams);
  const reason = await createLatchkey({ database, redis }).catch((error: Error) => error.message);
  return Response.json({ reason });
}
`;
      app.write({ 'app/api/open/route.ts': route });
      app.build(bundler);
      await app.served({}, async (url) => {
        const ask = async (query: string): Promise<unknown> => (await fetch(`${url}/api/open?${query}`)).json();
        expect(await ask('database=postgres://127.0.0.1:1/nowhere')).toEqual({
          reason: expect.stringContaining('npm install pg (') as string,
        });
        expect(await ask('database=:memory:&redis=redis://127.0.0.1:1')).toEqual({
          reason: expect.stringContaining('npm install ioredis (') as string,
        });
      });
    },
  );
});

describe.runIf(isWanted)('Next.js 14, whose data cache keeps what a GET answered', () => {
  let app: NextApp;
  beforeAll(() => {
    app = installNext(14, { jose: '6.2.17' });
    app.write({
      'app/api/list/route.ts': `
import { createClient } from 'latchkey/client';

export const fetchCache = 'default-cache';

export async function GET(request: Request) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const latchkey = createClient({ url: process.env.LATCHKEY_URL ?? '', adminKey: process.env.LATCHKEY_ADMIN_KEY });
  const { data } = await latchkey.keys.list();
  const { code } = await latchkey.verify(token);
  return Response.json({ names: data.map(({ name }) => name), code });
}
`,
      'app/api/jwt/route.ts': `
import { createJwtVerifier } from 'latchkey/jwt';

export const fetchCache = 'default-cache';

export async function GET(request: Request) {
  const token = new URL(request.url).searchParams.get('token') ?? '';
  const verify = createJwtVerifier({ jwksUrl: process.env.JWKS_URL, issuer: 'https://id.example', audience: 'api' });
  return Response.json(await verify(token));
}
`,
      'app/api/plain/route.ts': `
export const fetchCache = 'default-cache';

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  const response = await fetch(process.env.JWKS_URL ?? '');
  return new Response(searchParams.has('token') ? await response.text() : null);
}
`,
    });
    app.build();
  }, TIMEOUT_MS);
  afterAll(() => app.remove());

  it('client: lists and verdicts are those of now', { timeout: TIMEOUT_MS }, async () => {
    const service = await serve();
    onTestFinished(async () => void (await service.stop()));
    const admin = createClient({ url: service.url, adminKey: ADMIN_KEY });
    const first = await admin.keys.create({ name: 'First', owner: 'ada' });
    const token = first.token ?? '';
    await app.served({ LATCHKEY_URL: service.url, LATCHKEY_ADMIN_KEY: ADMIN_KEY }, async (url) => {
      const ask = async (): Promise<unknown> => (await fetch(`${url}/api/list?token=${token}`)).json();
      expect(await ask()).toEqual({ names: ['First'], code: 'valid' });
      await admin.keys.create({ name: 'Second', owner: 'ada' });
      await admin.keys.revoke(first.key.id);
      expect(await ask()).toEqual({ names: ['Second', 'First'], code: 'revoked' });
    });
  });

  it('JWT verifier: keys that an issuer has replaced are fetched anew', { timeout: TIMEOUT_MS }, async () => {
    const [old, current] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    let published = old.publicKey;
    const issuer = createServer((_request, response) => {
      response.end(JSON.stringify({ keys: [{ ...published.export({ format: 'jwk' }), alg: 'EdDSA' }] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void issuer.close());
    const jwks = `http://127.0.0.1:${String((issuer.address() as AddressInfo).port)}/jwks`;
    await app.served({ JWKS_URL: jwks }, async (url) => {
      const ask = async (path: string, key: KeyObject): Promise<string> => {
        const response = await fetch(`${url}/api/${path}?token=${signed(key)}`);
        return response.text();
      };
      const keptBefore = await ask('plain', old.privateKey);
      expect(JSON.parse(await ask('jwt', old.privateKey))).toMatchObject({ ok: true });
      published = current.publicKey;
      // The cache is at work: it gives an application that asks for nothing the old keys.
      expect(await ask('plain', current.privateKey)).toBe(keptBefore);
      expect(JSON.parse(await ask('jwt', current.privateKey))).toMatchObject({ ok: true });
    });
  });
});

function signed(key: KeyObject): string {
  const exp = Math.floor(Date.now() / 1000) + 300;
  const parts = [{ alg: 'EdDSA' }, { sub: 'ada', iss: 'https://id.example', aud: 'api', exp }];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}
