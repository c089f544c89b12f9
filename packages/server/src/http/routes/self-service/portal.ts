/** The portal: operators make links, and owners open their keys with one, or with a JWT of the host application. */
import { InvalidInputError, type Session } from 'latchkey';
import { toIso } from 'latchkey/internal';
import { tokenRefusal } from 'latchkey/edge';
import { CONTRACT, SERVICE_INPUTS } from 'latchkey/internal';
import { scrubTokens } from '../../../telemetry/scrub.js';
import { slowed } from '../../authentication/authenticate-operator.js';
import { issuerSilent, notConfigured } from '../../authentication/authenticate-owner.js';
import { REALM } from '../../authentication/operator-verdict.js';
import { findPortalSession, portalDetails, readAllow, readPortalDetails, type PortalDetails } from '../../authentication/portal-session.js';
import { guardSignIn } from '../../authentication/same-site.js';
import { clearCookie, isEncrypted, readCookie, setCookie } from '../../authentication/session-cookies.js';
import { callAt, operationOf, operatorEndpoint } from '../../endpoints/contract-endpoints.js';
import { guardedEndpoint, type Operation } from '../../endpoints/endpoint.js';
import type { Services } from '../../endpoints/services.js';
import { empty, json, type Answer } from '../../exchange/answer.js';
import type { Exchange } from '../../exchange/exchange.js';
import { problem, refusalProblem } from '../../exchange/problem.js';

const tag = 'Portal';

function operation(name: string, rest: Partial<Operation> = {}): Operation {
  const { call, address } = callAt('portal', name);
  return { ...operationOf(call, address, tag), ...rest };
}

const { output: portalLink, gives: link } = CONTRACT.portal.createLink;

const createLink = operatorEndpoint(
  operation('createLink', { answers: { 201: { description: link, schema: { shape: portalLink } } } }),
  async ({ services, exchange, body, context }) => {
    const { ownerId, returnUrl = null, allow, expiresIn } = SERVICE_INPUTS.portalLink.read(body);
    if (services.selfService === null) return notConfigured(exchange);
    const details = portalDetails({ allow: readAllow(allow), returnUrl: readReturnUrl(returnUrl) });
    const { id, token, linkExpiresAt, expiresAt } = await services.latchkey.sessions.createLink({ ownerId, details, expiresIn }, context);
    const url = `${publicUrlOf(services, exchange)}/portal#link=${token.reveal()}`;
    return { ...json(201, { id, url, linkExpiresAt: toIso(linkExpiresAt), expiresAt: toIso(expiresAt) }), carriesSecret: true };
  },
);

const withdrawLink = operatorEndpoint(operation('withdrawLink'), async ({ services, ids: [id = ''], context }) => {
  await services.latchkey.sessions.withdrawLink(id, context);
  return empty(204);
});

const { output: portalSession, gives: opening } = CONTRACT.portal.open;

const openPortal = guardedEndpoint(
  operation('open', {
    answers: {
      200: { description: 'It is open already: the link was used before, by this browser', schema: { shape: portalSession } },
      201: { description: opening, schema: { shape: portalSession }, headers: ['Set-Cookie'] },
    },
  }),
  guardSignIn,
  async ({ services, exchange, body }) => {
    const { link, jwt = '', replace = false } = SERVICE_INPUTS.openPortal.read(body);
    const left = await sessionToLeave(services, exchange);
    return link === undefined
      ? openByJwt(services, exchange, { left, replace, jwt })
      : openByLink(services, exchange, { left, replace, link });
  },
);

const readPortalSession = guardedEndpoint(
  operation('current', { session: 'portalSession' }),
  findPortalSession,
  async ({ services, who: { session, details } }) => json(200, await viewPortal(services, session, details)),
);

const closePortal = guardedEndpoint(
  operation('close', { session: 'portalSession', answers: { 204: { description: 'Closed', headers: ['Set-Cookie'] } } }),
  findPortalSession,
  async ({ services, exchange, who }) => {
    await services.latchkey.sessions.end(who.session.id, 'portal');
    return { ...empty(204), cookies: [clearCookie(services, exchange, cookieOf(services))] };
  },
);

export const portalEndpoints = [createLink, withdrawLink, openPortal, readPortalSession, closePortal];

const LINK_PROBLEMS = {
  unknown: ['link_unknown', 'There is no such link. Ask for another where you got it.'],
  used: ['link_used', 'The link was used before, and opens the portal only once. Ask for another where you got it.'],
  expired: ['link_expired', 'The link was good for ten minutes. Ask for another where you got it.'],
} as const;

interface Opening {
  /** The open session that the browser has; null where it has none. */
  readonly left: Session | null;
  /** The person agreed to leave the session of another owner. */
  readonly replace: boolean;
}

