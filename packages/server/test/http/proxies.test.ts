/** What callers can do to a service through the proxies that stand before it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCaddy, startNginx, type RunningProxy } from '../../../../tools/services/http-proxies.js';
import { serveApp, type RunningService } from '../../src/http/serving/listen.js';
import { hasCommands } from '../has-commands.js';
import { openService, type Service } from './service.js';

/** Where callers come from: not from the proxy's own address. */
const CALLER = '127.0.0.9';

const PROXIES = {
  caddy: async (url: string) =>
    startCaddy((port) => `http://:${port} {\n\tbind 127.0.0.1\n\treverse_proxy ${url.slice('http://'.length)}\n}`),
  nginx: async (url: string) =>
    startNginx(
      (port) => `server { listen 127.0.0.1:${port}; location / {
        proxy_pass ${url}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }`,
    ),
} as const;

describe.each(['caddy', 'nginx'] as const)('a caller through %s', (name) => {
  let service: Service;
  let running: RunningService;
  let proxy: RunningProxy;
  const isHere = hasCommands(name);

  beforeAll(async () => {
    if (!isHere) return;
    service = await openService({ trustedProxies: ['127.0.0.1'] });
    running = await serveApp(service.app, { host: '127.0.0.1', port: 0 });
    proxy = await PROXIES[name](running.url);
  });

  afterAll(async () => {
    await proxy?.dispose();
    await running?.close(0);
    await service?.close();
  });

  async function ask(...headers: readonly string[]): Promise<number> {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', localAddress: CALLER });
    await once(socket, 'connect');
    socket.write(['GET /v1/forward-auth HTTP/1.1', 'Host: service', 'Connection: close', ...headers, '', ''].join('\r\n'));
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += String(chunk);
    return Number(text.split(' ')[1]);
  }

  it.runIf(isHere)('has the address that the proxy saw, whatever else is sent, and however much of it', async () => {
    const ofProxy = `Authorization: Bearer ${(await service.issue({ ipRules: ['127.0.0.1'] })).token}`;
    const ofCaller = `Authorization: Bearer ${(await service.issue({ ipRules: [CALLER] })).token}`;
    expect([await ask(ofCaller), await ask(ofProxy)]).toEqual([200, 403]);
    expect(await ask(ofProxy, 'X-Forwarded-For: 127.0.0.1')).toBe(403);
    for (const count of [150, 500, 1_100]) {
      const fields = Array.from({ length: count }, () => 'b: c');
      const [front, back] = [await ask(...fields, ofProxy), await ask(ofProxy, ...fields)];
      for (const status of [front, back]) expect(status, `${count} fields`).toBeGreaterThanOrEqual(400);
      if (count === 150) expect([front, back, await ask(...fields, ofCaller)]).toEqual([403, 403, 200]);
    }
  });
});
