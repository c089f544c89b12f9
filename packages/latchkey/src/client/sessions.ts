/** Signing in: operators with a session in a cookie, and owners in the portal. Only a service has these. */
import type { RemoteOptions, RequestOptions } from '../contract/call-options.js';
import type { OwnAccount, PortalAllow } from '../contract/types/own-keys.js';
import type { PortalCalls, PortalSession } from '../contract/types/portal.js';
import type { Session, SessionCalls } from '../contract/types/sessions.js';
import type { OwnKeysClient } from './own-keys-client.js';

export interface ClientSessions extends Omit<SessionCalls<RemoteOptions>, 'current'> {
  /** Who is signed in, and what they may do now; null if nobody is. */
  current(options?: RequestOptions): Promise<Session | null>;
  /** Where a browser goes to sign in by OpenID Connect; `returnTo` is a path of the dashboard. */
  oidcUrl(returnTo?: string): string;
}

export interface ClientPortal extends Omit<PortalCalls<RemoteOptions>, 'current'> {
  /** Whose portal is open, and what may be done there; null if none is. */
  current(options?: RequestOptions): Promise<PortalSession | null>;
}

export type SignIn = Parameters<SessionCalls['start']>[0];

export type PortalEntry = Parameters<PortalCalls['open']>[0];

export interface Me extends OwnAccount {
  readonly allow: PortalAllow;
}

/** An owner's own keys, by a portal session or (as `token`) by a JWT. */
export interface ClientMe {
  get(options?: RequestOptions): Promise<Me>;
  readonly keys: Omit<OwnKeysClient, 'usage'>;
  readonly usage: { readonly read: OwnKeysClient['usage'] };
}
