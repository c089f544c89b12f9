/**
 * Who asks, and what they may do: operators here, owners in authenticate-owner.ts.
 *
 * http/authentication/ owns credentials and sessions: the admin key, operator tokens, the cookies of sessions, requests of other
 * sites, and (oidc/) sign-in through an issuer.
 */
import type { Actor, OperatorScope, Session } from 'latchkey';
import { credentialRefusal, readCredential } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem, refusalProblem } from '../exchange/problem.js';
import { ADMIN_ENTRY, authenticateSession, presentsSession } from './operator-session.js';
import { operatorRefusal, operatorRequest, REALM } from './operator-verdict.js';
import type { AuthenticationServices } from './services.js';

export type OperatorAuthentication = { readonly actor: Actor; readonly session?: Session } | { readonly refused: Answer };

const AS_ADMIN: OperatorAuthentication = ADMIN_ENTRY;

/**
 * Who administers: the holder of the admin key (`X-Admin-Key`), of an operator token with `scope`, or of a session that
 * began with one of them. Where several are sent the first of these decides. Wrong admin keys are slowed by address, so
 * that a right one from the same address still passes. No promise where the admin key was presented.
 */
export function authenticateOperator(
  services: AuthenticationServices,
  exchange: Exchange,
  scope: OperatorScope,
): OperatorAuthentication | Promise<OperatorAuthentication> {
  const adminKeys = exchange.headerValues('x-admin-key');
  if (adminKeys.length > 0) return byAdminKey(services, exchange, adminKeys);
  const reading = readCredential({ headerValues: exchange.headerValues, queries: [] }, { headers: [] });
  if (reading.kind === 'token') return byToken(services, exchange, { token: reading.token, scope });
  if (reading.kind === 'missing' && presentsSession(services, exchange)) return authenticateSession(services, exchange, [scope]);
  if (reading.kind === 'missing' && services.adminKey === null) return byAdminKey(services, exchange, adminKeys);
  return { refused: refusalProblem(credentialRefusal(reading, { realm: REALM }), { requestId: exchange.requestId }) };
}

function byAdminKey(services: AuthenticationServices, exchange: Exchange, presented: readonly string[]): OperatorAuthentication {
  const refused = refuseAdminKey(services, exchange, presented);
  return refused === null ? AS_ADMIN : { refused };
}

/** Null for the one right admin key. */
export function refuseAdminKey(
  { adminKey, ...services }: AuthenticationServices,
  exchange: Exchange,
  presented: readonly string[],
): Answer | null {
  const { requestId } = exchange;
  if (adminKey === null) return problem('admin_key_not_configured', { detail: 'ADMIN_API_KEY is not configured', requestId });
  if (presented.length === 1 && adminKey.matches(presented[0] ?? '')) return null;
  return slowed(services, exchange) ?? problem('admin_key_invalid', { detail: 'Invalid admin key', requestId });
}

/** Counts an attempt that was wrong: null while the address may be told so. */
export function slowed(
  { attempts, clock }: Pick<AuthenticationServices, 'attempts' | 'clock'>,
  { requestId, address }: Exchange,
): Answer | null {
  const waitMs = attempts.countWrong(address, clock.monotonicMs());
  if (waitMs === null) return null;
  const detail = 'Too many wrong credentials came from this address. Wait before trying another.';
  return problem('too_many_attempts', { detail, requestId, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } });
}

async function byToken(
  services: AuthenticationServices,
  exchange: Exchange,
  { token, scope }: { token: string; scope: OperatorScope },
): Promise<OperatorAuthentication> {
  const scopes = [scope];
  const verdict = await services.latchkey.verify(token, operatorRequest(exchange, scopes));
  exchange.keyId = verdict.key?.id ?? null;
  if (!verdict.valid) return { refused: operatorRefusal(services, exchange, { verdict, scopes }) };
  const { secretId, key } = verdict;
  return { actor: { type: 'operator', id: key.id, secretId, scopes: key.scopes, bounds: key.bounds } };
}
