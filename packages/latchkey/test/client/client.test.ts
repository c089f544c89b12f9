import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../../server/src/index.js';
import { createLatchkey, Token, type Latchkey } from 'latchkey';
import {
  ConfigurationError,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
  createClient,
  type Client,
  type ClientOptions,
} from 'latchkey/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ADMIN_KEY = 'an-admin-key-for-these-tests-alone';

let latchkey: Latchkey;
let client: Client;
let overApp: (options?: Partial<ClientOptions>) => Client;

beforeAll(async () => {
  latchkey = await createLatchkey({ database: ':memory:' });
  const app = createApp(latchkey, { adminKey: ADMIN_KEY });
  const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init));
  overApp = (options) => createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch, ...options });
  client = overApp();
});

afterAll(async () => {
  await latchkey.close();
});

/** A server that answers as it is told, and what it was asked. */
async function answering(listener: RequestListener): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function rejection(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('did not reject'),
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}

describe('the client gives what the engine gives', () => {
  it('verify: the same verdicts as in process, times as epoch milliseconds', async () => {
    const { key, token } = await client.keys.create({
      name: 'a',
      owner: 'o',
      scopes: ['a:read'],
      expiresAt: '2100-01-01',
      limits: [{ name: 'daily', limit: 9, window: '1d' }],
    });
    for (const request of [{}, { scopes: ['b:read'] }, { environment: 'test' }, { cost: 100 }]) {
      const dryRun = { ...request, dryRun: true };
      const [over, inProcess] = [await client.verify(token, dryRun), await latchkey.verify(token, dryRun)];
      expect(JSON.parse(JSON.stringify(over))).toEqual(JSON.parse(JSON.stringify(inProcess)));
    }
    const verdict = await client.verify(Token.of(token ?? ''), { cost: 2 });
    expect(verdict).toMatchObject({ valid: true, key: { id: key.id, expiresAt: Date.UTC(2100, 0, 1) }, limits: [{ remaining: 7 }] });
  });

  it('verify: no token at all is a verdict that needs no service', async () => {
    const offline = createClient({ url: 'http://127.0.0.1:1' });
    for (const nothing of [null, undefined, '']) expect(await offline.verify(nothing)).toMatchObject({ valid: false, code: 'missing' });
  });

  it('keys: the whole life of one, and a token in clear text only where it is made', async () => {
    const { key, token, replayed } = await client.keys.create({ name: 'life', owner: 'o-life', environment: 'test' });
    expect([replayed, token?.startsWith('lk_test_')]).toEqual([false, true]);
    expect(await client.keys.get(key.id)).toEqual(await latchkey.keys.get(key.id));
    expect((await client.keys.update(key.id, { name: 'changed', scopes: ['a:read'] })).key).toMatchObject({ name: 'changed' });
    expect((await client.keys.disable(key.id, { reason: 'r' })).key.status).toBe('disabled');
    expect((await client.keys.enable(key.id)).key.status).toBe('active');
    const rotated = await client.keys.rotate(key.id, { grace: '1h' });
    expect(rotated.key.secrets).toHaveLength(2);
    expect(rotated.token).not.toBe(token);
    expect((await client.keys.revoke(key.id, { reason: 'over' })).key.revokedReason).toBe('over');
    expect(await client.keys.list({ owner: 'o-life', status: 'revoked', limit: 5 })).toEqual(
      await latchkey.keys.list({ owner: 'o-life', status: 'revoked', limit: 5 }),
    );
  });

  it('owners, tiers, events and usage', async () => {
    await client.tiers.put('basic', { limits: [{ name: 'daily', limit: 5, window: '1d' }] });
    expect(await client.tiers.list()).toEqual(await latchkey.tiers.list());
    await client.keys.create({ name: 'a', owner: 'acme', tier: 'basic' });
    expect(await client.tiers.get('basic')).toMatchObject({ keys: 1 });
    expect((await client.owners.update('acme', { maxKeys: 3 })).owner.maxKeys).toBe(3);
    expect((await client.owners.suspend('acme')).owner.status).toBe('suspended');
    expect((await client.owners.resume('acme')).owner.status).toBe('active');
    expect((await client.owners.revokeAll('acme')).revoked).toBe(1);
    expect(await client.owners.get('acme')).toEqual(await latchkey.owners.get('acme'));
    expect(await client.owners.list({ search: 'acm' })).toEqual(await latchkey.owners.list({ search: 'acm' }));
    expect(await client.tiers.remove('basic')).toBeUndefined();
    const head = await client.events.head();
    expect(head).toEqual(await latchkey.events.head());
    expect(await client.events.verify(head ?? undefined)).toEqual({ intact: true, entries: head?.seq, head, broken: null });
    expect(await client.events.verify({ seq: 1, hash: '0'.repeat(64) })).toMatchObject({ intact: false, broken: { seq: 1 } });
    expect(await client.events.list({ owner: 'acme', order: 'oldest' })).toEqual(
      await latchkey.events.list({ owner: 'acme', order: 'oldest' }),
    );
    expect(await client.usage.read({ by: 'day', from: '2020-01-01', until: '2020-01-03' })).toMatchObject({ by: 'day', total: 0 });
  });

  it('an empty log has no head', async () => {
    const empty = await createLatchkey({ database: ':memory:' });
    const app = createApp(empty, { adminKey: ADMIN_KEY });
    const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init));
    expect(await createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch }).events.head()).toBeNull();
    await empty.close();
  });
});

