/** examples/snippets-api, installed from the packed library and run as its own process. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCommands } from '../../packages/server/test/has-commands.js';
import { ask, askAtOnce, askSlowly, askUntil, untilRefused, type Answer, type Request } from './ask.js';
import { findSecrets, installExample, type Example, type RunningExample } from './example.js';

const JWT_SECRET = 'a-secret-for-these-tests-alone-0123456789';
const CLAIMS = { iss: 'https://id.snippets.example/', aud: 'snippets-api' };

let example: Example;
let api: RunningExample;
/** Every token and JWT that was good. */
const secrets: string[] = [JWT_SECRET];

beforeAll(async () => {
  example = await installExample('snippets-api');
  api = await example.start({ JWT_SECRET });
});

afterAll(async () => {
  await api?.stop();
  example?.remove();
});

interface Signing {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly secret?: string;
  readonly hash?: string;
}

/** A JWT (RFC 7519), by hand: the example's own script makes none that is wrong. */
function sign(user: string, { claims = {}, header = {}, secret = JWT_SECRET, hash = 'sha256' }: Signing = {}): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = { ...CLAIMS, sub: user, exp: Math.floor(Date.now() / 1000) + 600, ...claims };
  const signed = `${encode({ alg: 'HS256', ...header })}.${encode(payload)}`;
  const jwt = `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
  secrets.push(jwt);
  return jwt;
}

const as = async (credential: string, path: string, request: Request = {}): Promise<Answer> =>
  ask(`${api.url}/api${path}`, { ...request, headers: { ...request.headers, Authorization: `Bearer ${credential}` } });
const detail = ({ status, body }: Answer): unknown => [status, body.detail];
const wrong = ({ status, body }: Answer): unknown => [status, body.errors.map((error: { name: string }) => error.name)];

async function issue(user: string, name = 'Machine'): Promise<{ readonly id: string; readonly token: string }> {
  const { status, body } = await as(sign(user), '/api-keys', { body: { name } });
  expect(status).toBe(201);
  secrets.push(body.apiKey);
  return { id: body.id, token: body.apiKey };
}

describe.runIf(hasCommands('curl', 'script'))('README.md of snippets-api', () => {
  it('shows what its commands print', async () => {
    expect(await example.walk()).toBeGreaterThan(10);
  });
});

describe('users and machines', () => {
  it('share the snippets of one owner, and see none of another', async () => {
    const [ada, grace] = [sign('ada'), sign('grace')];
    const { token } = await issue('ada');
    const byUser = await as(ada, '/snippets', { body: { title: 'By Ada', language: 'js', code: '1' } });
    const byKey = await as(token, '/snippets', { body: { title: 'By her machine', language: 'sh', code: 'true' } });
    expect([byUser.status, byKey.status]).toEqual([201, 201]);
    for (const credential of [ada, token]) {
      expect((await as(credential, '/snippets')).body).toEqual({ snippets: [byKey.body, byUser.body], count: 2 });
      expect((await as(credential, '/snippets?language=sh')).body).toEqual({ snippets: [byKey.body], count: 1 });
      for (const language of ['__proto__', 'constructor', '%00', "'%20OR%201=1--"]) {
        expect((await as(credential, `/snippets?language=${language}`)).body).toEqual({ snippets: [], count: 0 });
      }
    }
    for (const credential of [grace, (await issue('grace')).token]) {
      expect((await as(credential, '/snippets')).body).toEqual({ snippets: [], count: 0 });
    }
  });

  it('are let in by what npm run token prints, for a user and a lifetime of their own', async () => {
    const [jwt, ended] = [[], ['1 second ago']].map((lifetime) => example.run('dist/sign-token.js', ['ada', ...lifetime], { JWT_SECRET }));
    expect((await as(jwt ?? '', '/snippets')).status).toBe(200);
    expect(detail(await as(ended ?? '', '/snippets'))).toEqual([401, 'Invalid or expired token']);
    secrets.push(jwt ?? '');
    expect(() => example.run('dist/sign-token.js', [], { JWT_SECRET })).toThrow('Use: npm run token -- <user>');
    expect(() => example.run('dist/sign-token.js', ['ada'], { JWT_SECRET: 'short' })).toThrow('openssl rand -base64 32');
  });

  it.each<[string, () => string]>([
    ['that has ended', () => sign('ada', { claims: { exp: Math.floor(Date.now() / 1000) - 1 } })],
    ['that never ends', () => sign('ada', { claims: { exp: undefined } })],
    ['of another issuer', () => sign('ada', { claims: { iss: 'https://id.elsewhere.example/' } })],
    ['for another audience', () => sign('ada', { claims: { aud: 'invoices-api' } })],
    ['of nobody', () => sign('ada', { claims: { sub: undefined } })],
    ['signed with another secret', () => sign('ada', { secret: 'another-secret-0123456789-0123456789-01' })],
    ['of an algorithm that is not pinned', () => sign('ada', { header: { alg: 'HS512' }, hash: 'sha512' })],
    ['that is not signed', () => sign('ada', { header: { alg: 'none' } }).replace(/[^.]*$/, '')],
  ])('are not let in by a JWT %s', async (_, make) => {
    expect(detail(await as(make(), '/snippets'))).toEqual([401, 'Invalid or expired token']);
  });

  it('are asked for a credential on every route, known or not', async () => {
    for (const path of ['/snippets', '/api-keys/list', '/audit']) {
      expect(detail(await ask(`${api.url}/api${path}`))).toEqual([401, 'Missing Authorization header']);
      const { token } = await issue('ada');
      expect((await ask(`${api.url}/api${path}?api_key=${token}`)).status).toBe(401);
    }
  });

  it.each([
    ['GET', '/snippets?lang=js', undefined, ['lang']],
    ['GET', '/snippets?language=', undefined, ['language']],
    ['GET', '/snippets?language=a&language=b', undefined, ['language']],
    ['GET', '/snippets?__proto__=a', undefined, ['__proto__']],
    ['GET', '/api-keys/list?cursor=constructor', undefined, ['cursor']],
    ['POST', '/snippets', { title: 'A', code: 7, owner: 'grace' }, ['language', 'owner', 'code']],
    ['POST', '/api-keys', {}, ['name']],
    ['POST', '/api-keys', { name: 'A', expiresInDays: 0 }, ['expiresInDays']],
    ['POST', '/api-keys', { name: 'A', expiresInDays: 366 }, ['expiresInDays']],
    ['POST', '/api-keys', { name: 'A', expiresInDays: '90' }, ['expiresInDays']],
    ['POST', '/api-keys', { name: 'A', owner: 'grace' }, ['owner']],
    ['POST', '/api-keys', { name: 'a\u0000b' }, ['name']],
    ['POST', '/api-keys/key_x/rotate', { grace: 'soon' }, ['grace']],
  ])('are told what is wrong in %s %s %j', async (method, path, body, names) => {
    const answer = await as(sign('ada'), path, { method, ...(body !== undefined && { body }) });
    expect(wrong(answer)).toEqual([422, names]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are told that a body cannot be read, without a word of it', async () => {
    for (const body of ['{"name":"quoted nowhere', '{"__proto__":{"name":"quoted nowhere"}}']) {
      const answer = await as(sign('ada'), '/api-keys', { body });
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain('quoted');
    }
  });
});

describe('the keys of snippets-api', () => {
  it('are listed to their owner, the newest first, with what they are and never with a token', async () => {
    const first = await issue('lister', 'First');
    const second = await issue('lister', 'Second');
    await as(second.token, '/snippets');
    await as(sign('lister'), `/api-keys/${first.id}`, { method: 'DELETE' });
    const listed = await askUntil(
      async () => as(sign('lister'), '/api-keys/list'),
      ({ body }) => body.apiKeys[0].lastUsedAt !== null,
    );
    const { apiKeys, totalKeys, activeKeys } = listed.body;
    expect([listed.status, listed.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect({ totalKeys, activeKeys }).toEqual({ totalKeys: 2, activeKeys: 1 });
    expect(apiKeys).toMatchObject([
      { id: second.id, name: 'Second', status: 'active', daysUntilExpiration: 90 },
      { id: first.id, name: 'First', status: 'revoked', lastUsedAt: null },
    ]);
    for (const key of apiKeys) {
      expect(Object.keys(key)).toEqual([
        'id',
        'name',
        'keyPreview',
        'status',
        'daysUntilExpiration',
        'createdAt',
        'expiresAt',
        'lastUsedAt',
      ]);
      expect(key.keyPreview).toBe('snip_live_****************');
    }
    expect((await as(second.token, '/api-keys/list')).body.apiKeys).toHaveLength(2);
    for (const { token } of [first, second]) expect(listed.text).not.toContain(token.slice(-20));
  });

  it('are shown once, when they are made, in an answer that no cache keeps', async () => {
    const { status, headers, body } = await as(sign('maker'), '/api-keys', { body: { name: 'Shown', expiresInDays: 7 } });
    secrets.push(body.apiKey);
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      message: 'Keep this API key now: it is not shown again',
      apiKey: expect.stringMatching(/^snip_live_/),
      id: expect.stringMatching(/^key_/),
      name: 'Shown',
      expiresAt: expect.any(String),
    });
    expect((await as(sign('maker'), '/api-keys/list')).body.apiKeys).toMatchObject([{ daysUntilExpiration: 7 }]);
  });

  it('are rotated in place: the old token ends at once, or after the grace that was asked for', async () => {
    const { id, token } = await issue('rotator');
    const rotated: string[] = [];
    for (const request of [{ method: 'POST' }, { body: { grace: '1h' } }]) {
      const { status, headers, body } = await as(sign('rotator'), `/api-keys/${id}/rotate`, request);
      expect([status, headers.get('cache-control'), body.id]).toEqual([200, 'no-store', id]);
      secrets.push(body.apiKey);
      rotated.push(body.apiKey);
    }
    const [between = '', last = ''] = rotated;
    expect(detail(await as(token, '/snippets'))).toEqual([401, 'Invalid or inactive API key']);
    expect([(await as(between, '/snippets')).status, (await as(last, '/snippets')).status]).toEqual([200, 200]);
  });

  it('are revoked for good, which is answered with what was revoked and leaves an entry in the audit log', async () => {
    const { id, token } = await issue('revoker', 'To be revoked');
    const revoke = async (): Promise<Answer> => as(sign('revoker'), `/api-keys/${id}`, { method: 'DELETE' });
    expect(await revoke()).toMatchObject({ status: 200, body: { message: 'API key revoked', id, name: 'To be revoked' } });
    expect(detail(await as(token, '/snippets'))).toEqual([401, 'Invalid or inactive API key']);
    expect(await revoke()).toMatchObject({ status: 200, body: { message: 'API key revoked', id } });
    expect((await as(sign('revoker'), `/api-keys/${id}/rotate`, { method: 'POST' })).status).toBe(409);
    const { entries } = (await as(sign('revoker'), '/audit')).body;
    expect(entries).toMatchObject([
      { action: 'key.revoked', by: 'revoker', id, from: '127.0.0.1' },
      { action: 'key.created', by: 'revoker', id, from: '127.0.0.1' },
    ]);
    expect((await as(sign('stranger'), '/audit')).body.entries).toEqual([]);
  });

  it('of another user are as keys that never were: 404, in the same words', async () => {
    const { id, token } = await issue('ada');
    for (const path of [id, 'key_0000000000000000', '__proto__', 'constructor', 'a%2fb', '%00']) {
      for (const [route, method] of [
        [`/api-keys/${path}`, 'DELETE'],
        [`/api-keys/${path}/rotate`, 'POST'],
      ] as const) {
        const answer = await as(sign('mallory'), route, { method });
        expect([answer.status, answer.text]).toEqual([404, '{"title":"Not Found","status":404,"detail":"API key not found"}']);
      }
    }
    expect((await as(token, '/snippets')).status).toBe(200);
    expect((await as(sign('mallory'), '/api-keys/list')).body).toMatchObject({ apiKeys: [], totalKeys: 0, activeKeys: 0 });
  });

  it('make, rotate and revoke no keys, and read no audit log', async () => {
    const { id, token } = await issue('careful');
    for (const [path, request] of [
      ['/api-keys', { body: { name: 'Another' } }],
      [`/api-keys/${id}/rotate`, { method: 'POST' }],
      [`/api-keys/${id}`, { method: 'DELETE' }],
      ['/audit', {}],
    ] as const) {
      expect(detail(await as(token, path, request))).toEqual([403, 'This needs a user who is signed in, not an API key']);
    }
    expect((await as(sign('careful'), '/api-keys/list')).body).toMatchObject({ totalKeys: 1, activeKeys: 1 });
  });

  it('are not made with a JWT that has ended, not even when it ended while the request was under way', async () => {
    const jwt = sign('late', { claims: { exp: Math.floor(Date.now() / 1000) + 12 } });
    const slow = await askSlowly(`${api.url}/api/api-keys`, { Authorization: `Bearer ${jwt}` });
    await askUntil(
      async () => as(jwt, '/snippets'),
      ({ status }) => status === 401,
    );
    expect(detail(await as(jwt, '/api-keys', { body: { name: 'Late' } }))).toEqual([401, 'Invalid or expired token']);
    const { status, text } = await slow.finish('{"name":"Late"}');
    expect([status, JSON.parse(text).detail]).toEqual([403, 'Your session has ended. Sign in again.']);
    expect((await as(sign('late'), '/api-keys/list')).body.totalKeys).toBe(0);
  });
});

describe('the limit of snippets-api', () => {
  it('admits of 150 calls of a key at once exactly 100, whatever another key of its owner does, and tells each where it stands', async () => {
    const [busy, other] = [await issue('busy'), await issue('busy')];
    const answers = await askAtOnce(150, async () => as(busy.token, '/snippets'));
    const passed = answers.filter(({ status }) => status === 200);
    expect([passed.length, answers.filter(({ status }) => status === 429).length]).toEqual([100, 50]);
    const remaining = passed.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')));
    expect(remaining.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    for (const { headers } of answers) {
      expect(headers.get('x-ratelimit-limit')).toBe('100');
      expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
    }
    const denied = await as(busy.token, '/snippets');
    expect(detail(denied)).toEqual([429, 'Rate limit exceeded']);
    expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await as(other.token, '/snippets')).headers.get('x-ratelimit-remaining')).toBe('99');
  });

  it('is not one of users: 150 calls at once with a JWT all pass, and tell of none', async () => {
    const jwt = sign('busy');
    for (const { status, headers } of await askAtOnce(150, async () => as(jwt, '/snippets'))) {
      expect([status, headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
  });
});

describe('the process of snippets-api', () => {
  it('does not start without a key to check JWTs with', async () => {
    for (const variables of [{}, { JWT_SECRET: 'short' }] as const) {
      await expect(example.start(variables)).rejects.toThrow('JWT_SECRET is not set, or has fewer than 32 bytes.');
    }
  });

  it('answers what is under way when it is asked to end, and what was answered is there afterwards', async () => {
    const slow = await askSlowly(`${api.url}/api/api-keys`, { Authorization: `Bearer ${sign('last')}` });
    const stopped = api.stop();
    await untilRefused(api.url);
    const { status, text } = await slow.finish('{"name":"In the last second"}');
    expect(status).toBe(201);
    expect(await stopped).toBe(0);
    const { apiKey } = JSON.parse(text) as { apiKey: string };
    secrets.push(apiKey);
    api = await example.start({ JWT_SECRET }, api.folder);
    expect((await as(apiKey, '/snippets')).status).toBe(200);
  });

  it('prints and stores no token, no JWT and no secret', async () => {
    expect(secrets.length).toBeGreaterThan(20);
    expect(example.printed()).toContain('request completed');
    expect(findSecrets(secrets, { printed: example.printed(), folder: api.folder })).toEqual([]);
  });
});
