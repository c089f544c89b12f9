import { OPERATOR_ENVIRONMENT, type Verdict, type VerifyRequest } from 'latchkey';
import { publicRefusal, rateLimitHeaders } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { refusalProblem } from '../exchange/problem.js';
import type { AuthenticationServices } from './services.js';

export const REALM = 'latchkey';

/** What is asked of an operator's token, however it came. */
export function operatorRequest({ address, headerValues }: Exchange, scopes: readonly string[]): VerifyRequest {
  return { environment: OPERATOR_ENVIRONMENT, scopes, ip: address, userAgent: headerValues('user-agent')[0] };
}

/** A refused operator token, as it is told. */
export function operatorRefusal(
  { clock }: Pick<AuthenticationServices, 'clock'>,
  { requestId }: Exchange,
  { verdict, scopes }: { readonly verdict: Extract<Verdict, { valid: false }>; readonly scopes: readonly string[] },
): Answer {
  return refusalProblem(publicRefusal(verdict, { realm: REALM, requiredScopes: scopes }), {
    requestId,
    headers: rateLimitHeaders(verdict, clock.now()),
    ...(verdict.missingScopes !== undefined && { missingScopes: verdict.missingScopes }),
  });
}
