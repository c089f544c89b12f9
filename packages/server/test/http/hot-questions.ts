/** Questions for the two hot routes. */
import { ADMIN_KEY } from './service.js';
import type { Question } from './ways.js';

export type Headers = Question['headers'];

export const JSON_TYPE = ['content-type', 'application/json'] as const;
export const ADMIN = ['x-admin-key', ADMIN_KEY] as const;
export const REQUEST_ID = ['x-request-id', 'request-0001'] as const;
export const bearer = (token: string) => ['authorization', `Bearer ${token}`] as const;

export const verify = (body: Question['body'], ...headers: Headers): Question => ({
  method: 'POST',
  target: '/v1/keys/verify',
  headers: [REQUEST_ID, ADMIN, JSON_TYPE, ...headers],
  body,
});
export const forwardAuth = (query: string, ...headers: Headers): Question => ({
  method: 'GET',
  target: `/v1/forward-auth${query}`,
  headers: [REQUEST_ID, ...headers],
});
