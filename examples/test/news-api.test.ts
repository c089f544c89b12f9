/** examples/news-api, installed from the packed library and run as its own process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCommands } from '../../packages/server/test/has-commands.js';
import { ask, askAtOnce, askSlowly, askUntil, untilRefused, type Answer } from './ask.js';
import { findSecrets, installExample, type Example, type RunningExample } from './example.js';

const ADMIN_API_KEY = 'an-admin-key-for-these-tests-alone';
const ADMIN = { 'X-Admin-Key': ADMIN_API_KEY };

let example: Example;
let api: RunningExample;
/** Every token that was issued. */
const tokens: string[] = [];

beforeAll(async () => {
  example = await installExample('news-api');
  api = await example.start({ ADMIN_API_KEY });
});

afterAll(async () => {
  await api?.stop();
  example?.remove();
});

async function issue(tier = 'free', name = 'A reader'): Promise<{ readonly id: string; readonly token: string }> {
  const { status, body } = await ask(`${api.url}/admin/api-keys`, { headers: ADMIN, body: { name, tier } });
  expect(status).toBe(201);
  tokens.push(body.api_key);
  return { id: body.key_id, token: body.api_key };
}

const articles = async (token: string, query = ''): Promise<Answer> =>
  ask(`${api.url}/articles${query}`, { headers: { 'X-API-Key': token } });
const key = async (id: string, method = 'GET'): Promise<Answer> => ask(`${api.url}/admin/api-keys/${id}`, { method, headers: ADMIN });
const detail = ({ status, body }: Answer): unknown => [status, body.detail];

describe.runIf(hasCommands('curl', 'script'))('README.md of news-api', () => {
  it('shows what its commands print', async () => {
    expect(await example.walk()).toBeGreaterThan(8);
  });
});

describe('the keys of news-api', () => {
  it('are issued by the administrator, with the token in that answer alone, which no cache keeps', async () => {
    const { status, headers, body } = await ask(`${api.url}/admin/api-keys`, { headers: ADMIN, body: { name: 'Feed', tier: 'pro' } });
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(Object.keys(body)).toEqual(['api_key', 'key_id', 'name', 'tier', 'created_at']);
    expect(body).toMatchObject({ api_key: expect.stringMatching(/^news_live_/), name: 'Feed', tier: 'pro' });
    expect(new Date(body.created_at).toISOString()).toBe(body.created_at);
    tokens.push(body.api_key);
    const listed = await ask(`${api.url}/admin/api-keys`, { headers: ADMIN });
    expect(listed.body.api_keys[0]).toMatchObject({ key_id: body.key_id, name: 'Feed', tier: 'pro', status: 'active' });
    for (const { text } of [listed, await key(body.key_id)]) expect(text).not.toContain(body.api_key);
  });

  it('are issued to nobody without the admin key, and to nobody at all where none is configured', async () => {
    const { id, token } = await issue();
    const body = { name: 'Mine', tier: 'free' };
    for (const headers of [{}, { 'X-Admin-Key': '' }, { 'X-Admin-Key': `${ADMIN_API_KEY}x` }, { 'X-Admin-Key': token }] as const) {
      expect(detail(await ask(`${api.url}/admin/api-keys`, { headers, body }))).toEqual([403, 'Invalid admin key']);
      expect(detail(await ask(`${api.url}/admin/api-keys/${id}`, { method: 'DELETE', headers }))).toEqual([403, 'Invalid admin key']);
    }
    for (const variables of [{}, { ADMIN_API_KEY: '' }] as const) {
      const without = await example.start(variables);
      for (const headers of [{}, { 'X-Admin-Key': '' }, ADMIN] as const) {
        expect(detail(await ask(`${without.url}/admin/api-keys`, { headers, body }))).toEqual([500, 'ADMIN_API_KEY is not configured']);
      }
      await without.stop();
    }
  });

  it.each([
    [{ tier: 'free' }, ['name']],
    [{ name: '', tier: 'free' }, ['name']],
    [{ name: 'x'.repeat(101), tier: 'free' }, ['name']],
    [{ name: 'a\u0000b', tier: 'free' }, ['name']],
    [{ name: 'A', tier: 'gold' }, ['tier']],
    [{ name: 'A', tier: '__proto__' }, ['tier']],
    [{ name: 'A', tier: 'constructor' }, ['tier']],
    [{ name: 7, tier: null, owner: 'me' }, ['name', 'tier', 'owner']],
    ['{"__proto__":{"name":"A"}}', ['name', '__proto__']],
  ])('are not issued for %j, which is answered 422 with the fields that are wrong', async (body, names) => {
    const answer = await ask(`${api.url}/admin/api-keys`, { headers: ADMIN, body });
    expect([answer.status, answer.body.errors.map((error: { name: string }) => error.name)]).toEqual([422, names]);
  });

  it('are not issued for a body that is no JSON, which is not repeated', async () => {
    const answer = await ask(`${api.url}/admin/api-keys`, { headers: ADMIN, body: '{"name":"quoted nowhere' });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('quoted nowhere');
  });

  it('work no more once they are revoked, while their history stays to be read', async () => {
    const { id, token } = await issue('basic', 'Short-lived');
    expect((await articles(token)).status).toBe(200);
    expect(await key(id, 'DELETE')).toMatchObject({ status: 204, body: null });
    expect(detail(await articles(token))).toEqual([401, 'Invalid or inactive API key']);
    const { body } = await askUntil(
      async () => key(id),
      ({ body: shown }) => shown.requests_of_30_days.revoked === 1,
    );
    expect(body).toMatchObject({ key_id: id, name: 'Short-lived', tier: 'basic', status: 'revoked', requests_of_30_days: { valid: 1 } });
    expect(body.history).toMatchObject([
      { action: 'key.created', by: 'admin' },
      { action: 'key.revoked', by: 'admin', at: body.revoked_at },
    ]);
    expect((await key(id, 'DELETE')).status).toBe(204);
    expect((await key(id)).body.history).toHaveLength(2);
  });

  it('that never were are 404, to read and to revoke', async () => {
    for (const id of ['key_0000000000000000', 'constructor', '__proto__', 'a%2fb', '%00']) {
      expect(detail(await key(id))).toEqual([404, 'API key not found']);
      expect(detail(await key(id, 'DELETE'))).toEqual([404, 'API key not found']);
    }
  });
});

