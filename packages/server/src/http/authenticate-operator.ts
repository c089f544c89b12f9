import { OPERATOR_ENVIRONMENT, type Actor, type OperatorScope } from 'latchkey';
import { credentialRefusal, publicRefusal, rateLimitHeaders, readCredential } from 'latchkey/edge';
import type { Answer } from './answer.js';
import { problem, refusalProblem } from './problem.js';
import type { Exchange, Services } from './services.js';

export type Authentication = { readonly actor: Actor } | { readonly refused: Answer };

const REALM = 'latchkey';
const AS_ADMIN: Authentication = { actor: { type: 'admin', id: 'admin', scopes: ['*:*'] } };

/**
 * Who administers: the holder of the admin key (`X-Admin-Key`), or of an operator token with `scope`. Where both
 * are sent the admin key decides. Wrong ones are slowed by address, so that a right one from the same address
 * still passes. No promise where the admin key was presented.
 */
export function authenticateOperator(
  services: Services,
  exchange: Exchange,
  scope: OperatorScope,
): Authentication | Promise<Authentication> {
  const adminKeys = exchange.headerValues('x-admin-key');
  if (adminKeys.length > 0) return byAdminKey(services, exchange, adminKeys);
  const reading = readCredential({ headerValues: exchange.headerValues, queries: [] }, { headers: [] });
  if (reading.kind === 'missing' && services.isAdminKey === null) return byAdminKey(services, exchange, adminKeys);
  if (reading.kind !== 'token') {
    const refused = refusalProblem(credentialRefusal(reading, { realm: REALM }), { requestId: exchange.requestId });
    return { refused };
  }
  return byToken(services, exchange, { token: reading.token, scope });
}

function byAdminKey(
  { isAdminKey, attempts, clock }: Services,
  { requestId, address }: Exchange,
  presented: readonly string[],
): Authentication {
  if (isAdminKey === null) {
    return { refused: problem('admin_key_not_configured', { detail: 'ADMIN_API_KEY is not configured', requestId }) };
  }
  if (presented.length === 1 && isAdminKey(presented[0] ?? '')) return AS_ADMIN;
  const waitMs = attempts.countWrong(address, clock.monotonicMs());
  if (waitMs === null) return { refused: problem('admin_key_invalid', { detail: 'Invalid admin key', requestId }) };
  const detail = 'Too many wrong admin keys came from this address. Wait before trying another.';
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return { refused: problem('too_many_attempts', { detail, requestId, headers }) };
}

async function byToken(
  { latchkey, clock }: Services,
  exchange: Exchange,
  { token, scope }: { token: string; scope: OperatorScope },
): Promise<Authentication> {
  const { address, headerValues, requestId } = exchange;
  const verdict = await latchkey.verify(token, {
    environment: OPERATOR_ENVIRONMENT,
    scopes: [scope],
    ip: address,
    userAgent: headerValues('user-agent')[0],
  });
  exchange.keyId = verdict.key?.id ?? null;
  if (verdict.valid) return { actor: { type: 'operator', id: verdict.key.id, scopes: verdict.key.scopes } };
  const refused = refusalProblem(publicRefusal(verdict, { realm: REALM, requiredScopes: [scope] }), {
    requestId,
    headers: rateLimitHeaders(verdict, clock.now()),
    ...(verdict.missingScopes !== undefined && { missingScopes: verdict.missingScopes }),
  });
  return { refused };
}