async function openByLink(
  services: Services,
  exchange: Exchange,
  { link, left, replace }: Opening & { readonly link: string },
): Promise<Answer> {
  const { selfService, latchkey } = services;
  if (selfService === null) return notConfigured(exchange);
  const { address, requestId } = exchange;
  const admit = async (ownerId: string): Promise<boolean> => {
    if (isOfAnother({ left, replace }, ownerId)) return false;
    await selfService.keys.countSession(ownerId);
    return true;
  };
  const opening = await latchkey.sessions.openLink(link, { address, requestId, admit });
  if (opening.outcome === 'opened') return opened(services, exchange, { left, session: opening.session, token: opening.token.reveal() });
  if (opening.outcome === 'not_admitted') return portalOpen(services, exchange, [left?.subject ?? '', opening.ownerId]);
  const open = opening.outcome === 'used' ? await openedBefore(services, exchange, opening.linkId) : null;
  if (open !== null) return open;
  const [code, detail] = LINK_PROBLEMS[opening.outcome];
  const wait = opening.outcome === 'unknown' ? slowed(services, exchange) : null;
  return wait ?? problem(code, { detail, requestId });
}

/**
 * A page that is loaded anew, in a frame above all, comes with the link that it came with before. Whoever holds the session that
 * this very link opened gains nothing by it.
 */
async function openedBefore(services: Services, exchange: Exchange, linkId: string): Promise<Answer | null> {
  const found = await findPortalSession(services, exchange);
  if ('refused' in found || found.session.openedBy !== linkId) return null;
  return json(200, await viewPortal(services, found.session, found.details));
}

async function openByJwt(
  services: Services,
  exchange: Exchange,
  { jwt: text, left, replace }: Opening & { readonly jwt: string },
): Promise<Answer> {
  const { latchkey, selfService } = services;
  if (selfService === null || selfService.jwt === null) return notConfigured(exchange);
  const jwt = await selfService.jwt(text);
  if (!jwt.ok) {
    if (jwt.reason === 'unavailable') throw issuerSilent();
    return slowed(services, exchange) ?? refusalProblem(tokenRefusal({ realm: REALM }), { requestId: exchange.requestId });
  }
  const { ownerId } = await selfService.keys.for(jwt).account();
  if (isOfAnother({ left, replace }, ownerId)) return portalOpen(services, exchange, [left?.subject ?? '', ownerId]);
  await selfService.keys.countSession(ownerId);
  const details = portalDetails({ allow: readAllow(undefined), returnUrl: null });
  const started = await latchkey.sessions.startPortal({ ownerId, details, expiresAt: jwt.expiresAt });
  return opened(services, exchange, { left, session: started.session, token: started.token.reveal() });
}

function isOfAnother({ left, replace }: Opening, ownerId: string): boolean {
  return !replace && left !== null && left.subject !== ownerId;
}

/** A page elsewhere can lead a browser to a link (login CSRF): no person may land in the portal of another owner unasked. */
async function portalOpen(services: Services, { requestId }: Exchange, owners: readonly [open: string, next: string]): Promise<Answer> {
  const [open, next] = await Promise.all(owners.map(async (ownerId) => (await ownerNameOf(services, ownerId)) ?? ownerId));
  const detail = `The keys of ${open} are open in this browser. Confirm to close them and open the keys of ${next}.`;
  return problem('portal_open', { detail, requestId });
}

async function sessionToLeave(services: Services, exchange: Exchange): Promise<Session | null> {
  const token = readCookie(services, exchange, 'latchkey-portal');
  return token === null ? null : services.latchkey.sessions.find('portal', token);
}

interface Begun {
  readonly left: Session | null;
  readonly session: Session;
  readonly token: string;
}

/** A new session always: one that was there before is ended, and not taken over. */
async function opened(services: Services, exchange: Exchange, { left, session, token }: Begun): Promise<Answer> {
  if (left !== null) await services.latchkey.sessions.end(left.id, 'portal');
  const { address, requestId } = exchange;
  services.log.info({ owner: session.subject, session: session.id, address, requestId }, 'portal opened');
  const cookie = setCookie(services, exchange, { ...cookieOf(services), value: token });
  return { ...json(201, await viewPortal(services, session, readPortalDetails(session.details))), cookies: [cookie] };
}

/** In a frame of another site, a browser sends no other cookie. */
function cookieOf({ portal }: Services) {
  return { name: 'latchkey-portal', sameSite: portal.frameAncestors.length === 0 ? 'Strict' : 'None' } as const;
}

async function viewPortal(services: Services, session: Session, { allow, returnUrl }: PortalDetails): Promise<object> {
  return {
    ownerId: session.subject,
    ownerName: await ownerNameOf(services, session.subject),
    allow,
    returnUrl,
    expiresAt: toIso(session.expiresAt),
    branding: services.portal.branding,
  };
}

async function ownerNameOf({ selfService }: Services, ownerId: string): Promise<string | null> {
  const account = await selfService?.keys.for({ ownerId, expiresAt: null }).account();
  return account?.ownerName ?? null;
}

/** A page leads there with a click: no scheme may make that do anything but go to a page. */
function readReturnUrl(text: string | null): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) && scrubTokens(text) === text ? new URL(text) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === '') return url.href;
  throw new InvalidInputError([{ pointer: '/returnUrl', message: 'Use an http or https address, without credentials.' }]);
}

function publicUrlOf(services: Services, exchange: Exchange): string {
  return services.publicUrl?.url ?? `${isEncrypted(services, exchange) ? 'https' : 'http'}://${exchange.host}`;
}
