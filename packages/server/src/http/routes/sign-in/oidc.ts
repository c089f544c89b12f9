/** Signing in through an OpenID Connect issuer: there, and back again. */
import { identityId } from 'latchkey/internal';
import { readQuery } from 'latchkey/edge';
import { SERVICE_INPUTS } from 'latchkey/internal';
import { beginSession } from '../../authentication/begin-session.js';
import { identityDetails, isAdmitted, nameOf, readIdentity, type Identity } from '../../authentication/oidc/identity.js';
import { beginFlow, readFlow, type SignInFlow } from '../../authentication/oidc/sign-in-flow.js';
import type { OidcParts } from '../../authentication/services.js';
import { clearCookie, readCookie, setCookie } from '../../authentication/session-cookies.js';
import { openEndpoint } from '../../endpoints/endpoint.js';
import type { Services } from '../../endpoints/services.js';
import { empty, type Answer } from '../../exchange/answer.js';
import type { Exchange } from '../../exchange/exchange.js';
import { problem } from '../../exchange/problem.js';

const tag = 'Sessions';
const FLOW_COOKIE = { name: 'latchkey-oidc', sameSite: 'Lax' } as const;
const FLOW_SECONDS = 600;

const start = openEndpoint(
  {
    method: 'get',
    path: '/v1/session/oidc/start',
    id: 'startOidc',
    tag,
    summary: 'Go to the OpenID Connect issuer to sign in',
    description: 'For a browser. It comes back to the callback, and from there to the dashboard.',
    scope: null,
    query: SERVICE_INPUTS.startOidc.shape,
    answers: { 302: { description: 'To the issuer; or back to the page to sign in, with `error`', headers: ['Location', 'Set-Cookie'] } },
    problems: [404],
  },
  async (services, exchange) => {
    const { returnTo = null } = SERVICE_INPUTS.startOidc.read(readQuery(exchange.query));
    if (services.oidc === null) return notConfigured(exchange);
    const { value, flow } = beginFlow(returnTo);
    try {
      const location = await services.oidc.issuer.authorizationUrl(flow);
      const cookie = setCookie(services, exchange, { ...FLOW_COOKIE, value, maxAgeSeconds: FLOW_SECONDS });
      return { ...empty(302, { location }), cookies: [cookie] };
    } catch (error) {
      return failed(services, exchange, { code: 'oidc_unavailable', error });
    }
  },
);

const callback = openEndpoint(
  {
    method: 'get',
    path: '/v1/session/oidc/callback',
    id: 'finishOidc',
    tag,
    summary: 'Come back from the OpenID Connect issuer',
    scope: null,
    answers: {
      302: {
        description: 'To the dashboard, signed in; or back to the page to sign in, with `error`',
        headers: ['Location', 'Set-Cookie'],
      },
    },
    problems: [404],
  },
  async (services, exchange) => {
    if (services.oidc === null) return notConfigured(exchange);
    const cookie = readCookie(services, exchange, 'latchkey-oidc');
    const flow = cookie === null ? null : readFlow(cookie);
    if (flow === null) return failed(services, exchange, { code: 'oidc_expired' });
    const entry = await identify(services.oidc, exchange.query, flow);
    if ('code' in entry) return failed(services, exchange, entry);
    const { options } = services.oidc;
    const { identity } = entry;
    const who = {
      principal: { type: 'operator', id: identityId(identity.subject), name: nameOf(identity) },
      details: () => identityDetails(identity, options),
      expiresAt: null,
    } as const;
    const { cookie: session } = await beginSession(services, exchange, who);
    return { ...empty(302, { location: flow.returnTo }), cookies: [session, clearCookie(services, exchange, FLOW_COOKIE)] };
  },
);

export const oidcEndpoints = [start, callback];

type Failure = { readonly code: 'oidc_expired' | 'oidc_failed' | 'oidc_refused' | 'oidc_unavailable'; readonly error?: unknown };

async function identify(
  { issuer, options }: OidcParts,
  query: string,
  flow: SignInFlow,
): Promise<{ readonly identity: Identity } | Failure> {
  try {
    const identity = readIdentity(await issuer.claimsOf(query, flow), options);
    return identity !== null && isAdmitted(identity, options) ? { identity } : { code: 'oidc_refused' };
  } catch (error) {
    return { code: isUnreachable(error) ? 'oidc_unavailable' : 'oidc_failed', error };
  }
}

/** Back to the page to sign in, which says what happened. The log says a little more, and nothing that came from outside. */
function failed(services: Services, exchange: Exchange, { code, error }: Failure): Answer {
  const { address, requestId } = exchange;
  services.log.warn({ code, reason: reasonOf(error), address, requestId }, 'sign-in failed');
  return { ...empty(302, { location: `/sign-in?error=${code}` }), cookies: [clearCookie(services, exchange, FLOW_COOKIE)] };
}

function reasonOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** No answer came, or none in time. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message === 'fetch failed' || reasonOf(error) === 'OAUTH_TIMEOUT' || isUnreachable(error.cause);
}

function notConfigured({ requestId }: Exchange): Answer {
  const detail = 'No OpenID Connect issuer is configured. Whoever runs this service sets LATCHKEY_OIDC_ISSUER and what belongs to it.';
  return problem('oidc_not_configured', { detail, requestId });
}
