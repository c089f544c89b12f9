/** Signing in and out: an operator's credential is exchanged for a session in a cookie that no script can read. */
import { type Actor } from 'latchkey';
import { toIso } from 'latchkey/internal';
import { SERVICE_INPUTS } from 'latchkey/internal';
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
import { callAt, operationOf } from '../../endpoints/contract-endpoints.js';
import { guardedEndpoint, openEndpoint, type Operation } from '../../endpoints/endpoint.js';
import type { Services } from '../../endpoints/services.js';
import { empty, json, type Answer } from '../../exchange/answer.js';
import type { Exchange } from '../../exchange/exchange.js';

const tag = 'Sessions';

function operation(name: string, rest: Partial<Operation> = {}): Operation & { readonly scope: null } {
  const { call, address } = callAt('sessions', name);
  return { ...operationOf(call, address, tag), ...rest, scope: null };
}

const readMethods = openEndpoint(operation('methods'), async ({ adminKey, oidc, portal: { branding } }) =>
  json(200, {
    adminKey: adminKey !== null,
    operatorToken: true,
    oidc: oidc === null ? null : { label: oidc.options.label },
    branding,
  }),
);

const { call: signingIn } = callAt('sessions', 'start');

const signIn = guardedEndpoint(
  operation('start', {
    answers: { 201: { description: signingIn.gives, schema: { shape: signingIn.output }, headers: ['Set-Cookie'] } },
  }),
  guardSignIn,
  async ({ services, exchange, body }) => {
    const { adminKey, token = '' } = SERVICE_INPUTS.signIn.read(body);
    return adminKey === undefined ? signInByToken(services, exchange, token) : signInByAdminKey(services, exchange, adminKey);
  },
);

const readSession = guardedEndpoint(
  operation('current', { session: 'operatorSession' }),
  async (services, exchange) => authenticateSession(services, exchange, []),
  async ({ who }) => json(200, viewSession(who)),
);

const ENDED = { session: 'operatorSession', answers: { 204: { description: 'Signed out', headers: ['Set-Cookie'] } } } as const;

const signOut = guardedEndpoint(operation('end', ENDED), findOperatorSession, async ({ services, exchange, who }) => {
  await services.latchkey.sessions.end(who.session.id, 'operator');
  return signedOut(services, exchange);
});

const signOutEverywhere = guardedEndpoint(operation('endAll', ENDED), findOperatorSession, async ({ services, exchange, who }) => {
  await services.latchkey.sessions.endAll('operator', who.session.subject);
  return signedOut(services, exchange);
});

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
