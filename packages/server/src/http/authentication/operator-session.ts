/**
 * Operators with a session: how one begins, and what it may do at each request. A session has no authority of its own. It is that
 * of the credential it began with, judged anew each time: the admin key of today, the operator token as it is now, the identity by
 * today's rules.
 */
import { missingScopes, type Actor, type JsonObject, type Session, type Token, type Verdict } from 'latchkey';
import { identityId } from 'latchkey/internal';
import { credentialRefusal, publicRefusal } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem, refusalProblem } from '../exchange/problem.js';
import { isAdmitted, nameOf, readIdentityDetails } from './oidc/identity.js';
import { operatorRefusal, operatorRequest, REALM } from './operator-verdict.js';
import { refuseCrossSite } from './same-site.js';
import type { AuthenticationServices } from './services.js';
import { readCookie } from './session-cookies.js';

export interface OperatorPrincipal {
  readonly type: 'admin' | 'operator';
  readonly id: string;
  readonly name: string;
}

export interface OperatorSession {
  readonly session: Session;
  readonly principal: OperatorPrincipal;
  readonly actor: Actor;
}

export type Refused = { readonly refused: Answer };

/** The holder of the admin key. */
export const ADMIN_ENTRY: Omit<OperatorSession, 'session'> = {
  principal: { type: 'admin', id: 'admin', name: 'Administrator' },
  actor: { type: 'admin', id: 'admin', scopes: ['*:*'] },
};

/** Whether a request presents a session, good or not. */
export function presentsSession(services: AuthenticationServices, exchange: Exchange): boolean {
  return readCookie(services, exchange, 'latchkey') !== null;
}

/** The session of a request, if it may be used by the page that the request came from, and what it may do now. */
export async function authenticateSession(
  services: AuthenticationServices,
  exchange: Exchange,
  scopes: readonly string[],
): Promise<OperatorSession | Refused> {
  const found = await findOperatorSession(services, exchange);
  if ('refused' in found) return found;
  return judge(services, exchange, { ...found, scopes });
}

/** The open session of a request, whatever it may do. */
export async function findOperatorSession(services: AuthenticationServices, exchange: Exchange): Promise<Presented | Refused> {
  const crossSite = refuseCrossSite(services, exchange);
  if (crossSite !== null) return { refused: crossSite };
  const token = readCookie(services, exchange, 'latchkey');
  const session = token === null ? null : await services.latchkey.sessions.find('operator', token);
  return token === null || session === null ? { refused: sessionMissing(exchange) } : { token, session };
}

/** Ends the session that a request presents, if it presents one. */
export async function endPresented(services: AuthenticationServices, exchange: Exchange): Promise<void> {
  const token = readCookie(services, exchange, 'latchkey');
  const session = token === null ? null : await services.latchkey.sessions.find('operator', token);
  if (session !== null) await services.latchkey.sessions.end(session.id, 'operator');
}

interface Presented {
  readonly token: string;
  readonly session: Session;
}

export function sessionMissing({ requestId }: Exchange): Answer {
  const { wwwAuthenticate } = credentialRefusal({ kind: 'missing' }, { realm: REALM });
  const headers = { 'www-authenticate': wwwAuthenticate ?? '' };
  return problem('session_missing', { detail: 'Nobody is signed in here, or the session has ended. Sign in.', requestId, headers });
}

/** What a session notes of the admin key: what ties it to this one. */
export function adminDetails({ adminKey }: Pick<AuthenticationServices, 'adminKey'>, token: Token): JsonObject {
  return { via: 'admin', binding: adminKey?.bind(token.reveal()) ?? null };
}

/** What a session notes of an operator token: which secret of which key it was, and nothing that it may do. */
export function tokenDetails({ secretId, key }: Extract<Verdict, { valid: true }>): JsonObject {
  return { via: 'token', secretId, keyId: key.id, name: key.name };
}

type Judging = Presented & { readonly scopes: readonly string[] };

async function judge(services: AuthenticationServices, exchange: Exchange, judging: Judging): Promise<OperatorSession | Refused> {
  const { via } = judging.session.details;
  if (via === 'admin') return judgeAdmin(services, exchange, judging);
  if (via === 'token') return judgeToken(services, exchange, judging);
  return judgeIdentity(services, exchange, judging);
}

function judgeAdmin({ adminKey }: AuthenticationServices, exchange: Exchange, { token, session }: Judging): OperatorSession | Refused {
  if (adminKey?.isBound(token, session.details['binding']) !== true) return { refused: sessionMissing(exchange) };
  return { session, ...ADMIN_ENTRY };
}

async function judgeToken(
  services: AuthenticationServices,
  exchange: Exchange,
  { session, scopes }: Judging,
): Promise<OperatorSession | Refused> {
  const secretId = textOf(session.details['secretId']);
  const verdict = await services.latchkey.sessions.verifySecret(secretId, operatorRequest(exchange, scopes));
  exchange.keyId = verdict.key?.id ?? null;
  if (verdict.valid) {
    const { id, name, scopes: held, bounds } = verdict.key;
    return { session, principal: { type: 'operator', id, name }, actor: { type: 'operator', id, secretId, scopes: held, bounds } };
  }
  const refused = operatorRefusal(services, exchange, { verdict, scopes });
  // A token that is not accepted any more is nobody's business: whoever had the session signs in again.
  return { refused: refused.status === 401 ? sessionMissing(exchange) : refused };
}

/** An identity is let in by the rules of today, and holds what the configuration gives it today. */
function judgeIdentity({ oidc }: AuthenticationServices, exchange: Exchange, { session, scopes }: Judging): OperatorSession | Refused {
  const identity = oidc === null ? null : readIdentityDetails(session.details, oidc.options);
  if (oidc === null || identity === null || !isAdmitted(identity, oidc.options)) return { refused: sessionMissing(exchange) };
  const id = identityId(identity.subject);
  const held = oidc.options.operatorScopes;
  const missing = missingScopes(held, scopes);
  if (missing.length === 0) {
    return { session, principal: { type: 'operator', id, name: nameOf(identity) }, actor: { type: 'operator', id, scopes: held } };
  }
  const refusal = publicRefusal({ code: 'insufficient_scope', missingScopes: missing }, { realm: REALM, requiredScopes: scopes });
  return { refused: refusalProblem(refusal, { requestId: exchange.requestId, missingScopes: missing }) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
