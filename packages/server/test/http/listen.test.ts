import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/create-app.js';
import { serveApp, type RunningService } from '../../src/http/serving/listen.js';
import { ADMIN, ADMIN_KEY, openService, type Service } from './service.js';

let service: Service;
let running: RunningService;
beforeEach(async () => {
  service = await openService({ trustedProxies: ['127.0.0.1'] });
  running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await running.close(0);
  await service.close();
});

/** What the service answers to these bytes, up to the end of the connection. */
async function send(...parts: string[]): Promise<string> {
  const socket = await open();
  for (const part of parts) socket.write(part);
  return readAll(socket);
}

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const request = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: service', 'Connection: close', ...headers, '', ''].join('\r\n');
const statusOf = (answer: string) => Number(answer.split(' ')[1]);

describe('a service on a socket', () => {
  it('answers at the address that it names', async () => {
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { status, headers } = await fetch(`${running.url}/v1/keys`, { headers: ADMIN });
    expect([status, headers.get('x-request-id')?.length]).toEqual([200, 36]);
  });

  it('creates, verifies and rejects as in process', async () => {
    const headers = { ...ADMIN, 'content-type': 'application/json' };
    const post = async (path: string, body: unknown) =>
      (await fetch(running.url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const created = (await post('/v1/keys', { name: 'x', owner: 'y' })) as { token: string };
    expect(await post('/v1/keys/verify', { token: created.token })).toMatchObject({ valid: true });
    const long = await fetch(`${running.url}/v1/keys`, { method: 'POST', headers, body: 'x'.repeat(70_000) });
    expect(long.status).toBe(413);
  });

  it('sees repeated headers, which node joins or drops', async () => {
    const { token } = await service.issue();
    const good = `Authorization: Bearer ${token}`;
    expect(statusOf(await send(request('GET /v1/forward-auth', good)))).toBe(200);
    expect(statusOf(await send(request('GET /v1/forward-auth', good, good)))).toBe(401);
    expect(statusOf(await send(request('GET /v1/forward-auth', good, 'Authorization: Basic YTpi')))).toBe(401);
    expect(statusOf(await send(request('GET /v1/forward-auth', `X-API-Key: ${token}`, `x-api-key: ${token}`)))).toBe(401);
    expect(statusOf(await send(request('GET /v1/keys', `X-Admin-Key: ${ADMIN_KEY}`, 'X-Admin-Key: other')))).toBe(403);
  });

  it('reads a forwarded address over all lines of the header, from the right', async () => {
    const { token } = await service.issue({ ipRules: ['203.0.113.9'] });
    const ask = async (...forwarded: string[]) =>
      statusOf(
        await send(request('GET /v1/forward-auth', `Authorization: Bearer ${token}`, ...forwarded.map((one) => `X-Forwarded-For: ${one}`))),
      );
    expect(await ask('198.51.100.1', '203.0.113.9')).toBe(200);
    expect(await ask('203.0.113.9', '198.51.100.1')).toBe(403);
    expect(await ask()).toBe(403);
    const atProxy = await service.issue({ ipRules: ['127.0.0.1'] });
    for (const forwarded of [[], [''], ['unknown'], ['203.0.113.9,']]) {
      const headers = [`Authorization: Bearer ${atProxy.token}`, ...forwarded.map((one) => `X-Forwarded-For: ${one}`)];
      expect(statusOf(await send(request('GET /v1/forward-auth', ...headers))), forwarded.join()).toBe(403);
    }
  });

  it('asks below forward-auth whatever path a proxy appends: none of it leads anywhere else', async () => {
    const { token } = await service.issue({ limits: [{ name: 'one', limit: 1, window: '1h' }] });
    for (const path of [
      '/articles',
      '/../../healthz',
      '/api/admin/%2e%2e/%2e%2e/%2e%2e/%2e%2e/healthz',
      '/a/.%2e/.%2E/.%2e/.%2e/docs',
      '/..\\..\\healthz',
      '//../..//healthz',
      '/x/../../forward-auth',
      '/../keys/verify',
      '/%2e%2e/forward-auth?cost=0',
      '/?x=1',
      '/./?cost=0',
    ]) {
      expect([path, statusOf(await send(request(`GET /v1/forward-auth${path}`)))]).toEqual([path, 401]);
      expect([path, statusOf(await send(request(`OPTIONS /v1/forward-auth${path}`)))]).toEqual([path, 401]);
    }
    const bearer = `Authorization: Bearer ${token}`;
    expect(statusOf(await send(request('GET /v1/forward-auth/api/../../forward-auth?cost=0', bearer)))).toBe(200);
    expect(statusOf(await send(request('GET /v1/forward-auth/api/../../forward-auth?cost=0', bearer)))).toBe(429);
  });

  it('refuses what two servers could read differently', async () => {
    for (const headers of [
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
      ['Content-Length: 2', 'Content-Length: 3'],
      ['Content-Length : 2'],
      ['Transfer-Encoding: chunked, identity'],
      ['X-A: 1', ' folded'],
    ]) {
      const answer = await send(request('POST /v1/keys', `X-Admin-Key: ${ADMIN_KEY}`, ...headers), '{}');
      expect(statusOf(answer), headers.join()).toBe(400);
      expect(answer).not.toContain(ADMIN_KEY);
    }
  });

  it('refuses more header fields than anybody sends, on every route, and drops none of fewer', async () => {
    const { token } = await service.issue({ ipRules: ['203.0.113.9'] });
    const after = [`Authorization: Bearer ${token}`, 'X-Forwarded-For: 203.0.113.9'];
    const fields = (count: number) => Array.from({ length: count }, () => 'b: c');
    expect(statusOf(await send(request('GET /v1/forward-auth', ...fields(190), ...after)))).toBe(200);
    for (const count of [200, 1_100, 3_000]) {
      const answer = await send(request('GET /v1/forward-auth', ...fields(count), ...after));
      expect([statusOf(answer), /"code":"(\w+)"/.exec(answer)?.[1]]).toEqual([431, 'too_many_headers']);
    }
    for (const path of ['/healthz', '/', '/docs', '/no/such/route'])
      expect(statusOf(await send(request(`GET ${path}`, ...fields(300))))).toBe(431);
  });

  it('refuses a request that names several hosts, and answers one of HTTP/1.0 that names none', async () => {
    for (const path of ['/healthz', '/v1/forward-auth']) {
      expect(statusOf(await send(request(`GET ${path}`, 'Host: another')))).toBe(400);
      expect(statusOf(await send(request(`GET ${path}`, 'Host: service')))).toBe(400);
    }
    expect(statusOf(await send('GET /healthz HTTP/1.0\r\n\r\n'))).toBe(200);
    expect(statusOf(await send('GET /healthz HTTP/1.1\r\n\r\n'))).toBe(400);
  });

  it('refuses headers that are too long', async () => {
    expect(statusOf(await send(request('GET /healthz', `X-Long: ${'x'.repeat(20_000)}`)))).toBe(431);
  });

  it('cuts off who does not get to the end of the headers', async () => {
    const impatient = await serveApp(service.app, { host: '127.0.0.1', port: 0, headersTimeoutMs: 50, requestTimeoutMs: 100 });
    const socket = connect(Number(new URL(impatient.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: service\r\nX-Slow: ');
    expect(statusOf(await readAll(socket))).toBe(408);
    await impatient.close();
  });

  it('ends a connection on which an answer makes no progress, and keeps one that is read', async () => {
    const impatient = await serveApp(service.app, { host: '127.0.0.1', port: 0, stuckMs: 400 });
    const asked = async (): Promise<Socket> => {
      const socket = connect({ port: Number(new URL(impatient.url).port), host: '127.0.0.1' });
      await once(socket, 'connect');
      // So much that no buffer of the system takes it.
      for (let i = 0; i < 8; i++) socket.write('GET /docs/viewer.js HTTP/1.1\r\nHost: service\r\n\r\n');
      return socket;
    };
    const [stuck, reading] = [await asked(), await asked()];
    stuck.pause().on('error', () => undefined);
    reading.resume();
    // Nothing else tells a client that does not read of the end.
    await expect.poll(() => stuck.destroyed || !stuck.write('\r\n')).toBe(true);
    expect(reading.destroyed).toBe(false);
    reading.destroy();
    await impatient.close(0);
  });

  it('ends a connection on which more answers are asked for than anybody waits for', async () => {
    const few = await send(request('GET /healthz').replace('close', 'keep-alive').repeat(5) + request('GET /healthz'));
    expect(few.match(/HTTP\/1\.1 200/g)).toHaveLength(6);
    const many = await send(request('GET /v1/forward-auth').replace('close', 'keep-alive').repeat(200)).catch(() => '');
    expect(many.match(/HTTP\/1\.1 401/g)?.length ?? 0).toBeLessThan(200);
  });

  it('lets as many answers wait as it admits, without a warning of node', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const waiting: ServerResponse[] = [];
    const fastLane: typeof service.app.fastLane = (incoming, outgoing) => {
      waiting.push(outgoing);
      return service.app.fastLane(incoming, outgoing);
    };
    const counting = await serveApp({ ...service.app, fastLane }, { host: '127.0.0.1', port: 0 });
    const socket = connect(Number(new URL(counting.url).port), '127.0.0.1').pause();
    socket.write(request('GET /docs/viewer.js').replace('close', 'keep-alive').repeat(16));
    // Each answer that is handed on piece by piece listens until there is room.
    const isSettled = (one: ServerResponse) => one.writableEnded || one.listenerCount('drain') > 0;
    await expect.poll(() => waiting.filter(isSettled), { timeout: 30_000 }).toHaveLength(16);
    process.off('warning', note);
    socket.destroy();
    await counting.close(0);
    expect(warnings).toEqual([]);
  });

  it('takes no more connections than it may', async () => {
    const small = await serveApp(service.app, { host: '127.0.0.1', port: 0, maxConnections: 2 });
    const port = Number(new URL(small.url).port);
    const sockets: Socket[] = [];
    for (let index = 0; index < 2; index++) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.write(request('GET /healthz').replace('close', 'keep-alive'));
      await once(socket, 'data');
    }
    expect(await readAll(connect(port, '127.0.0.1')).catch(() => '')).toBe('');
    for (const socket of sockets) socket.destroy();
    await small.close(0);
  });

  it('counts a request whose client goes away apart: it is neither answered nor an error', async () => {
    const figures = async () => (await fetch(`${running.url}/metrics`)).text();
    const abandoned = async () => Number(/^latchkey_http_requests_abandoned_total (\d+)$/m.exec(await figures())?.[1]);
    const before = await abandoned();
    for (const path of ['/v1/keys', '/v1/keys/verify']) {
      const socket = await open();
      const headers = [`X-Admin-Key: ${ADMIN_KEY}`, 'Content-Type: application/json', 'Content-Length: 100'];
      socket.write(`${request(`POST ${path}`, ...headers)}{`);
      await (await fetch(`${running.url}/healthz`)).text();
      socket.destroy();
    }
    await expect.poll(abandoned).toBe(before + 2);
    expect(await figures()).not.toContain('status="500"');
  });

  it('ends a list whose client goes away, and counts the request as abandoned', async () => {
    const reading = new EventEmitter();
    const [asked, ended] = [once(reading, 'asked'), once(reading, 'ended')];
    const list: typeof service.latchkey.keys.list = async (_query, context) =>
      new Promise((_resolve, reject) => {
        context?.signal?.addEventListener('abort', () => {
          reject(context.signal?.reason as Error);
          reading.emit('ended');
        });
        reading.emit('asked');
      });
    const { latchkey } = service;
    const app = createApp({ ...latchkey, keys: { ...latchkey.keys, list } }, { adminKey: ADMIN_KEY });
    const own = await serveApp(app, { host: '127.0.0.1', port: 0 });
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
    socket.write(request('GET /v1/keys', `X-Admin-Key: ${ADMIN_KEY}`));
    await asked;
    socket.destroy();
    await ended;
    const figures = async () => (await fetch(`${own.url}/metrics`)).text();
    await expect.poll(figures).toMatch(/^latchkey_http_requests_abandoned_total 1$/m);
    await own.close(0);
  });

  it('leaves the answer to a host that mounts it and adds to it', async () => {
    const host = new Hono();
    host.use(async (c, next) => {
      await next();
      c.header('x-host', 'yes');
    });
    host.all('*', async (c) => service.app.fetch(c.req.raw, c.env));
    const server = createServer((incoming, outgoing) => void getRequestListener(host.fetch)(incoming, outgoing));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { status, headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/keys`, { headers: ADMIN });
    expect([status, headers.get('x-host')]).toEqual([200, 'yes']);
    server.closeAllConnections();
    server.close();
  });

  it('rejects where the port is taken', async () => {
    const { port } = new URL(running.url);
    await expect(serveApp(service.app, { host: '127.0.0.1', port: Number(port) })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('closing', () => {
  it('finishes what is under way, closes what waits, and accepts nothing new', async () => {
    const idle = await open();
    const kept = await open();
    kept.write(request('GET /healthz').replace('Connection: close', 'Connection: keep-alive'));
    await once(kept, 'data');
    const slow = await open();
    const body = '{"name":"x","owner":"y"}';
    slow.write(request('POST /v1/keys', `X-Admin-Key: ${ADMIN_KEY}`, 'Content-Type: application/json', `Content-Length: ${body.length}`));
    slow.write(body.slice(0, 5));
    // The service has to have seen the half of it.
    await (await fetch(`${running.url}/healthz`)).text();
    const closed = running.close();
    expect(running.close()).toBe(closed);
    expect(await readAll(idle)).toBe('');
    await readAll(kept);
    await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
    slow.write(body.slice(5));
    const answer = await readAll(slow);
    expect(statusOf(answer)).toBe(201);
    expect(answer.toLowerCase()).toContain('connection: close');
    await closed;
  });

  it('cuts off what does not come to an end in time', async () => {
    const slow = await open();
    slow.write(request('POST /v1/keys', `X-Admin-Key: ${ADMIN_KEY}`, 'Content-Type: application/json', 'Content-Length: 100'));
    await (await fetch(`${running.url}/healthz`)).text();
    await running.close(0);
    expect(await readAll(slow).catch(() => '')).toBe('');
  });

  it('tells a load balancer first that nothing new should come', async () => {
    expect((await service.call('GET', '/readyz')).status).toBe(200);
    service.app.drain();
    const { status, json } = await service.call('GET', '/readyz');
    expect([status, json?.['code'], json?.['dependency']]).toEqual([503, 'unavailable', 'service']);
    expect((await service.call('GET', '/healthz')).status).toBe(200);
  });
});
