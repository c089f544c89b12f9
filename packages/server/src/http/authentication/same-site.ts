/**
 * Requests that another site made in a user's browser. A cookie goes with every request of the browser, whoever asked for it; so
 * where a cookie is what lets a request in, it must be seen to come from our own pages. Browsers say so in `Sec-Fetch-Site`, those
 * that do not know it in `Origin`. Neither can be set by a page.
 */
import { isJsonType } from 'latchkey/edge';
import type { Answer } from '../exchange/answer.js';
import type { Exchange } from '../exchange/exchange.js';
import { problem } from '../exchange/problem.js';
import type { AuthenticationServices } from './services.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

type Site = Pick<AuthenticationServices, 'publicUrl'>;

/** For a request that a cookie lets in: null where it came from our own pages. */
export function refuseCrossSite(services: Site, exchange: Exchange): Answer | null {
  return hasJsonBody(exchange) && isFromOwnPage(services, exchange, { unsaid: false }) ? null : refusal(exchange);
}

/**
 * The guard of requests that begin a session, and so need no cookie: a page elsewhere must not sign anybody in. Programs,
 * which say nothing of a site, may.
 */
export function guardSignIn(services: Site, exchange: Exchange): { readonly refused: Answer } | Readonly<Record<never, never>> {
  return isFromOwnPage(services, exchange, { unsaid: true }) ? {} : { refused: refusal(exchange) };
}

/** A form can be sent anywhere, but not as JSON. */
function hasJsonBody({ method, headerValues }: Exchange): boolean {
  const [type, ...more] = headerValues('content-type');
  return !WITH_BODY.has(method) || (type !== undefined && more.length === 0 && isJsonType(type));
}

function isFromOwnPage(services: Site, exchange: Exchange, { unsaid }: { readonly unsaid: boolean }): boolean {
  const { method, headerValues } = exchange;
  const [site, ...more] = headerValues('sec-fetch-site');
  if (more.length > 0) return false;
  if (SAFE.has(method)) return site === undefined || site === 'same-origin' || site === 'none';
  if (site !== undefined) return site === 'same-origin';
  const origins = headerValues('origin');
  if (origins.length === 0) return unsaid;
  return origins.length === 1 && isOwnOrigin(services, exchange, origins[0] ?? '');
}

function isOwnOrigin({ publicUrl }: Site, { host, encrypted }: Exchange, origin: string): boolean {
  if (origin === publicUrl?.origin) return true;
  // Behind a proxy that ends TLS, what came in clear here was sent encrypted.
  return origin === `https://${host}` || (!encrypted && origin === `http://${host}`);
}

function refusal({ requestId }: Exchange): Answer {
  const detail = 'With a session, send requests from pages of this service alone, and bodies as JSON. Programs use a token instead.';
  return problem('csrf', { detail, requestId });
}
