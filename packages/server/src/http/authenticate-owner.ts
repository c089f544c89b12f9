import { UnavailableError, type Actor, type OwnKeys } from 'latchkey';
import { credentialRefusal, readCredential, tokenRefusal } from 'latchkey/edge';
import type { Answer } from './answer.js';
import { problem, refusalProblem } from './problem.js';
import type { Exchange, Services } from './services.js';

/** Who asks, as what it may do with keys of its own. */
export type OwnerAuthentication = { readonly actor: Actor; readonly keys: OwnKeys } | { readonly refused: Answer };

const REALM = 'latchkey';

/**
 * The owner that a JWT names (`Authorization: Bearer`). Why one is refused, it is not told. Rejects with an UnavailableError where
 * the issuer's keys cannot be had.
 */
export async function authenticateOwner(
  { selfService }: Pick<Services, 'selfService'>,
  { headerValues, requestId }: Exchange,
): Promise<OwnerAuthentication> {
  if (selfService === null) {
    const detail = 'Self-service is not configured. Whoever runs this service sets LATCHKEY_JWT_ISSUER and what belongs to it.';
    return { refused: problem('self_service_not_configured', { detail, requestId }) };
  }
  const reading = readCredential({ headerValues, queries: [] }, { headers: [] });
  if (reading.kind !== 'token') return { refused: refusalProblem(credentialRefusal(reading, { realm: REALM }), { requestId }) };
  const jwt = await selfService.jwt(reading.token);
  if (jwt.ok) return { actor: { type: 'owner', id: jwt.ownerId, scopes: [] }, keys: selfService.keys.for(jwt) };
  if (jwt.reason !== 'unavailable') return { refused: refusalProblem(tokenRefusal({ realm: REALM }), { requestId }) };
  throw new UnavailableError('service', {
    message: 'Tokens cannot be checked at the moment: their issuer gives no keys. Try again shortly.',
  });
}
