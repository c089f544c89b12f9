/** The configuration of docs/guides/nginx.md, as it stands there, in the real nginx. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADERS } from 'latchkey/edge';
import { startNginx, type RunningProxy } from '../../../../tools/services/http-proxies.js';
import { serveApp, type RunningService } from '../../src/http/listen.js';
import { hasCommands } from '../has-commands.js';
import { openService, type Service } from '../http/service.js';

const guide = readFileSync(new URL('../../../../docs/guides/nginx.md', import.meta.url), 'utf8');
const configuration = /^```nginx\n(.*?)^```$/ms.exec(guide)?.[1] ?? '';

describe.runIf(hasCommands('nginx'))('docs/guides/nginx.md', () => {
  let service: Service;
  let running: RunningService;
  let api: Server;
  let nginx: RunningProxy;
  /** The raw headers of the requests that reached the API. */
  const reached: IncomingMessage['rawHeaders'][] = [];

  beforeAll(async () => {
    service = await openService({ trustedProxies: ['127.0.0.1'] });
    running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    api = createServer((incoming, outgoing) => {
      reached.push(incoming.rawHeaders);
      outgoing.end('from the API');
    });
    api.on('upgrade', (incoming: IncomingMessage, socket) => {
      reached.push(incoming.rawHeaders);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    nginx = await startNginx((port) =>
      configuration
        .replaceAll('127.0.0.1:8787', new URL(running.url).host)
        .replaceAll('127.0.0.1:3000', `127.0.0.1:${(api.address() as AddressInfo).port}`)
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`),
    );
  });

  afterAll(async () => {
    await nginx?.dispose();
    api?.closeAllConnections();
    api?.close();
    await running?.close(0);
    await service?.close();
  });

  interface Answer {
    readonly status: number;
    readonly headers: IncomingMessage['headers'];
  }

  async function ask(headers: Readonly<Record<string, string | readonly string[]>>, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: nginx.port,
        path: '/articles/1',
        method,
        headers: headers as Record<string, string>,
      });
      const take = ({ statusCode = 0, headers: given }: IncomingMessage): void => resolve({ status: statusCode, headers: given });
      outgoing.on('response', (incoming) => {
        incoming.resume();
        take(incoming);
      });
      outgoing.on('upgrade', take);
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('tells the API whose request it is, whatever a caller sends under these names, and keeps the token', async () => {
    const { id, token } = await service.issue({ name: 'Bücher', owner: 'ada', scopes: ['articles:read'] });
    const forged = Object.fromEntries(
      IDENTITY_HEADERS.flatMap((name) => [name, name.replaceAll('-', '_'), name.toLowerCase()].map((spelling) => [spelling, 'forged'])),
    );
    for (const credential of [bearer(token), { 'x-api-key': token }]) {
      for (const more of [{}, forged, { connection: 'close, X-Latchkey-Owner' }]) {
        reached.length = 0;
        expect((await ask({ ...more, ...credential })).status).toBe(200);
        const [raw = []] = reached;
        const seen = (name: string) => raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name.toLowerCase());
        expect(IDENTITY_HEADERS.map(seen)).toEqual([[id], ['B%C3%BCcher'], ['ada'], ['-'], ['live'], ['articles:read']]);
        expect(raw.join('\n')).not.toContain(token);
        expect(raw.join('\n')).not.toContain('forged');
      }
    }
  });

  it('refuses as forward-auth does: 401, 403 with what is lacked, 429 with when to come back, 503', async () => {
    const { token } = await service.issue({ scopes: ['articles:read'], limits: [{ name: 'one', limit: 1, window: '1h' }] });
    const { token: lacking } = await service.issue({ scopes: ['users:read'] });
    reached.length = 0;
    expect(await ask({})).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="api"' } });
    expect(await ask(bearer(`${token}x`))).toMatchObject({ status: 401 });
    const forbidden = await ask(bearer(lacking));
    expect([forbidden.status, forbidden.headers['www-authenticate']]).toEqual([403, expect.stringContaining('scope="articles:read"')]);
    expect(reached).toEqual([]);
    expect(await ask(bearer(token))).toMatchObject({ status: 200, headers: { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0' } });
    const limited = await ask(bearer(token));
    expect([limited.status, limited.headers['x-ratelimit-remaining']]).toEqual([429, '0']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect(reached).toHaveLength(1);
  });

  it('hands on the upgrade of a WebSocket, once the key is good', async () => {
    const { token } = await service.issue({ scopes: ['articles:read'] });
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    expect((await ask({ ...upgrade, ...bearer(token) })).status).toBe(101);
    expect((await ask(upgrade)).status).toBe(401);
  });

  it('judges the address of the caller, not of nginx', async () => {
    const { token } = await service.issue({ scopes: ['articles:read'], ipRules: ['203.0.113.0/24'] });
    expect((await ask({ ...bearer(token), 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
  });

  it('lets nobody pass while Latchkey is out of reach', async () => {
    const { token } = await service.issue({ scopes: ['articles:read'] });
    await running.close(0);
    expect(await ask(bearer(token))).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
});