describe('GET /articles of news-api', () => {
  it('needs a key', async () => {
    expect(detail(await ask(`${api.url}/articles`))).toEqual([401, 'Missing Authorization header']);
    expect(detail(await articles('news_live_nonsense'))).toEqual([401, 'Invalid or inactive API key']);
    const { token } = await issue();
    expect((await ask(`${api.url}/articles?api_key=${token}`)).status).toBe(401);
  });

  it('gives the newest 20, or as many as were asked for, of a category and a source', async () => {
    const { token } = await issue();
    const all = (await articles(token, '?limit=100')).body;
    expect(all.count).toBe(24);
    expect(all.articles.map((each: { id: number }) => each.id)).toEqual(Array.from({ length: 24 }, (_, index) => 24 - index));
    expect((await articles(token)).body).toEqual({ articles: all.articles.slice(0, 20), count: 20 });
    expect((await articles(token, '?limit=1')).body).toEqual({ articles: all.articles.slice(0, 1), count: 1 });
    const some = (await articles(token, '?category=culture&source=Inland%20Post')).body;
    expect(some.count).toBe(4);
    for (const each of some.articles) expect(each).toMatchObject({ category: 'culture', source: 'Inland Post' });
    for (const query of ['?category=sports', '?category=__proto__', "?source='%20OR%201=1--", '?category=%00', '?source=%25']) {
      expect((await articles(token, query)).body).toEqual({ articles: [], count: 0 });
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=%2B5', 'limit'],
    ['limit=5.0', 'limit'],
    ['limit=05', 'limit'],
    ['limit=__proto__', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['category=', 'category'],
    ['category=a&category=b', 'category'],
    [`source=${'x'.repeat(51)}`, 'source'],
    ['catgory=culture', 'catgory'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    ['category[]=culture', 'category[]'],
  ])('answers ?%s with 422 and names the parameter', async (query, name) => {
    const { token } = await issue();
    const answer = await articles(token, `?${query}`);
    expect([answer.status, answer.body.errors.map((error: { name: string }) => error.name)]).toEqual([422, [name]]);
    expect(answer.body.detail.startsWith(`${name}: `)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('admits of 150 calls at once exactly as many as the tier has, tells each where the limit stands, and forgets nothing over a restart', async () => {
    const { token } = await issue('free');
    const answers = await askAtOnce(150, async () => articles(token, '?limit=1'));
    const passed = answers.filter(({ status }) => status === 200);
    const denied = answers.filter(({ status }) => status === 429);
    expect([passed.length, denied.length]).toEqual([100, 50]);
    const remaining = passed.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')));
    expect(remaining.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    for (const { headers } of answers) {
      expect(headers.get('x-ratelimit-limit')).toBe('100');
      expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
    }
    for (const answer of denied) {
      expect(detail(answer)).toEqual([429, 'Rate limit exceeded']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await api.stop()).toBe(0);
    api = await example.start({ ADMIN_API_KEY }, api.folder);
    expect((await articles(token)).status).toBe(429);
  });

  it.each([
    ['basic', '1000'],
    ['pro', '10000'],
  ])('limits a key of the tier %s to %s an hour', async (tier, limit) => {
    const { token } = await issue(tier);
    const { headers } = await articles(token, '?limit=1');
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([limit, String(Number(limit) - 1)]);
  });
});

describe('the process of news-api', () => {
  it('answers what is under way when it is asked to end, and what was answered is there afterwards', async () => {
    const slow = await askSlowly(`${api.url}/admin/api-keys`, ADMIN);
    const stopped = api.stop();
    await untilRefused(api.url);
    const { status, text } = await slow.finish('{"name":"In the last second","tier":"free"}');
    expect(status).toBe(201);
    expect(await stopped).toBe(0);
    tokens.push(JSON.parse(text).api_key);
    api = await example.start({ ADMIN_API_KEY }, api.folder);
    expect((await articles(JSON.parse(text).api_key)).status).toBe(200);
  });

  it('prints and stores no token and no admin key', async () => {
    expect(tokens.length).toBeGreaterThan(10);
    expect(example.printed()).toContain('listens on');
    expect(findSecrets([...tokens, ADMIN_API_KEY], { printed: example.printed(), folder: api.folder })).toEqual([]);
  });
});
