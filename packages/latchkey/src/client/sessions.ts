/** Signing in: operators with a session in a cookie, and owners in the portal. Only a service has these. */
import type { OwnPolicy } from '../engine/api/index.js';
import type { RequestOptions } from '../contract/call-options.js';
import type { OwnKeysClient } from './own-keys-client.js';

/** How this service lets operators sign in, and how its pages present themselves. */
export interface SignInMethods {
  readonly adminKey: boolean;
  readonly operatorToken: true;
  readonly oidc: { readonly label: string } | null;
  readonly branding: Branding | null;
}

export interface Branding {
  readonly name: string;
  readonly logoUrl: string | null;
  /** As CSS has it: `#rrggbb`. */
  readonly color: string | null;
}

/** An operator's session. Its token is in a cookie that no script can read. */
export interface Session {
  readonly id: string;
  readonly principal: {
    readonly type: 'admin' | 'operator';
    /** `admin`, the id of the operator token's key, or `oidc:` and the subject. */
    readonly id: string;
    readonly name: string;
  };
  /** What it may do at this moment. */
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly lastSeenAt: string;
  /** When it ends if nothing more is asked. */
  readonly idleExpiresAt: string;
  /** When it ends in any case. */
  readonly expiresAt: string;
}

export type SignIn = { readonly adminKey: string } | { readonly token: string };

export interface ClientSessions {
  /** Open to all. */
  methods(options?: RequestOptions): Promise<SignInMethods>;
  /** Exchanges a credential for a session. */
  start(credential: SignIn, options?: RequestOptions): Promise<Session>;
  /** Null where nobody is signed in. */
  current(options?: RequestOptions): Promise<Session | null>;
  /** Signs out. */
  end(options?: RequestOptions): Promise<void>;
  /** Ends every session of whoever is signed in. */
  endAll(options?: RequestOptions): Promise<void>;
  /** Where a browser goes to sign in by OpenID Connect; `returnTo` is a path of the dashboard. */
  oidcUrl(returnTo?: string): string;
}

/** What an owner may do in the portal. */
export interface PortalAllow {
  readonly create: boolean;
  readonly rotate: boolean;
  readonly revoke: boolean;
  readonly rename: boolean;
  readonly usage: boolean;
}

export interface CreatePortalSessionInput {
  readonly ownerId: string;
  /** An http(s) address that the portal leads back to. */
  readonly returnUrl?: string | null | undefined;
  /** By default everything; where it is given, what is left out is not allowed. */
  readonly allow?: Partial<PortalAllow> | undefined;
  /** How long the session lasts once it is opened: at most 12 hours, by default one. */
  readonly expiresIn?: string | number | undefined;
}

export interface PortalLink {
  readonly id: string;
  /** Good for one use, within ten minutes. Whoever has it is the owner: hand it to nobody else. */
  readonly url: string;
  readonly linkExpiresAt: string;
  /** When the session ends, if it is opened right away. */
  readonly expiresAt: string;
}

export interface PortalSession {
  readonly ownerId: string;
  readonly ownerName: string | null;
  readonly allow: PortalAllow;
  readonly returnUrl: string | null;
  readonly expiresAt: string;
  readonly branding: Branding | null;
}

export type PortalEntry = ({ readonly link: string } | { readonly jwt: string }) & {
  /** Closes the portal of another owner that is open in this browser; by default false. */
  readonly replace?: boolean | undefined;
};

export interface ClientPortal {
  /** For operators: a link that opens the keys of one owner. */
  createLink(input: CreatePortalSessionInput, options?: RequestOptions): Promise<PortalLink>;
  /** For operators: ends the link, and the session that was opened with it. */
  withdrawLink(id: string, options?: RequestOptions): Promise<void>;
  /**
   * For the owner: opens a session with a link's secret, or with a JWT of the host application. Where the portal of another
   * owner is open in this browser, rejects with the problem `portal_open` and spends no link, unless `replace` is true.
   */
  open(by: PortalEntry, options?: RequestOptions): Promise<PortalSession>;
  /** Null where there is none. */
  current(options?: RequestOptions): Promise<PortalSession | null>;
  close(options?: RequestOptions): Promise<void>;
}

export interface Me {
  readonly ownerId: string;
  readonly ownerName: string | null;
  readonly allow: PortalAllow;
  readonly policy: OwnPolicy;
}

/** An owner's own keys, by a portal session or (as `token`) by a JWT. */
export interface ClientMe {
  get(options?: RequestOptions): Promise<Me>;
  readonly keys: Omit<OwnKeysClient, 'usage'>;
  readonly usage: { readonly read: OwnKeysClient['usage'] };
}
