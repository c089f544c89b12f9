/** The configurations of docs/guides/nginx.md, caddy.md and haproxy.md, as they stand there, in the real proxies: the same requests for all. */
import { Agent } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IDENTITY_HEADERS, RATE_LIMIT_HEADERS } from 'latchkey/edge';
import { mistyped } from 'latchkey/testing';
import { blockOf } from '../../../../tools/guides/blocks.js';
import { freePort } from '../../../../tools/services/free-port.js';
import { startCaddy, startHaproxy, startNginx, type RunningProxy } from '../../../../tools/services/http-proxies.js';
import { startTcpProxy, type TcpProxy } from '../../../../tools/services/tcp-proxy.js';
import { serveApp, type RunningService } from '../../src/http/serving/listen.js';
import { hasCommands } from '../has-commands.js';
import { openService, type Service } from '../http/service.js';
import { CALLER, send, startApi, valuesOf, type Got, type Reached, type RecordingApi, type Sent } from './api-behind-proxy.js';

/** What differs here from what the guides say. */
interface Setting {
  readonly latchkey: number;
  readonly api: number;
  /** Free, for a proxy that listens twice. */
  readonly spare: number;
  /** What the proxy asks for; by default as the guides say. */
  readonly query?: string;
}

/** A configuration with the ports of this test in the place of those that the guides name. */
function adapt(text: string, { latchkey, api, spare, query = 'scope=articles:read' }: Setting, port: number): string {
  const ports = { 8080: port, 8787: latchkey, 3000: api, 8790: spare };
  return text
    .replaceAll(/(?<=127\.0\.0\.1:|http:\/\/:)(?:8080|8787|3000|8790)\b/g, (named) => String(ports[Number(named) as keyof typeof ports]))
    .replace('scope=articles:read', query);
}

const PROXIES = {
  nginx: async (setting: Setting) => startNginx((port) => adapt(blockOf('docs/guides/nginx.md', 'configuration'), setting, port)),
  caddy: async (setting: Setting) => startCaddy((port) => adapt(blockOf('docs/guides/caddy.md', 'configuration'), setting, port)),
  haproxy: async (setting: Setting) =>
    startHaproxy(
      (port, folder) => adapt(blockOf('docs/guides/haproxy.md', 'configuration'), setting, port).replaceAll('/etc/haproxy', folder),
      {
        'latchkey.lua': blockOf('docs/guides/haproxy.md', 'question'),
      },
    ),
} as const;

const bearer = (token: string): readonly string[] => ['Authorization', `Bearer ${token}`];
const PREFLIGHT = ['Origin', 'https://app.example', 'Access-Control-Request-Method', 'DELETE'];
/** As many servers read them, each is one of the six. */
const FORGED = IDENTITY_HEADERS.flatMap((name) =>
  [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('-', '_'), name.replace('-', '_'), name.replaceAll('-', '.')].flatMap(
    (spelling) => [spelling, 'forged'],
  ),
);

