/** Signing in and out: an operator's credential is exchanged for a session in a cookie that no script can read. */
import { toIso, type Actor } from 'latchkey';
import { refuseAdminKey, slowed } from '../../authentication/authenticate-operator.js';
import { beginSession, OPERATOR_COOKIE, type NewOperatorSession } from '../../authentication/begin-session.js';
import {
  adminDetails,
  ADMIN_ENTRY,
  authenticateSession,
  findOperatorSession,
  tokenDetails,
  type OperatorSession,
} from '../../authentication/operator-session.js';
import { operatorRefusal, operatorRequest } from '../../authentication/operator-verdict.js';
import { guardSignIn } from '../../authentication/same-site.js';
import { clearCookie } from '../../authentication/session-cookies.js';
import { guardedEndpoint, openEndpoint } from '../../endpoints/endpoint.js';
import type { Services } from '../../endpoints/services.js';
import { empty, json, type Answer } from '../../exchange/answer.js';
import type { Exchange } from '../../exchange/exchange.js';
import { session, signInBody, signInMethods } from '../../schemas/session.js';

const tag = 'Sessions';

const readMethods = openEndpoint(
  {
    method: 'get',
    path: '/v1/sign-in-methods',
    id: 'readSignInMethods',
    tag,
    summary: 'How operators sign in here',
    scope: null,
    answers: { 200: { description: 'The ways, and how the pages present themselves', schema: signInMethods } },
  },
  async ({ adminKey, oidc, portal: { branding } }) =>
    json(200, {
      adminKey: adminKey !== null,
      operatorToken: true,
      oidc: oidc === null ? null : { label: oidc.options.label },
      branding,
    }),
);

const signIn = guardedEndpoint(
  {
    method: 'post',
    path: '/v1/session',
    id: 'signIn',
    tag,
    summary: 'Sign in as an operator',
    description:
      'With the admin key or an operator token. The session is in a cookie; it ends after 30 minutes without a request, and after 12 hours.',
    scope: null,
    body: signInBody,
    answers: { 201: { description: 'Signed in', schema: session, headers: ['Set-Cookie'] } },
    problems: [401, 403, 429, 503],
  },
  guardSignIn,
  async ({ services, exchange, body }) =>
    'adminKey' in body ? signInByAdminKey(services, exchange, body.adminKey) : signInByToken(services, exchange, body.token),
);

const readSession = guardedEndpoint(
  {
    method: 'get',
    path: '/v1/session',
    id: 'readSession',
    tag,
    summary: 'Who is signed in, and what they may do now',
    scope: null,
    session: 'operatorSession',
    answers: { 200: { description: 'The session', schema: session } },
    problems: [429, 503],
  },
  async (services, exchange) => authenticateSession(services, exchange, []),
  async ({ who }) => json(200, viewSession(who)),
);

const signOut = guardedEndpoint(
  {
    method: 'delete',
    path: '/v1/session',
    id: 'signOut',
    tag,
    summary: 'Sign out',
    scope: null,
    session: 'operatorSession',
    answers: { 204: { description: 'Signed out', headers: ['Set-Cookie'] } },
    problems: [503],
  },
  findOperatorSession,
  async ({ services, exchange, who }) => {
    await services.latchkey.sessions.end(who.session.id, 'operator');
    return signedOut(services, exchange);
  },
);

const signOutEverywhere = guardedEndpoint(
  {
    method: 'delete',
    path: '/v1/sessions',
    id: 'signOutEverywhere',
    tag,
    summary: 'Sign out everywhere: end every session of whoever is signed in',
    scope: null,
    session: 'operatorSession',
    answers: { 204: { description: 'Signed out', headers: ['Set-Cookie'] } },
    problems: [503],
  },
  findOperatorSession,
  async ({ services, exchange, who }) => {
    await services.latchkey.sessions.endAll('operator', who.session.subject);
    return signedOut(services, exchange);
  },
);

export const sessionEndpoints = [readMethods, signIn, readSession, signOut, signOutEverywhere];

async function signInByAdminKey(services: Services, exchange: Exchange, presented: string): Promise<Answer> {
  const refused = refuseAdminKey(services, exchange, [presented]);
  if (refused !== null) return refused;
  return signedIn(services, exchange, { ...ADMIN_ENTRY, details: (token) => adminDetails(services, token), expiresAt: null });
}

async function signInByToken(services: Services, exchange: Exchange, presented: string): Promise<Answer> {
  const verdict = await services.latchkey.verify(presented, operatorRequest(exchange, []));
  exchange.keyId = verdict.key?.id ?? null;
  if (!verdict.valid) {
    const refused = operatorRefusal(services, exchange, { verdict, scopes: [] });
    return refused.status === 401 ? (slowed(services, exchange) ?? refused) : refused;
  }
  const { id, name, scopes, expiresAt } = verdict.key;
  return signedIn(services, exchange, {
    principal: { type: 'operator', id, name },
    actor: { type: 'operator', id, scopes },
    details: () => tokenDetails(verdict),
    expiresAt,
  });
}

interface SignedIn extends NewOperatorSession {
  readonly actor: Actor;
}

async function signedIn(services: Services, exchange: Exchange, who: SignedIn): Promise<Answer> {
  const { session: begun, cookie } = await beginSession(services, exchange, who);
  return { ...json(201, viewSession({ ...who, session: begun })), cookies: [cookie] };
}

function signedOut(services: Services, exchange: Exchange): Answer {
  return { ...empty(204), cookies: [clearCookie(services, exchange, OPERATOR_COOKIE)] };
}

function viewSession({ session: { id, createdAt, lastSeenAt, idleExpiresAt, expiresAt }, principal, actor }: OperatorSession): object {
  return {
    id,
    principal,
    scopes: actor.scopes,
    createdAt: toIso(createdAt),
    lastSeenAt: toIso(lastSeenAt),
    idleExpiresAt: toIso(idleExpiresAt),
    expiresAt: toIso(expiresAt),
  };
}
