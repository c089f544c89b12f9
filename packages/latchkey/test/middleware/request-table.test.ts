import type { Verifier } from 'latchkey';
import { createClient } from 'latchkey/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, serveApp, type RunningService } from '../../../server/src/index.js';
import { ask } from './ask.js';
import { FRAMEWORKS } from './frameworks.js';
import { openGuardedEngine, type GuardedEngine } from './guarded-engine.js';
import { differences, questionOf, REPEATED, TABLE, type Tokens } from './request-table.js';
import { HOURLY, routesAt, type Framework, type RunningFramework } from './routes.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

let engine: GuardedEngine;
let service: RunningService;
let remote: Verifier;

beforeAll(async () => {
  engine = await openGuardedEngine();
  service = await serveApp(createApp(engine.latchkey, { adminKey: ADMIN_KEY, clock: engine.clock }), { host: '127.0.0.1', port: 0 });
  remote = createClient({ url: service.url, adminKey: ADMIN_KEY });
});

afterAll(async () => {
  await service.close(0);
  await engine.latchkey.close();
});

const engineVerifier: Verifier = { verify: async (token, request) => engine.latchkey.verify(token, request) };
const remoteVerifier: Verifier = { verify: async (token, request) => remote.verify(token, request) };

/** The table in full with an engine in the process, and once more over the wire. */
const MATRIX: readonly (readonly [name: string, framework: Framework, verifier: Verifier])[] = [
  ...Object.entries(FRAMEWORKS).map(([name, framework]) => [name, framework, engineVerifier] as const),
  ...Object.entries(FRAMEWORKS)
    .filter(([name]) => ['express 5', 'hono'].includes(name))
    .map(([name, framework]) => [`${name}, verified by a service elsewhere`, framework, remoteVerifier] as const),
];

describe.each(MATRIX)('requests to %s', (_name, framework, verifier) => {
  let running: RunningFramework;
  let tokens: Tokens;

  beforeAll(async () => {
    running = await framework(verifier, routesAt(engine.clock.now));
  });

  afterAll(async () => {
    await running.close();
  });

  it.each(TABLE)('$name', async (one) => {
    tokens = await engine.tokens();
    const question = questionOf(one, tokens);
    for (let before = 0; before < (one.after ?? 0); before++) await ask(running.url, question);
    expect(differences(await ask(running.url, question), one.expected, tokens)).toEqual([]);
  });

  it.each(REPEATED)('refuses $name', async (one) => {
    tokens = await engine.tokens();
    const answer = await ask(running.url, questionOf(one, tokens));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error=');
    expect(answer.text).not.toContain('"owner"');
  });

  it('an answer that the handler makes past the framework has the headers of limits all the same', async () => {
    tokens = await engine.tokens();
    const answer = await ask(running.url, questionOf({ name: '', path: '/raw', headers: ({ good }) => [['X-API-Key', good]] }, tokens));
    expect(answer.headers).toMatchObject({ 'x-ratelimit-remaining': '1', 'ratelimit-policy': '"hourly";q=2;w=3600' });
  });
});

it.each(Object.entries(FRAMEWORKS))('two layers in %s charge once: usage and limits both say so', async (_name, framework) => {
  const own = await openGuardedEngine();
  const running = await framework(own.latchkey, routesAt(own.clock.now));
  const { id, token } = await own.issue();
  expect((await ask(running.url, { path: '/layers', headers: [['X-API-Key', token]] })).status).toBe(200);
  const peek = await own.latchkey.verify(token, { dryRun: true, limits: [HOURLY], cost: 0 });
  expect(peek.limits).toMatchObject([{ name: 'hourly', remaining: 1 }]);
  await own.clock.advance(5_000);
  expect((await own.latchkey.usage.read({ key: id, by: 'day' })).total).toBe(1);
  await running.close();
  await own.latchkey.close();
});

it('a refusal has the body that the service gives the same one, but for what names the request there', async () => {
  const { token } = await engine.issue();
  const running = await FRAMEWORKS['fetch']?.(engineVerifier, routesAt(engine.clock.now));
  const headers = [['X-API-Key', token]] as const;
  const here = await ask(running?.url ?? '', { path: '/scoped', headers });
  const query = ['articles:write', 'articles:read', 'users:delete'].map((scope) => `scope=${scope}`).join('&');
  const there = await ask(service.url, { path: `/v1/forward-auth?${query}`, headers });
  const { instance, requestId, ...body } = JSON.parse(there.text) as Record<string, unknown>;
  expect([instance, requestId]).not.toContain(undefined);
  expect(JSON.parse(here.text)).toEqual(body);
  expect(here.headers['www-authenticate']).toBe(there.headers['www-authenticate']);
  await running?.close();
});

it('all refusals have the titles that the service gives them', async () => {
  const problems = await Promise.all(
    ['missing', 'malformed', 'invalid'].map(async (code) => {
      const headers = { missing: {}, malformed: { authorization: 'Basic eA==' }, invalid: { 'x-api-key': 'nonsense' } }[code] ?? {};
      const request = { path: '/plain', headers: Object.entries(headers) };
      const running = await FRAMEWORKS['hono']?.(engineVerifier, routesAt(engine.clock.now));
      const here = await ask(running?.url ?? '', request);
      const there = await ask(service.url, { ...request, path: '/v1/forward-auth' });
      await running?.close();
      return [here, there].map(({ text }) => (JSON.parse(text) as { title: string }).title);
    }),
  );
  for (const [here, there] of problems) expect(here).toBe(there);
});