describe.each(['nginx', 'caddy', 'haproxy'] as const)('docs/guides/%s.md', (name) => {
  const isHere = hasCommands(name);
  let service: Service;
  let running: RunningService;
  let way: TcpProxy;
  let api: RecordingApi;
  let proxy: RunningProxy;
  let before = 0;

  beforeAll(async () => {
    if (!isHere) return;
    service = await openService({ trustedProxies: ['127.0.0.1'] });
    running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    way = await startTcpProxy({ port: Number(new URL(running.url).port) });
    api = await startApi();
    proxy = await PROXIES[name]({ latchkey: way.port, api: api.port, spare: await freePort() });
  });

  afterAll(async () => {
    await proxy?.dispose();
    api?.close();
    await way?.dispose();
    await running?.close(0);
    await service?.close();
  });

  beforeEach(() => {
    before = api?.reached.length ?? 0;
  });

  const ask = async (sent: Sent): Promise<Got> => send(proxy.port, sent);
  /** What reached the API in this test. */
  const reached = (): readonly Reached[] => api.reached.slice(before);
  const identityOf = (request: Reached | undefined) =>
    IDENTITY_HEADERS.map((each) => (request === undefined ? [] : valuesOf(request, each)));
  const textOf = (request: Reached | undefined): string => JSON.stringify([request?.rawHeaders, request?.body]);

  describe.runIf(isHere)('in the real proxy', () => {
    it('tells the API whose request it is, whatever a caller sends under these names, and keeps the token', async () => {
      const { id, token } = await service.issue({ name: 'Bücher', owner: 'ada', scopes: ['articles:read'] });
      const named = ['Connection', `close, ${IDENTITY_HEADERS.join(', ')}`];
      const placeholders = IDENTITY_HEADERS.flatMap((each) => [each, '{http.request.header.Authorization}']);
      for (const credential of [bearer(token), ['x-api-key', token], ['X-API-KEY', token], [...bearer(token), 'X-Api-Key', token]]) {
        for (const more of [[], FORGED, named, [...named, ...FORGED], placeholders, ['X_API_KEY', token]]) {
          const { status } = await ask({ headers: [...more, ...credential] });
          const seen = api.reached.at(-1);
          expect(status, textOf(seen)).toBe(200);
          expect(identityOf(seen)).toEqual([[id], ['B%C3%BCcher'], ['ada'], ['-'], ['live'], ['articles:read']]);
          expect(textOf(seen)).not.toMatch(new RegExp(`${token}|forged|[{}]`));
          // A server that takes these words at their word would drop the headers of identity.
          expect(seen && valuesOf(seen, 'Connection').join()).not.toMatch(/latchkey/i);
        }
      }
    });

    it('passes method, target and body on as they came', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      const target = '/articles/a%20b/%2e?x=1&y=%26&scope=users:read';
      const body = 'x'.repeat(200_000);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) await ask({ method, target, body, headers: bearer(token) });
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await ask({ method, target, headers: bearer(token) });
      expect(reached().map(({ method, body: arrived }) => [method, arrived.length])).toEqual([
        ...['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].map((method) => [method, body.length]),
        ...['GET', 'HEAD', 'OPTIONS'].map((method) => [method, 0]),
      ]);
      expect(new Set(reached().map((each) => each.target))).toEqual(new Set([target]));
    });

    it('passes on no path that climbs out of its route, in any spelling', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      for (const target of ['/articles/../admin', '/articles/%2e%2e/admin', '/articles/..%2fadmin', '/articles/x/../../admin']) {
        await ask({ target, headers: bearer(token) });
      }
      const paths = reached().map(({ target }) => new URL(decodeURIComponent(target), 'http://api').pathname);
      expect(paths.filter((path) => !path.startsWith('/articles/'))).toEqual([]);
    });

    it('refuses as forward-auth does: 401, and 403 with the scope that is missing', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      const { token: other } = await service.issue({ scopes: ['users:read'] });
      for (const headers of [
        [],
        bearer(mistyped(token)),
        bearer(''),
        ['Authorization', 'Basic YTpi'],
        [...bearer(token), 'X-Api-Key', other],
      ]) {
        const { status, headers: answered } = await ask({ headers });
        expect([status, answered['www-authenticate']], JSON.stringify(headers)).toEqual([
          401,
          expect.stringMatching(/^Bearer realm="api"/),
        ]);
      }
      const forbidden = await ask({ headers: bearer(other) });
      expect([forbidden.status, forbidden.headers['www-authenticate']]).toEqual([403, expect.stringContaining('scope="articles:read"')]);
      // A token in the URL stands in every log on its way.
      expect((await ask({ target: `/articles/1?api_key=${token}`, headers: bearer(token) })).status).toBe(401);
      expect(reached()).toEqual([]);
    });

    it('passes the limits on, and answers 429 with when to come back', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'], limits: [{ name: 'one', limit: 1, window: '1h' }] });
      const { token: unlimited } = await service.issue({ scopes: ['articles:read'] });
      const given = ({ headers }: Got) => RATE_LIMIT_HEADERS.filter((each) => headers[each.toLowerCase()] !== undefined);
      const standing = RATE_LIMIT_HEADERS.filter((each) => each !== 'Retry-After');
      const [first, second, free] = [
        await ask({ headers: bearer(token) }),
        await ask({ headers: bearer(token) }),
        await ask({ headers: bearer(unlimited) }),
      ];
      expect([first.status, first.headers['x-ratelimit-remaining'], given(first)]).toEqual([200, '0', standing]);
      expect([second.status, second.headers['x-ratelimit-remaining'], given(second)]).toEqual([429, '0', [...RATE_LIMIT_HEADERS]]);
      expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
      expect(first.headers['ratelimit']).toMatch(/^"one";r=0;t=\d+$/);
      expect([free.status, given(free)]).toEqual([200, []]);
      expect(reached()).toHaveLength(2);
    });

    it('passes on the upgrade of a WebSocket, once the key is good', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'], owner: 'ada' });
      const handshake = ['Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='];
      const upgrade = ['Connection', 'Upgrade', 'Upgrade', 'websocket', ...handshake];
      expect(await ask({ headers: [...upgrade, ...bearer(token)] })).toMatchObject({ status: 101, text: 'ping' });
      expect(identityOf(api.reached.at(-1))[2]).toEqual(['ada']);
      expect((await ask({ headers: upgrade })).status).toBe(401);
    });

    it('keeps its connections to Latchkey and to the API', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await ask({ headers: bearer(token), agent });
      const opened = [way.opened, api.connections];
      for (let turn = 0; turn < 20; turn += 1) await ask({ headers: bearer(token), agent });
      expect([way.opened, api.connections]).toEqual(opened);
      agent.destroy();
    });

    it('judges the address from which the caller connects, whatever the caller forwards', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'], ipRules: [CALLER] });
      const { token: elsewhere } = await service.issue({ scopes: ['articles:read'], ipRules: ['127.0.0.1', '203.0.113.0/24'] });
      for (const value of ['', 'unknown', 'garbage', '203.0.113.9', '127.0.0.1', '203.0.113.9, ', ',', '203.0.113.9:1']) {
        const forwarded = ['X-Forwarded-For', value, 'X-Real-IP', '203.0.113.9', 'Forwarded', 'for=203.0.113.9'];
        expect((await ask({ headers: [...forwarded, ...bearer(token)] })).status, value).toBe(200);
        expect((await ask({ headers: [...forwarded, ...bearer(elsewhere)] })).status, value).toBe(403);
      }
      expect(reached().map((request) => valuesOf(request, 'X-Forwarded-For'))).toEqual(reached().map(() => [CALLER]));
    });

    it('passes a CORS preflight on without a key, a token, an identity or another method; and no other request', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      const override = ['X-HTTP-Method-Override', 'DELETE', 'X-Method-Override', 'DELETE', 'X-HTTP-Method', 'DELETE'];
      const preflight = await ask({
        method: 'OPTIONS',
        headers: [...PREFLIGHT, ...FORGED, ...override, ...bearer(token), 'X-Api-Key', token],
      });
      expect([preflight.status, preflight.text]).toEqual([200, 'from the API']);
      const [seen] = reached();
      expect(identityOf(seen).flat()).toEqual([]);
      expect(textOf(seen)).not.toMatch(new RegExp(`${token}|forged|Override|HTTP-Method`, 'i'));
      expect(valuesOf(seen ?? { rawHeaders: [] }, 'Access-Control-Request-Method')).toEqual(['DELETE']);
      const [origin, method] = [PREFLIGHT.slice(0, 2), PREFLIGHT.slice(2)];
      for (const other of [
        { method: 'OPTIONS' },
        { method: 'OPTIONS', headers: origin },
        { method: 'OPTIONS', headers: method },
        { method: 'GET', headers: PREFLIGHT },
        { method: 'POST', headers: [...PREFLIGHT, 'X-HTTP-Method-Override', 'OPTIONS', 'X-Forwarded-Method', 'OPTIONS'] },
      ]) {
        expect((await ask(other)).status, JSON.stringify(other)).toBe(401);
      }
      expect(reached()).toHaveLength(1);
    });

    it('keeps a caller’s trailers from being headers', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'], owner: 'ada' });
      const { status } = await ask({ method: 'POST', headers: bearer(token), body: 'x', trailers: [['X-Latchkey-Owner', 'forged']] });
      const [seen] = reached();
      expect([status, identityOf(seen)[2], textOf(seen).includes('forged')]).toEqual([200, ['ada'], false]);
      // The guide says so.
      expect(seen?.rawTrailers).toEqual(name === 'haproxy' ? ['x-latchkey-owner', 'forged'] : []);
    });

    it('lets nobody pass while Latchkey is down, or hangs: 503, asked once', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      way.refuse();
      way.cut();
      const down = await ask({ headers: bearer(token) });
      way.accept();
      expect([down.status, down.headers['retry-after'], down.headers['content-type']]).toEqual([503, '1', 'application/problem+json']);
      expect((await ask({ headers: bearer(token) })).status).toBe(200);
      const asked = way.messages;
      way.hold();
      const hanging = await ask({ headers: bearer(token) });
      way.cut();
      way.release();
      expect([hanging.status, hanging.headers['retry-after'], way.messages - asked]).toEqual([503, '1', 1]);
      expect(reached()).toHaveLength(1);
    });

    it('lets nobody pass where it asks amiss, and says nothing of why', async () => {
      const { token } = await service.issue({ scopes: ['articles:read'] });
      const amiss = await PROXIES[name]({ latchkey: way.port, api: api.port, spare: await freePort(), query: 'scope=' });
      const { status, text } = await send(amiss.port, { headers: bearer(token) });
      await amiss.dispose();
      expect([status, text]).toEqual([503, expect.not.stringContaining('scope')]);
      expect(reached()).toEqual([]);
    });
  });
});