describe('the client rejects as the engine would', () => {
  it('input that is wrong, with each issue and its place', async () => {
    const error = await rejection(client.keys.create({ name: 'bell\u0007', owner: 'o', expiresIn: 'soon' }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).issues.map((issue) => issue.pointer)).toEqual(expect.arrayContaining(['/name', '/expiresIn']));
  });

  it('what is not there, by its kind', async () => {
    const calls = [client.keys.get('key_none'), client.owners.get('nobody'), client.tiers.get('none')];
    const errors = await Promise.all(calls.map(rejection));
    expect(errors.map((error) => [error.constructor, (error as NotFoundError).resource])).toEqual([
      [NotFoundError, 'key'],
      [NotFoundError, 'owner'],
      [NotFoundError, 'tier'],
    ]);
  });

  it('conflicts, with their reason', async () => {
    const { key } = await client.keys.create({ name: 'a', owner: 'o' });
    await client.keys.revoke(key.id);
    const error = await rejection(client.keys.rotate(key.id));
    expect(error).toBeInstanceOf(ConflictError);
    expect(error).toMatchObject({ code: 'key_revoked' });
  });

  it('what is not allowed: no credentials, wrong ones, and the scopes that are lacking', async () => {
    const { token } = await client.keys.create({ name: 'a', owner: 'o', environment: 'operator', scopes: ['keys:read'] });
    const operator = overApp({ adminKey: undefined, token: token ?? '' });
    await expect(operator.keys.list()).resolves.toBeDefined();
    const calls = [
      operator.tiers.list(),
      overApp({ adminKey: 'wrong-key-wrong-key' }).keys.list(),
      overApp({ adminKey: undefined }).keys.list(),
    ];
    const errors = await Promise.all(calls.map(rejection));
    for (const error of errors) expect(error).toBeInstanceOf(ForbiddenError);
    expect(errors[0]).toMatchObject({ missingScopes: ['tiers:read'] });
    expect(errors.map(String).join()).not.toContain(token);
  });

  it('a service that cannot be reached, is no Latchkey, or answers with nonsense', async () => {
    const html = await answering((_request, response) => void response.writeHead(200).end('<html>'));
    const other = await answering((_request, response) => void response.writeHead(404).end('{"error":"x"}'));
    const nonsense = await answering((_request, response) => void response.end('{"valid":true}'));
    const gateway = await answering((_request, response) => void response.writeHead(502).end('<html>'));
    const calls = [
      createClient({ url: 'http://127.0.0.1:1' }).keys.get('a'),
      createClient({ url: html.url }).keys.get('a'),
      createClient({ url: other.url }).keys.get('a'),
      createClient({ url: nonsense.url }).verify('a'),
      createClient({ url: gateway.url }).keys.get('a'),
    ];
    for (const error of await Promise.all(calls.map(rejection))) {
      expect(error).toBeInstanceOf(UnavailableError);
      expect(error).toMatchObject({ dependency: 'service' });
    }
  });

  it('a service that does not answer in time, and a call that is given up', async () => {
    const silent = await answering(() => undefined);
    const late = await rejection(createClient({ url: silent.url, timeoutMs: 50 }).keys.get('a'));
    expect(late).toMatchObject({ code: 'unavailable', message: expect.stringContaining('within 50 ms') as string });
    expect(silent.asked.length).toBeLessThan(2);
    const aborted = await rejection(createClient({ url: silent.url }).keys.get('a', { signal: AbortSignal.abort() }));
    expect(aborted).toMatchObject({ code: 'unavailable', message: expect.stringContaining('given up') as string });
  });
});

