import { createLatchkey, type Latchkey } from 'latchkey';
import { ConflictError, createClient, ForbiddenError, InvalidInputError, UnavailableError, type Client } from 'latchkey/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp, serveApp, type App, type RunningService } from '../../src/index.js';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';
const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

let latchkey: Latchkey;
let app: App;
let service: RunningService;
let client: Client;

beforeAll(async () => {
  latchkey = await createLatchkey({ database: ':memory:' });
  app = createApp(latchkey, { adminKey: ADMIN_KEY });
  service = await serveApp(app, { host: '127.0.0.1', port: 0 });
  client = createClient({ url: service.url, adminKey: ADMIN_KEY });
});

afterAll(async () => {
  await service.close(0);
  await latchkey.close();
});

it('what is read is what the engine gives, field by field', async () => {
  await client.tiers.put('basic', { limits: [{ name: 'daily', limit: 5, window: '1d' }] });
  const { key, token } = await client.keys.create({
    name: 'a',
    owner: 'acme',
    tier: 'basic',
    scopes: ['a:read'],
    expiresAt: '2100-01-01',
    credits: { remaining: 9, refill: { amount: 9, every: 'month', day: 3 } },
    limits: [{ name: 'burst', limit: 9, window: '1m', algorithm: 'token-bucket', burst: 3 }],
  });
  for (const request of [{}, { scopes: ['b:read'] }, { environment: 'test' }, { cost: 100 }]) {
    const dryRun = { ...request, dryRun: true };
    const [over, inProcess] = [await client.verify(token, dryRun), await latchkey.verify(token, dryRun)];
    expect(over.code).toBe(inProcess.code);
    // How full a bucket is, moves with the clock.
    expect(Object.keys(over).toSorted()).toEqual(Object.keys(inProcess).toSorted());
    expect(over.key).toEqual(inProcess.key);
  }
  const head = await client.events.head();
  for (const read of [
    (from: Client | Latchkey) => from.keys.get(key.id),
    (from: Client | Latchkey) => from.keys.list({ owner: 'acme', status: 'active', limit: 5 }),
    (from: Client | Latchkey) => from.owners.get('acme'),
    (from: Client | Latchkey) => from.owners.list({ search: 'acm' }),
    (from: Client | Latchkey) => from.tiers.list(),
    (from: Client | Latchkey) => from.events.list({ owner: 'acme', order: 'oldest' }),
    (from: Client | Latchkey) => from.events.verify({ expect: head ?? undefined }),
    (from: Client | Latchkey) => from.usage.read({ by: 'day', from: '2020-01-01', until: '2020-01-03' }),
  ]) {
    expect(await read(client), String(read)).toEqual(await read(latchkey));
  }
});

it('a batch gives the verdict on each question, in order, and names the question that is wrong', async () => {
  const { token } = await client.keys.create({
    name: 'a',
    owner: 'o',
    scopes: ['a:read'],
    limits: [{ name: 'two', limit: 2, window: '366d' }],
  });
  const verdicts = await client.verifyBatch([
    { token },
    { token: null },
    { token, scopes: ['a:write'] },
    { token: 'x'.repeat(10_000) },
    { token },
    { token },
  ]);
  expect(verdicts.map(({ code }) => code)).toEqual(['valid', 'missing', 'insufficient_scope', 'malformed', 'valid', 'rate_limited']);
  expect(verdicts[0]?.limits?.[0]?.resetAt).toBeTypeOf('number');
  const wrong = client.verifyBatch([{ token }, { token, cost: -1 }]);
  await expect(wrong).rejects.toBeInstanceOf(InvalidInputError);
  await expect(wrong).rejects.toMatchObject({ issues: [{ pointer: '/requests/1/cost' }] });
  const many = client.verifyBatch(Array.from({ length: 101 }, () => ({ token: 'a' })));
  await expect(many).rejects.toMatchObject({ issues: [{ pointer: '/requests' }] });
});

it('a request that was carried out but not answered is repeated under its idempotency key, and told as such', async () => {
  let calls = 0;
  const flaky: typeof globalThis.fetch = async (input, init) => {
    const response = await fetch(input, init);
    // The service has done it, and the answer is lost.
    if (calls++ === 0) throw new TypeError('terminated');
    return response;
  };
  const flakyClient = createClient({ url: service.url, adminKey: ADMIN_KEY, fetch: flaky });
  const issued = await flakyClient.keys.create({ name: 'a', owner: 'flaky' }, { idempotencyKey: UUID });
  expect(issued.replayed).toBe(true);
  expect(issued.token?.reveal()).toMatch(/^lk_live_/);
  expect((await latchkey.keys.list({ owner: 'flaky' })).data).toHaveLength(1);
});

it('whoever has no credentials, or wrong ones, is forbidden, and none of them is repeated', async () => {
  const { token } = await client.keys.create({ name: 'a', owner: 'o', environment: 'operator', scopes: ['keys:read'] });
  const operator = createClient({ url: service.url, token: token.reveal() });
  await expect(operator.keys.list()).resolves.toBeDefined();
  const [lacking, wrong, none] = await Promise.all(
    [
      operator.tiers.list(),
      createClient({ url: service.url, adminKey: 'wrong-key-wrong-key' }).keys.list(),
      createClient({ url: service.url, credentials: 'omit' }).keys.list(),
    ].map(async (call) => call.then(() => null).catch((error: unknown) => error)),
  );
  for (const error of [lacking, wrong, none]) expect(error).toBeInstanceOf(ForbiddenError);
  expect(lacking).toMatchObject({ missingScopes: ['tiers:read'], unauthenticated: false });
  expect([wrong, none]).toMatchObject([{ unauthenticated: false }, { unauthenticated: true }]);
  expect([lacking, wrong, none].map(String).join()).not.toMatch(new RegExp(`${token.reveal()}|wrong-key`));
});

it('a service that is shutting down is not ready, and says when to come again', async () => {
  const other = createApp(latchkey, { adminKey: ADMIN_KEY });
  const running = await serveApp(other, { host: '127.0.0.1', port: 0 });
  const probe = createClient({ url: running.url, credentials: 'omit' });
  await expect(probe.ready()).resolves.toBeUndefined();
  other.drain();
  await expect(probe.ready()).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
  await running.close(0);
});

it('what is not allowed any more and what is no longer there reject as in the process', async () => {
  const { key } = await client.keys.create({ name: 'a', owner: 'o' });
  await client.keys.revoke(key.id);
  await expect(client.keys.rotate(key.id)).rejects.toBeInstanceOf(ConflictError);
  await expect(createClient({ url: `${service.url}/elsewhere`, credentials: 'omit' }).keys.get(key.id)).rejects.toBeInstanceOf(
    UnavailableError,
  );
});
