/** Requests, and what each is answered: the same in every framework. */
import type { Answer, Question } from './ask.js';
import type { Case, Expected, Headers, Tokens } from './request-case.js';
import { besideJwts } from './request-table-beside.js';

const bearer = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`];
const apiKey = (token: string): readonly [string, string] => ['X-API-Key', token];

const ADMITTED: Expected = { status: 200, json: { verified: true, owner: 'team-7', degraded: false } };
const UNVERIFIED: Expected = { status: 200, json: { verified: false, owner: null, degraded: false } };

const FORMAT = 'Invalid Authorization format. Use: Bearer YOUR_API_KEY';
const invalidToken = (description: string): string => `Bearer realm="api", error="invalid_token", error_description="${description}"`;
const malformed = (why: string): Expected => ({
  status: 401,
  code: 'malformed',
  detail: FORMAT,
  challenge: `Bearer realm="api", error="invalid_request", error_description="${why}"`,
});

const SEVERAL: Expected = { ...malformed('Two different tokens were sent.'), detail: 'Two different API keys were sent. Send one' };
const MISSING: Expected = { status: 401, code: 'missing', detail: 'Missing Authorization header', challenge: 'Bearer realm="api"' };
const INVALID: Expected = {
  status: 401,
  code: 'invalid',
  detail: 'Invalid or inactive API key',
  challenge: invalidToken('Invalid or inactive API key'),
};

const NO_LIMITS = Object.fromEntries(['x-ratelimit-limit', 'ratelimit', 'ratelimit-policy', 'retry-after'].map((name) => [name, null]));

/** What is left of the limit of two an hour, one minute into the hour. */
const hourly = (remaining: number): Record<string, string> => ({
  'x-ratelimit-limit': '2',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': '1767229200',
  ratelimit: `"hourly";r=${remaining};t=3540`,
  'ratelimit-policy': '"hourly";q=2;w=3600',
});

const presented: readonly Case[] = [
  { name: 'Authorization: Bearer', path: '/plain', headers: ({ good }) => [bearer(good)], expected: { ...ADMITTED, headers: NO_LIMITS } },
  { name: 'the scheme in any case', path: '/plain', headers: ({ good }) => [['authorization', `bEARER  ${good}`]], expected: ADMITTED },
  { name: 'X-API-Key', path: '/plain', headers: ({ good }) => [apiKey(good)], expected: ADMITTED },
  { name: 'the same token twice', path: '/plain', headers: ({ good }) => [bearer(good), apiKey(good)], expected: ADMITTED },
  {
    name: 'Authorization: Basic beside a good X-API-Key',
    path: '/plain',
    headers: ({ good }) => [['Authorization', 'Basic dXNlcjpwYXNz'], apiKey(good)],
    expected: ADMITTED,
  },
  { name: 'a configured header', path: '/partner', headers: ({ good }) => [['x-partner-key', good]], expected: ADMITTED },
  { name: 'a configured cookie', path: '/partner', headers: ({ good }) => [['Cookie', `a=b; api_token=${good}`]], expected: ADMITTED },
  { name: 'a header that is not configured', path: '/partner', headers: ({ good }) => [apiKey(good)], expected: MISSING },
  { name: 'the query, where it is allowed', path: '/query', query: ({ good }) => `a=b&api_key=${good}`, expected: ADMITTED },
  {
    name: 'a body, which the handler still can read',
    path: '/plain',
    method: 'POST',
    headers: ({ good }) => [bearer(good), ['content-type', 'text/plain']],
    body: 'the body',
    expected: { status: 200, json: { owner: 'team-7', body: 'the body' } },
  },
];

const unreadable: readonly Case[] = [
  { name: 'nothing', path: '/plain', expected: { ...MISSING, headers: NO_LIMITS } },
  { name: 'an empty X-API-Key', path: '/plain', headers: () => [apiKey('')], expected: MISSING },
  {
    name: 'another scheme',
    path: '/plain',
    headers: () => [['Authorization', 'Basic dXNlcjpwYXNz']],
    expected: malformed('The Authorization header is not of the Bearer scheme.'),
  },
  {
    name: 'a bare token in Authorization',
    path: '/plain',
    headers: ({ good }) => [['Authorization', good]],
    expected: malformed('The Authorization header is not of the Bearer scheme.'),
  },
  {
    name: 'Bearer without a token',
    path: '/plain',
    headers: () => [['Authorization', 'Bearer']],
    expected: malformed('The Authorization header has no token after Bearer.'),
  },
  {
    name: 'a header with two different tokens that a platform has joined',
    path: '/plain',
    headers: ({ good, other }) => [apiKey(`${good}, ${other}`)],
    expected: { ...malformed('The x-api-key header was sent more than once.'), detail: SEVERAL.detail ?? '' },
  },
  {
    name: 'two different tokens',
    path: '/plain',
    headers: ({ good, other }) => [bearer(good), apiKey(other)],
    expected: SEVERAL,
  },
  {
    name: 'a good token in a header and another in the allowed query',
    path: '/query',
    headers: ({ good }) => [bearer(good)],
    query: ({ other }) => `api_key=${other}`,
    expected: SEVERAL,
  },
  {
    name: 'a token in the query',
    path: '/plain',
    query: ({ good }) => `api_key=${good}`,
    expected: {
      status: 401,
      code: 'malformed',
      challenge: 'Bearer realm="api", error="invalid_request", error_description="An API key in the query is not accepted."',
    },
  },
];

/** Refused in every framework; fetch has joined what was repeated, and so says it in other words. */
export const REPEATED: readonly Pick<Case, 'name' | 'path' | 'headers'>[] = [
  { name: 'Authorization twice', path: '/plain', headers: ({ good, other }) => [bearer(good), bearer(other)] },
  { name: 'Authorization twice, the same', path: '/plain', headers: ({ good }) => [bearer(good), bearer(good)] },
  {
    name: 'Authorization twice, of two schemes',
    path: '/plain',
    headers: ({ good, other }) => [['Authorization', 'Basic dXNlcjpwYXNz'], bearer(other), apiKey(good)],
  },
  { name: 'X-API-Key twice', path: '/plain', headers: ({ good, other }) => [apiKey(good), ['x-api-KEY', other]] },
  { name: 'X-API-Key twice, the same', path: '/plain', headers: ({ good }) => [apiKey(good), apiKey(good)] },
  { name: 'X-API-Key twice, the first empty', path: '/plain', headers: ({ good }) => [apiKey(''), apiKey(good)] },
  { name: 'X-API-Key twice, the second empty', path: '/plain', headers: ({ good }) => [apiKey(good), apiKey('')] },
  {
    name: 'two cookies with different tokens',
    path: '/partner',
    headers: ({ good, other }) => [['Cookie', `api_token=${good}; api_token=${other}`]],
  },
];

const invalid: readonly Case[] = (['unknown', 'revoked', 'disabled', 'scheduled', 'suspended'] as const).map((which) => ({
  name: `a token that is ${which}`,
  path: '/limited',
  headers: (tokens) => [bearer(tokens[which])],
  expected: { ...INVALID, headers: NO_LIMITS },
}));

const judged: readonly Case[] = [
  ...invalid,
  { name: 'a mistyped token', path: '/plain', headers: ({ good }) => [bearer(`${good}x`)], expected: INVALID },
  { name: 'a token of 10 000 characters', path: '/plain', headers: () => [bearer('x'.repeat(10_000))], expected: INVALID },
  {
    name: 'a token that is expired',
    path: '/plain',
    headers: ({ expired }) => [bearer(expired)],
    expected: { status: 401, code: 'expired', detail: 'API key has expired', challenge: invalidToken('API key has expired') },
  },
  {
    name: 'an operator token',
    path: '/plain',
    headers: ({ operator }) => [bearer(operator)],
    expected: { status: 403, code: 'wrong_environment', detail: 'API key is for another environment' },
  },
  {
    name: 'another environment',
    path: '/test-only',
    headers: ({ good }) => [bearer(good)],
    expected: { status: 403, code: 'wrong_environment', detail: 'API key is for another environment' },
  },
  { name: 'the environment asked for', path: '/test-only', headers: ({ test }) => [bearer(test)], expected: ADMITTED },
  { name: 'the realm', path: '/test-only', expected: { ...MISSING, challenge: 'Bearer realm="the test API"' } },
  { name: 'the scope asked for', path: '/readable', headers: ({ good }) => [bearer(good)], expected: ADMITTED },
  {
    name: 'a scope that is lacking',
    path: '/one-scope',
    headers: ({ good }) => [bearer(good)],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      detail: 'API key lacks the scope articles:write',
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="articles:write"',
    },
  },
  {
    name: 'scopes that are lacking, among others',
    path: '/scoped',
    headers: ({ good }) => [bearer(good)],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      detail: 'API key lacks the scopes articles:write, users:delete',
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="articles:write articles:read users:delete"',
    },
  },
  { name: 'one of the scopes asked for', path: '/any-scope', headers: ({ good }) => [bearer(good)], expected: ADMITTED },
  {
    name: 'none of the scopes of which one is asked for',
    path: '/any-scope-lacking',
    headers: ({ good }) => [bearer(good)],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      detail: 'API key needs one of the scopes users:delete, users:write',
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="articles:read users:delete users:write"',
    },
  },
  { name: 'an address within the rules', path: '/from-inside', headers: ({ inside }) => [bearer(inside)], expected: ADMITTED },
  ...['/from-outside', '/plain'].map((path) => ({
    name: `an address that the rules do not know (${path})`,
    path,
    headers: ({ inside }: Tokens): Headers => [bearer(inside)],
    expected: { status: 403, code: 'ip_denied', detail: 'API key may not be used from this address' },
  })),
];

const limited: readonly Case[] = [
  { name: 'a limit', path: '/limited', headers: ({ good }) => [bearer(good)], expected: { ...ADMITTED, headers: hourly(1) } },
  {
    name: 'the last unit',
    path: '/limited',
    after: 1,
    headers: ({ good }) => [apiKey(good)],
    expected: { status: 200, headers: hourly(0) },
  },
  {
    name: 'beyond the limit',
    path: '/limited',
    after: 2,
    headers: ({ good }) => [bearer(good)],
    expected: { status: 429, code: 'rate_limited', detail: 'Rate limit exceeded', headers: { ...hourly(0), 'retry-after': '3540' } },
  },
  { name: 'a cost', path: '/costly', headers: ({ good }) => [bearer(good)], expected: { status: 200, headers: hourly(0) } },
  {
    name: 'the limits of a tier, the tightest first',
    path: '/plain',
    headers: ({ tiered }) => [bearer(tiered)],
    expected: {
      status: 200,
      headers: { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4', 'ratelimit-policy': '"minute";q=5;w=60, "daily";q=100;w=86400' },
    },
  },
  {
    name: 'no credits left',
    path: '/plain',
    after: 1,
    headers: ({ spent }) => [bearer(spent)],
    expected: { status: 429, code: 'credits_exhausted', detail: 'API key has no credits left' },
  },
  {
    name: 'a streamed answer',
    path: '/stream',
    headers: ({ good }) => [bearer(good)],
    expected: { status: 200, text: 'one two', headers: hourly(1) },
  },
  { name: 'a handler that throws', path: '/throw', headers: ({ good }) => [bearer(good)], expected: { status: 500, headers: hourly(1) } },
  {
    name: 'two layers, counted once',
    path: '/layers',
    headers: ({ good }) => [bearer(good)],
    expected: { ...ADMITTED, headers: hourly(1) },
  },
  {
    name: 'two layers, the second lacking a scope',
    path: '/layers-scope',
    headers: ({ good }) => [bearer(good)],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="articles:write"',
      headers: hourly(1),
    },
  },
  {
    name: 'two layers, the second lacking every scope of several',
    path: '/layers-any-scope',
    headers: ({ good }) => [bearer(good)],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      challenge: 'Bearer realm="api", error="insufficient_scope", scope="articles:write users:delete"',
      headers: hourly(1),
    },
  },
  {
    name: 'two layers, the second of another environment',
    path: '/layers-environment',
    headers: ({ good }) => [bearer(good)],
    expected: { status: 403, code: 'wrong_environment' },
  },
  {
    name: 'two layers, the second with limits that would count nothing',
    path: '/layers-charge',
    headers: ({ good }) => [bearer(good)],
    expected: { status: 500 },
  },
];

const PREFLIGHT: Headers = [
  ['Origin', 'https://app.example'],
  ['Access-Control-Request-Method', 'GET'],
];

const preflights: readonly Case[] = [
  { name: 'a preflight that is handed on', path: '/preflight-passed', method: 'OPTIONS', headers: () => PREFLIGHT, expected: UNVERIFIED },
  {
    name: 'a preflight that the guard answers',
    path: '/preflight-answered',
    method: 'OPTIONS',
    headers: () => PREFLIGHT,
    expected: { status: 204, text: '' },
  },
  { name: 'a preflight where it is checked', path: '/preflight-checked', method: 'OPTIONS', headers: () => PREFLIGHT, expected: MISSING },
  { name: 'OPTIONS without Origin', path: '/plain', method: 'OPTIONS', headers: () => PREFLIGHT.slice(1), expected: MISSING },
  { name: 'OPTIONS that asks for no method', path: '/plain', method: 'OPTIONS', headers: () => PREFLIGHT.slice(0, 1), expected: MISSING },
  { name: 'GET dressed as a preflight', path: '/plain', headers: () => PREFLIGHT, expected: MISSING },
];

const shapes: readonly Case[] = [
  {
    name: 'the error shape of the host',
    path: '/own-shape',
    headers: ({ revoked }) => [bearer(revoked)],
    expected: {
      status: 401,
      challenge: invalidToken('Invalid or inactive API key'),
      json: { error: 'Invalid or inactive API key', reason: 'invalid' },
      headers: { 'content-type': 'application/json' },
    },
  },
  {
    name: 'the text of the host',
    path: '/own-text',
    expected: {
      status: 401,
      challenge: 'Bearer realm="api"',
      text: 'Missing Authorization header',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    },
  },
];

export const TABLE: readonly Case[] = [...presented, ...unreadable, ...judged, ...limited, ...preflights, ...besideJwts, ...shapes];

export function questionOf({ path, method, headers, query, body }: Omit<Case, 'expected'>, tokens: Tokens): Question {
  return { path: query === undefined ? path : `${path}?${query(tokens)}`, method, headers: headers?.(tokens), body };
}

/** Every way in which an answer is not what was expected, or says more than it may; empty when it is right. */
export function differences(answer: Answer, expected: Expected, tokens: Tokens): string[] {
  const found: string[] = [];
  const compare = (what: string, given: unknown, wanted: unknown): void => {
    if (given !== wanted) found.push(`${what}: ${JSON.stringify(given)} instead of ${JSON.stringify(wanted)}`);
  };
  compare('status', answer.status, expected.status);
  compare('www-authenticate', answer.headers['www-authenticate'], expected.challenge);
  for (const [name, value] of Object.entries(expected.headers ?? {})) compare(name, answer.headers[name] ?? null, value);
  if (expected.text !== undefined) compare('text', answer.text, expected.text);
  const isJson = answer.headers['content-type']?.includes('json') === true;
  const json: Record<string, unknown> = isJson ? (JSON.parse(answer.text) as Record<string, unknown>) : {};
  for (const [name, value] of Object.entries(expected.json ?? {})) compare(name, json[name], value);
  if (expected.code !== undefined) {
    compare('content-type', answer.headers['content-type'], 'application/problem+json');
    compare('keys', Object.keys(json).join(), 'type,title,status,code,detail');
    compare('type', json['type'], `urn:latchkey:problem:${expected.code}`);
    compare('code', json['code'], expected.code);
    compare('status of the problem', json['status'], expected.status);
    if (expected.detail !== undefined) compare('detail', json['detail'], expected.detail);
  }
  if ([401, 403, 429, 503].includes(expected.status)) {
    compare('cache-control', answer.headers['cache-control'], 'no-store');
    const said = JSON.stringify([answer.headers, answer.text]);
    for (const [name, token] of Object.entries(tokens)) if (said.includes(token)) found.push(`repeats the token ${name}`);
    if (/revoked|disabled|not_found|not_yet|suspended/i.test(said)) found.push('says the precise reason');
  }
  return found;
}
