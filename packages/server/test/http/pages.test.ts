import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveApp } from '../../src/http/serving/listen.js';
import { acceptedCoding } from '../../src/http/exchange/accepted-coding.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { ADMIN, openService, type Service } from './service.js';

const INDEX = '<!doctype html><title>Pages</title><script type="module" src="/assets/app-1a2b3c.js"></script>';
const SCRIPT = `export const text = '${'all the same '.repeat(500)}';`;
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let service: Service;
const logged: string[] = [];
beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'latchkey-pages-')), 'pages');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), INDEX);
  writeFileSync(join(folder, 'assets/app-1a2b3c.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/small-4d5e6f.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, '.sources'), 'not for anybody');
  writeFileSync(join(folder, '../outside.html'), 'outside');
  const log = createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } });
  service = await openService({ pagesFolder: folder, log });
});
afterAll(async () => {
  await service.close();
  rmSync(join(folder, '..'), { recursive: true });
});

/** As a browser sees it: what the service fixture cannot read, since it reads text. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET', of = service) {
  const response = await of.app.fetch(new Request(`http://service${path}`, { method, headers }));
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('the pages', () => {
  it.each(['/', '/keys', '/keys/key_1', '/owners/some%20body', '/sign-in?error=x', '/portal', '/portal/keys'])(
    'are one, at %s',
    async (path) => {
      const { status, headers, bytes } = await get(path, HTML);
      expect([status, headers.get('content-type'), bytes.toString()]).toEqual([200, 'text/html; charset=utf-8', INDEX]);
      expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-cache', expect.stringMatching(/^"[\w-]{22}"$/)]);
    },
  );

  it('are not what a program is answered, and take no place of the API', async () => {
    for (const path of ['/keys', '/owners/x', '/nothing']) {
      const { status, headers } = await get(path, { accept: 'application/json' });
      expect([path, status, headers.get('content-type')]).toEqual([path, 404, 'application/problem+json']);
    }
    for (const path of ['/v1', '/v1/nothing', '/docs/nothing', '/assets/nothing.js', '/healthz/x', '/.sources']) {
      const { status, bytes } = await get(path, path === '/.sources' ? {} : HTML);
      expect([path, status], bytes.toString()).toEqual([path, 404]);
    }
    expect((await get('/healthz', HTML)).headers.get('content-type')).toBe('application/json');
    expect((await get('/keys', HTML, 'POST')).status).toBe(404);
    expect((await get('/?api_key=x', HTML)).status).toBe(400);
  });

  it('reach no file but those of the build, however a path is written', async () => {
    const running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    for (const path of [
      '/..%2foutside.html',
      '/assets/..%2f..%2foutside.html',
      '/%2e%2e/outside.html',
      '/assets/%2e%2e/%2e%2e/outside.html',
      '//outside.html',
    ]) {
      const answer = await fetch(running.url + path);
      expect(await answer.text(), path).not.toContain('outside');
    }
    await running.close();
  });

  it('are asked for again with what is known of them, and not sent again', async () => {
    const first = await get('/', HTML);
    const again = await get('/keys', { ...HTML, 'if-none-match': `W/"other", ${first.headers.get('etag')}` });
    expect([again.status, again.bytes.length, again.headers.has('content-security-policy')]).toEqual([304, 0, true]);
    const head = await get('/', HTML, 'HEAD');
    expect([head.status, head.bytes.length, head.headers.get('content-length')]).toEqual([200, 0, String(INDEX.length)]);
  });

  it('are counted under few names, whatever is asked for', async () => {
    for (let i = 0; i < 20; i++) await get(`/keys/key_${i}`, HTML);
    const { text } = await service.call('GET', '/metrics');
    const routes = new Set([...text.matchAll(/latchkey_http_requests_total\{method="GET",route="([^"]+)"/g)].map(([, route]) => route));
    const known = ['/', '/portal', '/assets/{file}', '/healthz', '/metrics', '/openapi.json', 'unmatched'];
    expect([...routes].filter((route) => !known.includes(route ?? '') && !route?.startsWith('/v1/'))).toEqual([]);
  });

  it('are said to be missing, in plain words, where they are not installed', async () => {
    const bare = await openService();
    for (const path of ['/', '/keys', '/portal']) {
      const { status, headers, bytes } = await get(path, HTML, 'GET', bare);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(bytes.toString()).toContain('npm install @latchkey/dashboard');
    }
    await bare.close();
  });
});

describe('a file of the pages', () => {
  it('is kept for ever, and sent packed to whoever takes that', async () => {
    const ask = async (coding: string) => get('/assets/app-1a2b3c.js', { 'accept-encoding': coding });
    const [plain, gzipped, brotli] = [await ask('identity'), await ask('gzip, deflate'), await ask('gzip, deflate, br')];
    expect(plain.bytes.toString()).toBe(SCRIPT);
    expect(gunzipSync(gzipped.bytes).toString()).toBe(SCRIPT);
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(SCRIPT);
    expect([plain, gzipped, brotli].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'gzip', 'br']);
    expect(new Set([plain, gzipped, brotli].map(({ headers }) => headers.get('etag'))).size).toBe(3);
    for (const { headers, bytes } of [plain, gzipped, brotli]) {
      expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('vary')).toBe('accept-encoding');
      expect(headers.get('content-length')).toBe(String(bytes.length));
    }
    expect(brotli.bytes.length).toBeLessThan(SCRIPT.length / 10);
  });

  it('that is small is sent as it is', async () => {
    const { headers } = await get('/assets/small-4d5e6f.svg', { 'accept-encoding': 'br, gzip' });
    expect([headers.get('content-encoding'), headers.get('vary'), headers.get('content-type')]).toEqual([null, null, 'image/svg+xml']);
  });

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['GZIP ; Q=0.5', 'gzip'],
    ['*', 'br'],
    ['*;q=0', 'identity'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0.0, br;q=0.000', 'identity'],
    ['deflate, zstd', 'identity'],
    ['', 'identity'],
    ['br;q=x', 'identity'],
  ])('to "%s" it is sent as %s', (header, coding) => {
    expect(acceptedCoding(header === '' ? [] : [header], ['br', 'gzip', 'identity'])).toBe(coding);
  });
});

describe('the policy of a page', () => {
  const POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'";

  it('lets in what comes from here, nothing inline, and no frame of anybody', async () => {
    for (const path of ['/', '/keys/key_1', '/portal']) {
      const { headers } = await get(path, HTML);
      expect(headers.get('content-security-policy')).toBe(`${POLICY}; frame-ancestors 'none'`);
      expect([headers.get('x-frame-options'), headers.get('cross-origin-opener-policy')]).toEqual(['DENY', 'same-origin']);
    }
  });

  it('lets the portal be framed by the origins that are named, and nothing else, and the logo be where it is', async () => {
    const branding = { name: 'Acme', logoUrl: 'https://cdn.example.com/logo.svg?x=1', color: null };
    const frameAncestors = ['https://app.example.com', 'https://admin.example.com:8443'];
    const framed = await openService({ pagesFolder: folder, portal: { branding, frameAncestors } });
    const policyAt = async (path: string) => (await get(path, HTML, 'GET', framed)).headers;
    const portal = await policyAt('/portal');
    expect(portal.get('content-security-policy')).toContain(`frame-ancestors ${frameAncestors.join(' ')}`);
    expect([portal.get('x-frame-options'), portal.get('cross-origin-resource-policy')]).toEqual([null, 'cross-origin']);
    for (const path of ['/', '/portals', '/sign-in']) {
      expect((await policyAt(path)).get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect((await policyAt(path)).get('x-frame-options')).toBe('DENY');
    }
    expect(portal.get('content-security-policy')).toContain("img-src 'self' data: https://cdn.example.com; font");
    await framed.close();
  });

  it('has its like for every other answer: errors, what is not there, and every route of the API', async () => {
    const routes = Object.entries(service.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => [method.toUpperCase(), path] as const),
    );
    const others = [
      ['GET', '/nothing'],
      ['POST', '/v1/nothing'],
      ['PATCH', '/v1/keys'],
      ['OPTIONS', '/v1/keys'],
      ['GET', '/assets/none.js'],
    ] as const;
    for (const [method, path] of [...routes, ...others, ['GET', '/openapi.json'] as const]) {
      for (const headers of [{}, ADMIN]) {
        const answer = await get(path.replaceAll(/\{\w+\}/g, 'x'), headers, method);
        const where = `${method} ${path}`;
        expect(answer.headers.get('x-content-type-options'), where).toBe('nosniff');
        const forPrograms = path.startsWith('/v1/forward-auth') || path === '/v1/keys/verify';
        expect(answer.headers.get('content-security-policy'), where).toBe(
          forPrograms ? null : "default-src 'none'; frame-ancestors 'none'",
        );
        expect(answer.headers.get('referrer-policy'), where).toBe(forPrograms ? null : 'no-referrer');
        expect(answer.headers.get('cross-origin-resource-policy'), where).toBe(forPrograms ? null : 'same-origin');
        expect(answer.headers.has('access-control-allow-origin'), where).toBe(false);
      }
    }
  });
});
