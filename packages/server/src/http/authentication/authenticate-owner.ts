import { UnavailableError, type Actor, type OwnKeys, type Session } from 'latchkey';
import type { PortalAllow } from 'latchkey/client';
import { credentialRefusal, readCredential, tokenRefusal } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem, refusalProblem } from '../exchange/problem.js';
import { findPortalSession, presentsPortalSession, readAllow } from './portal-session.js';
import type { AuthenticationServices, SelfServiceParts } from './services.js';

/** What an owner may be let to do, and not to do, with keys of its own. To see them is not among it. */
export type OwnerAction = keyof PortalAllow;

/** Who asks, as what it may do with keys of its own. */
export interface OwnerEntry {
  readonly actor: Actor;
  /** Null for an owner whom a JWT names. */
  readonly session: Session | null;
  readonly keys: OwnKeys;
  readonly allow: PortalAllow;
}

export type OwnerAuthentication = OwnerEntry | { readonly refused: Answer };

const REALM = 'latchkey';
const ALL = readAllow(undefined);

/**
 * The owner that a JWT names (`Authorization: Bearer`), or whose portal a session has open; a JWT comes first. Why a JWT is
 * refused, nobody is told. Rejects with an UnavailableError where the issuer's keys cannot be had.
 */
export async function authenticateOwner(
  services: AuthenticationServices,
  exchange: Exchange,
  action: OwnerAction | undefined,
): Promise<OwnerAuthentication> {
  const { selfService } = services;
  const { headerValues, requestId } = exchange;
  if (selfService === null) return { refused: notConfigured(exchange) };
  const reading = readCredential({ headerValues, queries: [] }, { headers: [] });
  if (reading.kind === 'missing' && presentsPortalSession(services, exchange)) {
    return byPortalSession({ ...services, selfService }, exchange, action);
  }
  if (selfService.jwt === null) return { refused: notConfigured(exchange) };
  if (reading.kind !== 'token') return { refused: refusalProblem(credentialRefusal(reading, { realm: REALM }), { requestId }) };
  const jwt = await selfService.jwt(reading.token);
  if (jwt.ok) return entryOf(selfService, { ownerId: jwt.ownerId, expiresAt: jwt.expiresAt, allow: ALL, session: null });
  if (jwt.reason !== 'unavailable') return { refused: refusalProblem(tokenRefusal({ realm: REALM }), { requestId }) };
  throw issuerSilent();
}

/** Why a JWT cannot be judged now. */
export function issuerSilent(): UnavailableError {
  return new UnavailableError('service', {
    message: 'Tokens cannot be checked at the moment: their issuer gives no keys. Try again shortly.',
  });
}

export function notConfigured({ requestId }: Exchange): Answer {
  const detail =
    'Self-service by JWT is not configured. Whoever runs this service sets LATCHKEY_JWT_ISSUER and what belongs to it, or makes a link to the portal.';
  return problem('self_service_not_configured', { detail, requestId });
}

async function byPortalSession(
  services: AuthenticationServices & { readonly selfService: SelfServiceParts },
  exchange: Exchange,
  action: OwnerAction | undefined,
): Promise<OwnerAuthentication> {
  const found = await findPortalSession(services, exchange);
  if ('refused' in found) return found;
  const { session, details } = found;
  if (action !== undefined && !details.allow[action]) {
    return { refused: problem('forbidden', { detail: 'This portal session does not allow that.', requestId: exchange.requestId }) };
  }
  return entryOf(services.selfService, { ownerId: session.subject, expiresAt: session.expiresAt, allow: details.allow, session });
}

interface Owner {
  readonly ownerId: string;
  readonly expiresAt: number | null;
  readonly allow: PortalAllow;
  readonly session: Session | null;
}

function entryOf({ keys }: SelfServiceParts, { ownerId, expiresAt, allow, session }: Owner): OwnerEntry {
  return { actor: { type: 'owner', id: ownerId, scopes: [] }, session, keys: keys.for({ ownerId, expiresAt }), allow };
}