describe('the client keeps credentials and promises', () => {
  it('does not follow a redirect, so that credentials reach nobody else', async () => {
    const elsewhere = await answering((_request, response) => void response.end('{}'));
    const redirecting = await answering((_request, response) => void response.writeHead(307, { location: elsewhere.url }).end());
    const error = await rejection(createClient({ url: redirecting.url, adminKey: ADMIN_KEY }).keys.get('a'));
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('redirect') as string });
    expect(elsewhere.asked).toHaveLength(0);
  });

  it('asks again, once, only where that is safe: reads, and issuing under an idempotency key', async () => {
    const cases: readonly (readonly [times: number, call: (client: Client) => Promise<unknown>])[] = [
      [2, async (c) => c.keys.get('a')],
      [2, async (c) => c.keys.create({ name: 'a', owner: 'b' }, { idempotencyKey: 'k' })],
      [2, async (c) => c.keys.rotate('a', {}, { idempotencyKey: 'k' })],
      [1, async (c) => c.keys.create({ name: 'a', owner: 'b' })],
      [1, async (c) => c.keys.rotate('a')],
      [1, async (c) => c.keys.revoke('a')],
      [1, async (c) => c.verify('a')],
      [1, async (c) => c.tiers.put('a', { limits: [] })],
    ];
    for (const [times, call] of cases) {
      const dropping = await answering((request) => void request.socket.destroy());
      expect(await rejection(call(createClient({ url: dropping.url })))).toBeInstanceOf(UnavailableError);
      expect(dropping.asked, String(call)).toHaveLength(times);
    }
  });

  it('an answer after the second asking is the answer, and a repeated creation is told as such', async () => {
    let calls = 0;
    const app = createApp(latchkey, { adminKey: ADMIN_KEY });
    const flaky: typeof globalThis.fetch = async (input, init) => {
      const response = await app.fetch(new Request(input, init));
      // The service has done it, and the answer is lost.
      if (calls++ === 0) throw new TypeError('terminated');
      return response;
    };
    const flakyClient = createClient({ url: 'http://service', adminKey: ADMIN_KEY, fetch: flaky });
    const issued = await flakyClient.keys.create({ name: 'a', owner: 'flaky' }, { idempotencyKey: 'Zk3v9XbQ0uYw7LmN2sTp5RcD8aHfE1gJ' });
    expect(issued).toMatchObject({ replayed: true, token: expect.stringMatching(/^lk_live_/) as string });
    expect((await latchkey.keys.list({ owner: 'flaky' })).data).toHaveLength(1);
  });

  it('an id is one part of the path, whatever it holds', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(new URL(new Request(input).url).pathname);
      return Response.json({}, { status: 200 });
    };
    const recording = createClient({ url: 'http://service/base/', fetch });
    for (const id of ['../tiers', 'a/b', 'a?b#c', '%2e%2e', 'é ü', '...']) await recording.owners.get(id);
    expect(asked).toEqual(
      ['..%2Ftiers', 'a%2Fb', 'a%3Fb%23c', '%252e%252e', '%C3%A9%20%C3%BC', '...'].map((id) => `/base/v1/owners/${id}`),
    );
    for (const id of ['', '.', '..']) expect(await rejection(recording.owners.get(id))).toBeInstanceOf(InvalidInputError);
  });

  it('refuses options that cannot work, without repeating a credential', () => {
    const secret = 'a secret\nwith a break';
    const wrong: ClientOptions[] = [
      { url: 'service:8787' },
      { url: 'nonsense' },
      { url: 'http://user:password@service' },
      { url: 'http://service/?a=b' },
      { url: 'http://service', adminKey: secret },
      { url: 'http://service', token: secret },
      { url: 'http://service', adminKey: 'a', token: 'b' },
    ];
    for (const options of wrong) {
      let thrown: unknown = null;
      try {
        createClient(options);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ConfigurationError);
      expect(String(thrown)).not.toMatch(/password|secret/);
    }
  });
});
