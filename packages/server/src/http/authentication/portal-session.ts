/** Owners in the portal: what a session of theirs allows, and how a request presents one. */
import type { JsonObject, Session } from 'latchkey';
import type { PortalAllow } from 'latchkey/client';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { sessionMissing } from './operator-session.js';
import { refuseCrossSite } from './same-site.js';
import type { AuthenticationServices } from './services.js';
import { readCookie } from './session-cookies.js';

/** What a portal session notes. */
export interface PortalDetails {
  readonly allow: PortalAllow;
  /** Where the portal leads back to. */
  readonly returnUrl: string | null;
}

export interface FoundPortalSession {
  readonly session: Session;
  readonly details: PortalDetails;
}

export function presentsPortalSession(services: AuthenticationServices, exchange: Exchange): boolean {
  return readCookie(services, exchange, 'latchkey-portal') !== null;
}

/** The open portal session of a request, if it may be used by the page that the request came from. */
export async function findPortalSession(
  services: AuthenticationServices,
  exchange: Exchange,
): Promise<FoundPortalSession | { readonly refused: Answer }> {
  const crossSite = refuseCrossSite(services, exchange);
  if (crossSite !== null) return { refused: crossSite };
  const token = readCookie(services, exchange, 'latchkey-portal');
  const session = token === null ? null : await services.latchkey.sessions.find('portal', token);
  if (session === null) return { refused: sessionMissing(exchange) };
  return { session, details: readPortalDetails(session.details) };
}

/** What is allowed: where nothing is said everything, else what is said and nothing more. */
export function readAllow(asked: { readonly [Action in keyof PortalAllow]?: boolean | undefined } | undefined): PortalAllow {
  const of = (action: keyof PortalAllow): boolean => asked === undefined || asked[action] === true;
  return { create: of('create'), rotate: of('rotate'), revoke: of('revoke'), rename: of('rename'), usage: of('usage') };
}

export function portalDetails({ allow, returnUrl }: PortalDetails): JsonObject {
  return { allow: { ...allow }, returnUrl };
}

/** As `portalDetails` wrote it. */
export function readPortalDetails({ allow, returnUrl }: JsonObject): PortalDetails {
  return { allow: readAllow((allow ?? {}) as Partial<PortalAllow>), returnUrl: typeof returnUrl === 'string' ? returnUrl : null };
}
