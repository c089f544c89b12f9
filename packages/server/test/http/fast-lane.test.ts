import fc from 'fast-check';
import { REFUSAL_CODES } from 'latchkey';
import { mistyped } from 'latchkey/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { openService, type Service } from './service.js';
import { openWays, type Question, type Ways } from './ways.js';
import { ADMIN, bearer, forwardAuth, JSON_TYPE, REQUEST_ID, verify, type Headers } from './hot-questions.js';

let ways: Ways;
beforeAll(async () => {
  ways = await openWays();
});
afterAll(async () => ways.close());

/** The one answer, which every way gave. */
async function askAll(question: Question, inLane: boolean) {
  const asked = await ways.ask(question);
  const [lane, socket, fetched] = asked.answers;
  expect(lane).toEqual(socket);
  expect(lane).toEqual(fetched);
  expect(asked.inLane, JSON.stringify(question)).toBe(inLane);
  return lane;
}

const issue = async (input?: Parameters<Service['issue']>[0]) => ways.each((service) => service.issue(input));

describe('the fast lane answers as the ordinary way does', () => {
  it('every verdict, to whom may know and at the edge', async () => {
    const { token } = await issue({
      name: 'Bücher "1"',
      owner: 'ü@example.com',
      scopes: ['a:read', 'b:*'],
      limits: [
        { name: 'minute', limit: 3, window: '1m', algorithm: 'token-bucket' },
        { name: 'day', limit: 100, window: '1d' },
      ],
      credits: { remaining: 5 },
      metadata: { plan: 'yearly', deep: { 'ü"': [1, null] } },
      expiresAt: '2027-01-01T00:00:00Z',
    });
    const revoked = await issue();
    const disabled = await issue();
    const suspended = await issue({ owner: 'suspended' });
    const walled = await issue({ ipRules: ['203.0.113.9'] });
    const early = await issue({ notBefore: '2026-12-01T00:00:00Z' });
    const expired = await issue({ expiresAt: '2026-06-01T12:00:00.001Z' });
    const poor = await issue({ credits: { remaining: 0 } });
    const tight = await issue({ limits: [{ name: 'hour', limit: 1, window: '1h' }] });
    const other = await issue({ environment: 'test' });
    await ways.each(async ({ latchkey, clock }) => {
      await latchkey.keys.revoke(revoked.id);
      await latchkey.keys.disable(disabled.id);
      await latchkey.owners.suspend('suspended');
      clock.advance(1);
    });
    const codes = new Set<unknown>();
    const statuses = new Set<unknown>();
    for (const one of [token, token, token, token, mistyped(token), 'x', revoked.token, disabled.token, suspended.token, walled.token]) {
      codes.add(JSON.parse((await askAll(verify(JSON.stringify({ token: one })), true))?.body ?? '').code);
      statuses.add((await askAll(forwardAuth('', bearer(one)), true))?.status);
    }
    for (const one of [early.token, expired.token, poor.token, tight.token, tight.token, '']) {
      codes.add(JSON.parse((await askAll(verify(JSON.stringify({ token: one })), true))?.body ?? '').code);
      statuses.add((await askAll(forwardAuth('?mode=nginx', bearer(one)), true))?.status);
    }
    for (const ask of [{ scopes: ['c:read'] }, { environment: 'live' }, { ip: '203.0.113.9' }, { dryRun: true }, { cost: 0 }]) {
      codes.add(JSON.parse((await askAll(verify(JSON.stringify({ token: other.token, ...ask })), true))?.body ?? '').code);
    }
    expect(codes).toEqual(new Set(['valid', ...REFUSAL_CODES.filter((code) => code !== 'not_found' && code !== 'unavailable')]));
    expect(statuses).toEqual(new Set([200, 401, 403, 429]));
  });

  it('an unknown token, by the same guess for each', async () => {
    const stranger = await openService();
    const { token } = await stranger.issue();
    await stranger.close();
    expect((await askAll(verify(JSON.stringify({ token })), true))?.body).toContain('"not_found"');
    expect((await askAll(forwardAuth('', bearer(token)), true))?.status).toBe(401);
  });

  it('what is asked of a verification, good and bad', async () => {
    const { token } = await issue({ limits: [{ name: 'day', limit: 1000, window: '1d' }] });
    for (const body of [
      { token, cost: 2, resource: 'x', limits: [{ name: 'call', limit: 5, window: '1h' }], userAgent: 'curl', scopes: [] },
      { token, cost: -1 },
      { token, scope: 'a:read', [token]: 1 },
      { token, scopes: ['nonsense'] },
      { token: 1 },
      {},
      [],
      null,
      'text',
    ]) {
      await askAll(verify(JSON.stringify(body)), true);
    }
    for (const body of [`{"token":"${token}"`, token, '{"token":"a","__proto__":{}}', ' ', '{"token":"ü\ud800"}']) {
      await askAll(verify(body), true);
    }
    expect((await askAll(verify('\ufeff{"token":"x"}'), true))?.status).toBe(200);
    expect((await askAll({ ...verify('\ufeff{"token":"x"}'), chunked: true }, false))?.status).toBe(200);
    await askAll(verify(Buffer.from([0x22, 0xff, 0xfe, 0x22])), true);
    await askAll(verify(Buffer.from([0xff, 0xef, 0xbb, 0xbf])), true);
  });

  it('who asks: a wrong admin key, none, two, an operator token with and without the scope', async () => {
    const { token } = await issue();
    const body = JSON.stringify({ token });
    const operators = await Promise.all([['keys:verify'], ['keys:read']].map((scopes) => ways.each((one) => one.operator(...scopes))));
    const [may = '', mayNot = ''] = operators;
    const by = (...headers: Headers): Question => ({ ...verify(body), headers: [REQUEST_ID, JSON_TYPE, ...headers] });
    const statuses: unknown[] = [];
    for (const headers of [
      [['x-admin-key', 'wrong']],
      [['x-admin-key', '']],
      [ADMIN, ['X-Admin-Key', 'other']],
      [],
      [bearer(may)],
      [bearer(mayNot)],
      [bearer(token)],
      [bearer(may), bearer(may)],
      [['authorization', 'Basic YTpi']],
      [['x-api-key', may]],
      [bearer(mayNot), ADMIN],
    ] satisfies Headers[]) {
      statuses.push((await askAll(by(...headers), true))?.status);
    }
    expect(statuses).toEqual([403, 403, 403, 401, 200, 403, 403, 401, 401, 401, 200]);
  });

  it('the tenth wrong admin key and the eleventh, of one address', async () => {
    const wrong = (address: string): Question => {
      const question = verify('{}', ['x-forwarded-for', address]);
      return { ...question, headers: question.headers.map((one) => (one === ADMIN ? (['x-admin-key', 'wrong'] as const) : one)) };
    };
    for (let i = 0; i < 10; i++) expect((await askAll(wrong('198.51.100.7'), true))?.status).toBe(403);
    expect((await askAll(wrong('198.51.100.7'), true))?.status).toBe(429);
    expect((await askAll(wrong('198.51.100.8, 198.51.100.9'), true))?.status).toBe(403);
  });

  it('where it comes from: repeated and forwarded headers', async () => {
    const { token } = await issue({ ipRules: ['203.0.113.9'] });
    const from = (...addresses: string[]): Headers => [bearer(token), ...addresses.map((one) => ['X-Forwarded-For', one] as const)];
    expect((await askAll(forwardAuth('', ...from('198.51.100.1', '203.0.113.9')), true))?.status).toBe(200);
    expect((await askAll(forwardAuth('', ...from('203.0.113.9, 198.51.100.1')), true))?.status).toBe(403);
    expect((await askAll(forwardAuth('', ...from('nonsense')), true))?.status).toBe(403);
    expect((await askAll(forwardAuth('', bearer(token), bearer(token)), true))?.status).toBe(401);
    expect((await askAll(forwardAuth('', ['X-API-Key', token], ['x-api-key', token]), true))?.status).toBe(401);
    expect((await askAll(forwardAuth('', ['X-Forwarded-Uri', `/a?api_key=${token}`]), true))?.status).toBe(401);
    expect((await askAll({ ...forwardAuth(''), headers: [['x-request-id', 'given-by-proxy']] }, true))?.headers).toContain(
      'x-request-id: given-by-proxy',
    );
  });

  it('what a proxy asks for, and what it asks amiss', async () => {
    const { token } = await issue({ scopes: ['a:read'] });
    for (const query of [
      '?scope=a:read',
      '?scope=a:read+b:read',
      '?scope=c:read&mode=nginx',
      '?cost=-1',
      '?nonsense=1',
      '?environment=test',
      '?',
      '?mode=nginx&mode=nginx',
      '?api_key=x',
      `?${token}=1`,
      '?cost=1&uri=',
    ]) {
      await askAll(forwardAuth(query, bearer(token)), true);
    }
  });

  it('whatever the body and the query are', async () => {
    const { token } = await issue();
    const field = fc.constantFrom('token', 'cost', 'ip', 'scopes', 'environment', 'dryRun', 'resource', 'limits', 'userAgent', 'x');
    const body = fc.oneof(
      fc.json(),
      fc.dictionary(field, fc.oneof(fc.constant(token), fc.jsonValue())).map((value) => JSON.stringify(value)),
    );
    const query = fc.string({ unit: fc.constantFrom(...'abcost=&:.+-*~_0129'), maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(body, query, async (text, asked) => {
        await askAll(verify(text), true);
        await askAll(forwardAuth(`?${asked}`, bearer(token)), true);
      }),
      runs(100),
    );
  });
});

describe('the fast lane leaves to the ordinary way', () => {
  it('methods, paths, queries, hosts and bodies of another kind', async () => {
    const { token } = await issue();
    const body = JSON.stringify({ token });
    for (const question of [
      { ...verify(body), chunked: true },
      verify(''),
      verify(JSON.stringify({ token: 'x'.repeat(70_000) })),
      { ...verify(undefined), method: 'GET' },
      { ...verify(undefined), method: 'OPTIONS' },
      { ...verify(body), target: '/v1/keys/verify?api_key=x' },
      { ...verify(body), target: '/v1/keys/verify?x=1' },
      { ...verify(body), target: '/v1/keys/verify/' },
      { ...verify(JSON.stringify({ requests: [{ token }] })), target: '/v1/keys/verify-batch' },
      { ...forwardAuth('', bearer(token)), method: 'POST', body: 'x' },
      { ...forwardAuth('', bearer(token)), method: 'PROPFIND' },
      forwardAuth('/articles?cost=0', bearer(token)),
      forwardAuth('x', bearer(token)),
      forwardAuth('?scope=a%3Aread', bearer(token)),
      forwardAuth("?scope='", bearer(token)),
      forwardAuth('?uri=/a?b=c', bearer(token)),
    ] satisfies Question[]) {
      await askAll(question, false);
    }
  });
});

describe('the log and the figures', () => {
  it('have of every request the same, whichever way it came', async () => {
    const own = await openWays();
    const { token } = await own.each((service) => service.issue({ limits: [{ name: 'day', limit: 1, window: '1d' }] }));
    for (const question of [
      verify(JSON.stringify({ token })),
      verify(JSON.stringify({ token })),
      verify('{'),
      forwardAuth('', bearer(token)),
      forwardAuth('?cost=x', bearer(token)),
      forwardAuth('', bearer('nonsense'), ['x-forwarded-for', '203.0.113.9']),
    ]) {
      expect((await own.ask(question)).inLane).toBe(true);
    }
    const [lane, ...others] = own.logs.map((lines) =>
      lines
        .map((line) => ({ ...(JSON.parse(line) as object), time: '' }))
        .filter((line) => 'route' in line && line.route !== '/openapi.json'),
    );
    expect(lane).toHaveLength(6);
    for (const other of others) expect(other).toEqual(lane);
    const [figures, ...rest] = await Promise.all(
      own.services.map(async (service) => requestLines((await service.call('GET', '/metrics')).text)),
    );
    expect(figures?.filter((line) => line.includes('_total'))).toContain(
      'latchkey_http_requests_total{method="GET",route="/v1/forward-auth",status="401"} 1',
    );
    for (const other of rest) expect(other).toEqual(figures);
    await own.close();
  });
});

function requestLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('latchkey_http_') && line.includes('/v1/'));
}
