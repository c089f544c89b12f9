/** examples/tiers-api, installed from the packed library and run as its own process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCommands } from '../../packages/server/test/has-commands.js';
import { ask, askAtOnce, askSlowly, askUntil, untilRefused, type Answer, type Request } from './ask.js';
import { findSecrets, installExample, type Example, type RunningExample } from './example.js';

const PASSWORDS = { ada: 'the-password-of-ada', grace: 'the-password-of-grace' };
const VARIABLES = { APP_ENV: 'live', ACCOUNTS: `ada:free:${PASSWORDS.ada}, grace:pro:${PASSWORDS.grace}` };

type Customer = keyof typeof PASSWORDS;

let example: Example;
let api: RunningExample;
/** Every token that was issued, and every password. */
const secrets: string[] = Object.values(PASSWORDS);

beforeAll(async () => {
  example = await installExample('tiers-api');
  api = await example.start(VARIABLES);
});

afterAll(async () => {
  await api?.stop();
  example?.remove();
});

const basic = (name: string, password: string) => ({ Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
const signedIn = (customer: Customer) => basic(customer, PASSWORDS[customer]);
const as = async (customer: Customer, path = '', request: Request = {}): Promise<Answer> =>
  ask(`${api.url}/api-keys${path}`, { ...request, headers: signedIn(customer) });
const withKey = async (token: string, path = '/protected'): Promise<Answer> =>
  ask(`${api.url}${path}`, { headers: { 'X-API-Key': token } });
const detail = ({ status, body }: Answer): unknown => [status, body.detail];

async function issue(customer: Customer, body: object = {}): Promise<{ readonly id: string; readonly token: string }> {
  const answer = await as(customer, '', { body: { name: 'A key', ...body } });
  expect(answer.status).toBe(201);
  secrets.push(answer.body.key);
  return { id: answer.body.id, token: answer.body.key };
}

describe.runIf(hasCommands('curl', 'script'))('README.md of tiers-api', () => {
  it('shows what its commands print', async () => {
    expect(await example.walk()).toBeGreaterThan(12);
  });
});

describe('the keys of tiers-api', () => {
  it('are made by a customer, with the token in that answer alone, which no cache keeps', async () => {
    const before = Date.now();
    const { status, headers, body, text } = await as('ada', '', { body: { name: 'For 90 days' } });
    secrets.push(body.key);
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(Object.keys(body)).toEqual(['key', 'id', 'expires_at', 'note']);
    const days = (Date.parse(body.expires_at) - before) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(90);
    expect(days).toBeLessThan(90.1);
    expect(text).toContain('acme_live_');
    const listed = await as('ada');
    expect(listed.body.keys[0]).toMatchObject({ id: body.id, name: 'For 90 days', environment: 'live', plan: 'free', status: 'active' });
    expect(listed.text).not.toContain(body.key.slice(-20));
  });

  it('say whose they are, and what they are called', async () => {
    const { token } = await issue('grace', { name: 'Forecast', expires_in_days: 1 });
    for (const answer of [
      await withKey(token),
      await ask(`${api.url}/protected`, { headers: { Authorization: `Bearer ${token}` } }),
      await ask(`${api.url}/protected?api_key=${token}`),
    ]) {
      expect([answer.status, answer.body, answer.headers.get('cache-control')]).toEqual([
        200,
        { message: 'Hello grace', key_name: 'Forecast' },
        'no-store',
      ]);
    }
  });

  it('are asked for, in one place and not in two that differ', async () => {
    const [one, other] = [await issue('ada'), await issue('ada')];
    expect(detail(await ask(`${api.url}/protected`))).toEqual([401, 'Missing Authorization header']);
    expect(detail(await ask(`${api.url}/data?api_key=`))).toEqual([401, 'Missing Authorization header']);
    expect(detail(await ask(`${api.url}/data?api_key=__proto__`))).toEqual([401, 'Invalid or inactive API key']);
    expect((await withKey(one.token, `/protected?api_key=${other.token}`)).status).toBe(401);
    expect((await ask(`${api.url}/protected?api_key=${one.token}&api_key=${other.token}`)).status).toBe(401);
    expect((await withKey(one.token, `/protected?api_key=${one.token}`)).status).toBe(200);
  });

  it.each([
    [{}, ['name']],
    [{ name: '' }, ['name']],
    [{ name: 'a\u0000b' }, ['name']],
    [{ name: 'A', expires_in_days: 0 }, ['expires_in_days']],
    [{ name: 'A', expires_in_days: 366 }, ['expires_in_days']],
    [{ name: 'A', expires_in_days: 1.5 }, ['expires_in_days']],
    [{ name: 'A', expires_in_days: '90' }, ['expires_in_days']],
    [{ name: 'A', expires_in_days: null }, ['expires_in_days']],
    [{ name: 'A', environment: 'operator' }, ['environment']],
    [{ name: 'A', environment: '__proto__' }, ['environment']],
    [{ name: 'A', plan: 'pro', owner: 'grace' }, ['plan', 'owner']],
    ['{"__proto__":{"name":"A"}}', ['name', '__proto__']],
  ])('are not made for %j, which is answered 422 with the fields that are wrong', async (body, names) => {
    const answer = await as('ada', '', { body });
    expect([answer.status, answer.body.errors.map((error: { name: string }) => error.name)]).toEqual([422, names]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('are not made for a body that is no JSON, too long, or of a type that a form could send', async () => {
    const notJson = await as('ada', '', { body: '{"name":"quoted nowhere' });
    expect(detail(notJson)).toEqual([400, 'The body is not JSON']);
    expect((await as('ada', '', { body: { name: 'x'.repeat(20_000) } })).status).toBe(413);
    const headers = { ...signedIn('ada'), 'Content-Type': 'text/plain' };
    expect(detail(await ask(`${api.url}/api-keys`, { headers, body: { name: 'A' } }))).toEqual([
      415,
      'Send Content-Type: application/json',
    ]);
  });

  it('are made for nobody who does not sign in', async () => {
    const { token } = await issue('ada');
    for (const headers of [
      {},
      basic('ada', PASSWORDS.grace),
      basic('ada', ''),
      basic('nobody', PASSWORDS.ada),
      basic('__proto__', ''),
      basic('constructor', ''),
      { Authorization: `Bearer ${token}` },
    ] as Record<string, string>[]) {
      const answer = await ask(`${api.url}/api-keys`, { headers, body: { name: 'A' } });
      expect(detail(answer)).toEqual([401, 'Sign in with the name and password of your account']);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="keys"');
    }
  });

  it('are rotated in place: the old token ends at once, or after the grace that was asked for', async () => {
    const { id, token } = await issue('ada');
    const rotate = async (body?: object): Promise<string> => {
      const answer = await as('ada', `/${id}`, { method: 'PATCH', body });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(answer.body).toEqual({ new_key: expect.stringMatching(/^acme_live_/), old_key_id: id, status: 'rotated' });
      secrets.push(answer.body.new_key);
      return answer.body.new_key;
    };
    const second = await rotate();
    expect(detail(await withKey(token))).toEqual([401, 'Invalid or inactive API key']);
    const third = await rotate({ grace: '1h' });
    expect([(await withKey(second)).status, (await withKey(third)).status]).toEqual([200, 200]);
    const last = await rotate({});
    expect([(await withKey(second)).status, (await withKey(third)).status, (await withKey(last)).status]).toEqual([401, 401, 200]);
    const wrong = await as('ada', `/${id}`, { method: 'PATCH', body: { grace: 'soon' } });
    expect([wrong.status, wrong.body.errors[0].name]).toEqual([422, 'grace']);
    expect((await as('ada', `/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await withKey(last)).status).toBe(401);
    expect((await as('ada', `/${id}`, { method: 'PATCH' })).status).toBe(409);
  });

  it('of another customer are as keys that never were', async () => {
    const { id, token } = await issue('ada');
    for (const path of [id, 'key_0000000000000000', '__proto__', 'constructor', 'a%2fb', '%00']) {
      for (const method of ['PATCH', 'DELETE'])
        expect(detail(await as('grace', `/${path}`, { method }))).toEqual([404, 'API key not found']);
    }
    expect((await withKey(token)).status).toBe(200);
    expect((await as('grace')).text).not.toContain(id);
  });
});

describe('the plans of tiers-api', () => {
  it('free admits of 150 calls at once exactly 100 of a day, counting /data and nothing else', async () => {
    const { token } = await issue('ada');
    const answers = await askAtOnce(150, async () => withKey(token, '/data'));
    // By the day that each was counted in: at midnight (UTC) another begins.
    const dayOf = ({ headers }: Answer): string | null => headers.get('x-ratelimit-reset');
    for (const day of new Set(answers.map(dayOf))) {
      const all = answers.filter((answer) => dayOf(answer) === day);
      const [passed, denied] = [200, 429].map((status) => all.filter((answer) => answer.status === status));
      expect([passed?.length, denied?.length]).toEqual([Math.min(all.length, 100), Math.max(all.length - 100, 0)]);
      for (const { headers } of all) expect(headers.get('x-ratelimit-limit')).toBe('100');
      for (const { body } of passed ?? []) expect(body).toMatchObject({ plan: 'free', data: [{ station: 'Harbour' }, {}, {}] });
      for (const answer of denied ?? []) {
        expect(detail(answer)).toEqual([429, 'Rate limit exceeded']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    expect((await withKey(token)).status).toBe(200);
  });

  it('pro admits 10 000 a day', async () => {
    const { token } = await issue('grace');
    const answers = await askAtOnce(150, async () => withKey(token, '/data'));
    for (const { status, headers } of answers) expect([status, headers.get('x-ratelimit-limit')]).toEqual([200, '10000']);
    const remaining = answers.map(({ headers }) => headers.get('x-ratelimit-remaining'));
    expect(new Set(remaining).size).toBe(150);
  });

  it('that an account has changed to are those of all its keys, but for those that were revoked', async () => {
    const [before, revoked] = [await issue('ada'), await issue('ada')];
    await as('ada', `/${revoked.id}`, { method: 'DELETE' });
    await api.stop();
    api = await example.start({ ...VARIABLES, ACCOUNTS: VARIABLES.ACCOUNTS.replace('ada:free', 'ada:pro') }, api.folder);
    expect((await withKey(before.token, '/data')).headers.get('x-ratelimit-limit')).toBe('10000');
    await api.stop();
    api = await example.start(VARIABLES, api.folder);
    expect((await withKey(before.token, '/data')).headers.get('x-ratelimit-limit')).toBe('100');
    expect((await withKey(revoked.token, '/data')).status).toBe(401);
  });
});

describe('the environments of tiers-api', () => {
  it('each take their own keys, and refuse those of the others', async () => {
    const environments = ['dev', 'staging', 'live'];
    const tokens = [];
    for (const environment of environments) tokens.push((await issue('ada', { environment })).token);
    for (const [index, environment] of environments.entries()) {
      await api.stop();
      api = await example.start({ ...VARIABLES, APP_ENV: environment }, api.folder);
      const answers = await Promise.all(tokens.map(async (token) => withKey(token)));
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403].with(index, 200));
      for (const answer of answers.toSpliced(index, 1)) expect(detail(answer)).toEqual([403, 'API key is for another environment']);
      expect((await issue('ada')).token).toContain(`_${environment}_`);
    }
  });

  it('and accounts that there are not keep the process from starting, without a word of a password', async () => {
    for (const [variables, problem] of [
      [{ APP_ENV: 'Live' }, 'APP_ENV: use one of dev, staging, live.'],
      [{ APP_ENV: '' }, 'APP_ENV: use one of dev, staging, live.'],
      [{ ACCOUNTS: `ada:gold:${PASSWORDS.ada}` }, 'ACCOUNTS: use name:plan:password'],
      [{ ACCOUNTS: 'ada:free:short' }, 'ACCOUNTS: use name:plan:password'],
      [{ ACCOUNTS: '' }, 'ACCOUNTS: use name:plan:password'],
    ] as const) {
      await expect(example.start({ ...VARIABLES, ...variables })).rejects.toThrow(problem);
    }
  });
});

describe('the process of tiers-api', () => {
  it('answers what is under way when it is asked to end, and what was answered is there afterwards', async () => {
    const slow = await askSlowly(`${api.url}/api-keys`, signedIn('ada'));
    const stopped = api.stop();
    await untilRefused(api.url);
    const { status, text } = await slow.finish('{"name":"In the last second"}');
    expect(status).toBe(201);
    expect(await stopped).toBe(0);
    const { key } = JSON.parse(text) as { key: string };
    secrets.push(key);
    api = await example.start(VARIABLES, api.folder);
    expect((await withKey(key)).status).toBe(200);
  });

  it('prints and stores no token and no password', async () => {
    await askUntil(
      async () => ask(`${api.url}/nowhere`),
      () => example.printed().includes('GET /nowhere 404'),
    );
    expect(secrets.length).toBeGreaterThan(15);
    expect(findSecrets(secrets, { printed: example.printed(), folder: api.folder })).toEqual([]);
  });
});
