import { once } from 'node:events';
import { createLatchkey, type Latchkey } from 'latchkey';
import { createClient, UnavailableError, type Client } from 'latchkey/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp, serveApp, type RunningService, type ServeOptions } from '../../src/index.js';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

let latchkey: Latchkey;
let service: RunningService;

afterEach(async () => {
  await service.close(0);
  await latchkey.close();
});

async function open(
  options: Partial<ServeOptions> = {},
): Promise<{ readonly client: Client; readonly proxy: TcpProxy; readonly token: string }> {
  latchkey = await createLatchkey({ database: ':memory:' });
  service = await serveApp(createApp(latchkey, { adminKey: ADMIN_KEY }), { host: '127.0.0.1', port: 0, ...options });
  const proxy = await openTcpProxy(service.url);
  const limits = [{ name: 'hundred', limit: 100, window: '366d' }];
  const { token } = await latchkey.keys.create({ name: 'k', owner: 'o', limits });
  return { client: createClient({ url: proxy.url, adminKey: ADMIN_KEY }), proxy, token: token?.reveal() ?? '' };
}

async function unitsLeft(token: string): Promise<number | undefined> {
  return (await latchkey.verify(token, { dryRun: true, cost: 0 })).limits?.[0]?.remaining;
}

describe('connections', () => {
  it('are kept: any number of calls one after the other use two at the most, whatever they ask', async () => {
    const { client, proxy, token } = await open();
    for (let i = 0; i < 10; i++) {
      expect((await client.verify(token)).valid).toBe(true);
      await client.keys.list();
      await client.keys.get('key_none').catch(() => undefined);
      await client.tiers.put('free', { limits: [] });
      expect(await client.tiers.remove('free')).toBeUndefined();
    }
    // Node's fetch counts a connection as free a moment after its answer was read, and takes another by then.
    expect(proxy.connections.length).toBeLessThanOrEqual(2);
  });

  it('that the service has closed meanwhile are no error, for no call', async () => {
    const { client, proxy, token } = await open({ keepAliveMs: 1 });
    for (const call of [() => client.verify(token), () => client.keys.list(), () => client.keys.create({ name: 'k', owner: 'o' })]) {
      await call();
      await Promise.all(proxy.connections.filter(({ closed }) => !closed).map(async (socket) => once(socket, 'close')));
      const before = proxy.connections.length;
      await expect(call()).resolves.toBeDefined();
      expect(proxy.connections.length).toBe(before + 1);
    }
  });

  it.each(['request', 'answer'] as const)('that are cut under the %s are no error for a read, which is made again', async (what) => {
    const { client, proxy } = await open();
    await client.keys.list();
    proxy.cutNext(what);
    await expect(client.keys.list()).resolves.toMatchObject({ data: [{ name: 'k' }] });
  });

  it('that are cut under a verification are an error, for it may have been charged; and none is charged twice', async () => {
    const { client, proxy, token } = await open();
    await client.verify(token);
    for (const [what, left] of [
      ['request', 99],
      ['answer', 98],
    ] as const) {
      proxy.cutNext(what);
      await expect(client.verify(token)).rejects.toBeInstanceOf(UnavailableError);
      expect(await unitsLeft(token), what).toBe(left);
    }
    // An explanation charges nothing, and so is made again.
    proxy.cutNext('answer');
    expect((await client.verify(token, { dryRun: true })).code).toBe('valid');
    expect(await unitsLeft(token)).toBe(98);
  });
});
