/** Requests to guards that do not look at `Authorization`: that header belongs to another layer. */
import type { Case } from './request-case.js';

const bearer = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`];
const apiKey = (token: string): readonly [string, string] => ['X-API-Key', token];

const ELSEWHERE = 'a.json.web-token';
const apiKeyChallenge = (rest: string): string => `ApiKey realm="api"${rest}`;

export const besideJwts: readonly Case[] = [
  {
    name: 'a key in its own header, whatever Authorization holds',
    path: '/beside',
    headers: ({ good }) => [bearer(ELSEWHERE), apiKey(good)],
    expected: { status: 200, json: { verified: true, owner: 'team-7' } },
  },
  {
    name: 'a key in its own header beside another key',
    path: '/beside',
    headers: ({ good, other }) => [bearer(other), apiKey(good)],
    expected: { status: 200, json: { verified: true, owner: 'team-7' } },
  },
  {
    name: 'a good key in Authorization, which is not looked at',
    path: '/beside',
    headers: ({ good }) => [bearer(good)],
    expected: { status: 401, code: 'missing', detail: 'Missing x-api-key header', challenge: apiKeyChallenge('') },
  },
  {
    name: 'a good key in Authorization beside one that is not accepted',
    path: '/beside',
    headers: ({ good, revoked }) => [bearer(good), apiKey(revoked)],
    expected: {
      status: 401,
      code: 'invalid',
      detail: 'Invalid or inactive API key',
      challenge: apiKeyChallenge(', error="invalid_token", error_description="Invalid or inactive API key"'),
    },
  },
  {
    name: 'a key in its own header that cannot be read',
    path: '/beside',
    headers: () => [apiKey('two words')],
    expected: {
      status: 401,
      code: 'malformed',
      detail: 'Invalid x-api-key header. Send one API key',
      challenge: apiKeyChallenge(', error="invalid_request", error_description="The token has characters that no token has."'),
    },
  },
  {
    name: 'a key in the URL, where it belongs in its own header',
    path: '/beside',
    query: ({ good }) => `api_key=${good}`,
    expected: {
      status: 401,
      code: 'malformed',
      detail: 'An API key in a URL ends up in logs and browser histories, so it is not accepted there. Send it in the x-api-key header',
      challenge: apiKeyChallenge(', error="invalid_request", error_description="An API key in the query is not accepted."'),
    },
  },
  {
    name: 'a key without the scope, in a header that is named',
    path: '/beside-scoped',
    headers: ({ good }) => [bearer(ELSEWHERE), ['x-partner-key', good]],
    expected: {
      status: 403,
      code: 'insufficient_scope',
      challenge: apiKeyChallenge(', error="insufficient_scope", scope="articles:write"'),
    },
  },
];
