/**
 * The cookies that hold a session's token. Over TLS they are bound to the very host (`__Host-`, RFC 6265bis section 4.1.3.2): no
 * sub-domain can set them, and nothing in clear gets them. A browser keeps no such cookie for plain http; so on a loopback
 * address, where no network is crossed, they go by another name and without `Secure`.
 */
import type { Exchange } from '../exchange/exchange.js';
import type { AuthenticationServices } from './services.js';

export type CookieName = 'latchkey' | 'latchkey-portal' | 'latchkey-oidc';

export interface CookieOptions {
  /**
   * `Strict`: never with a request that another site began. `Lax`: with the navigation by which an identity provider sends somebody
   * back. `None`: in a frame of another site, where it is kept apart for each (`Partitioned`).
   */
  readonly sameSite: 'Strict' | 'Lax' | 'None';
  /** By default as long as the browser runs. */
  readonly maxAgeSeconds?: number;
}

/** The cookie's value; null where it was not sent, or more than once. */
export function readCookie(services: Pick<AuthenticationServices, 'addresses'>, exchange: Exchange, name: CookieName): string | null {
  const wanted = `${fullName(services, exchange, name)}=`;
  const found = exchange
    .headerValues('cookie')
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(wanted));
  return found.length === 1 ? (found[0]?.slice(wanted.length) ?? null) : null;
}

/** A `Set-Cookie` field. `value` is made of characters that a cookie may have. */
export function setCookie(
  services: Pick<AuthenticationServices, 'addresses'>,
  exchange: Exchange,
  { name, value, sameSite, maxAgeSeconds }: CookieOptions & { readonly name: CookieName; readonly value: string },
): string {
  const isSecure = !isPlainLoopback(services, exchange);
  // Without `Secure`, a browser takes no `None`; two ports of one loopback host are one site anyway.
  const site = sameSite === 'None' && !isSecure ? 'Strict' : sameSite;
  return [
    `${fullName(services, exchange, name)}=${value}`,
    'Path=/',
    ...(isSecure ? ['Secure'] : []),
    'HttpOnly',
    `SameSite=${site}`,
    ...(site === 'None' ? ['Partitioned'] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ].join('; ');
}

export function clearCookie(
  services: Pick<AuthenticationServices, 'addresses'>,
  exchange: Exchange,
  { name, sameSite }: CookieOptions & { readonly name: CookieName },
): string {
  return setCookie(services, exchange, { name, value: '', sameSite, maxAgeSeconds: 0 });
}

/** Whether the browser speaks TLS, to this process or to a trusted proxy before it. */
export function isEncrypted(
  { addresses }: Pick<AuthenticationServices, 'addresses'>,
  { encrypted, peer, headerValues }: Exchange,
): boolean {
  if (encrypted) return true;
  const protocols = headerValues('x-forwarded-proto');
  return protocols.length === 1 && protocols[0] === 'https' && addresses.isTrusted(peer);
}

function isPlainLoopback(services: Pick<AuthenticationServices, 'addresses'>, exchange: Exchange): boolean {
  return LOOPBACK.test(exchange.host) && !isEncrypted(services, exchange);
}

const LOOPBACK = /^(?:localhost|[a-z0-9-]+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i;

const PLAIN_NAMES: Readonly<Record<CookieName, string>> = {
  latchkey: 'latchkey-session',
  'latchkey-portal': 'latchkey-portal',
  'latchkey-oidc': 'latchkey-oidc',
};

function fullName(services: Pick<AuthenticationServices, 'addresses'>, exchange: Exchange, name: CookieName): string {
  return isPlainLoopback(services, exchange) ? PLAIN_NAMES[name] : `__Host-${name}`;
}
