/** The middleware before a service elsewhere: held to the very table that it is held to before an engine. */
import type { Verifier } from 'latchkey';
import { createClient, type CacheOptions } from 'latchkey/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  FRAMEWORKS,
  openGuardedEngine,
  requestSuite,
  routesAt,
  type Framework,
} from '../../../latchkey/test/middleware/request-suite.js';
import { createApp, serveApp } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  requestSuite(`requests to ${name}, verified by a service`, { framework, open });
}

requestSuite('requests verified by a service, through a client with a cache', {
  framework: frameworkOf('fetch'),
  open: async () => open({ ttlMs: 60_000 }),
});

describe('a refusal of the middleware', () => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => opened.close());

  it('has the body that the service gives the same one, but for what names the request there', async () => {
    const { engine, url } = opened;
    const { token } = await engine.issue();
    const running = await frameworkOf('fetch')(engine.latchkey, routesAt(engine.clock.now));
    const headers = [['X-API-Key', token]] as const;
    const here = await ask(running.url, { path: '/scoped', headers });
    const query = ['articles:write', 'articles:read', 'users:delete'].map((scope) => `scope=${scope}`).join('&');
    const there = await ask(url, { path: `/v1/forward-auth?${query}`, headers });
    const { instance, requestId, ...body } = JSON.parse(there.text) as Record<string, unknown>;
    expect([instance, requestId]).not.toContain(undefined);
    expect(JSON.parse(here.text)).toEqual(body);
    expect(here.headers['www-authenticate']).toBe(there.headers['www-authenticate']);
    await running.close();
  });

  it.each([
    ['missing', {}],
    ['malformed', { authorization: 'Basic eA==' }],
    ['invalid', { 'x-api-key': 'nonsense' }],
  ])('has the title that the service gives it: %s', async (code, fields) => {
    const { engine, url } = opened;
    const running = await frameworkOf('hono')(engine.latchkey, routesAt(engine.clock.now));
    const headers = Object.entries(fields);
    const here = await ask(running.url, { path: '/plain', headers });
    const there = await ask(url, { path: '/v1/forward-auth', headers });
    const titles = [here, there].map(({ text }) => JSON.parse(text) as { code: string; title: string });
    expect(titles[0]).toMatchObject({ code, title: titles[1]?.title });
    await running.close();
  });
});

async function open(cache?: CacheOptions) {
  const engine = await openGuardedEngine();
  const service = await serveApp(createApp(engine.latchkey, { adminKey: ADMIN_KEY, clock: engine.clock }), { host: '127.0.0.1', port: 0 });
  const verifier: Verifier = createClient({ url: service.url, adminKey: ADMIN_KEY, cache: cache && { ...cache, clock: engine.clock } });
  const close = async (): Promise<void> => {
    await service.close(0);
    await engine.latchkey.close();
  };
  return { engine, verifier, url: service.url, close };
}

function frameworkOf(name: string): Framework {
  const framework = FRAMEWORKS[name];
  if (framework === undefined) throw new Error(`There is no framework ${name}.`);
  return framework;
}
