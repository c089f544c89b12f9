/** The types of the calls about sessions. Generated from `contract/calls/sessions.ts`: run `npm run contract` after a change there. */
import type { LibraryOptions, OptionsByKind } from '../call-options.js';

export interface SessionCalls<O extends OptionsByKind = LibraryOptions> {
  /** Read how operators sign in here. */
  methods(options?: O['read']): Promise<SignInMethods>;
  /**
   * Sign in as an operator. With the admin key or an operator token. The session is in a cookie; it ends after 30 minutes
   * without a request, and after 12 hours.
   */
  start(input: { readonly adminKey: string } | { readonly token: string }, options?: O['read']): Promise<Session>;
  /** Read who is signed in, and what they may do now. */
  current(options?: O['read']): Promise<Session>;
  /** Sign out. */
  end(options?: O['read']): Promise<void>;
  /** Sign out everywhere: end every session of this operator. */
  endAll(options?: O['read']): Promise<void>;
}

/** How the pages present themselves. */
export interface Branding {
  readonly name: string;
  readonly logoUrl: string | null;
  /** As in CSS: `#rrggbb`. */
  readonly color: string | null;
}

/** How operators sign in to this service, and how its pages present themselves. */
export interface SignInMethods {
  readonly adminKey: boolean;
  readonly operatorToken: true;
  readonly oidc: { readonly label: string; } | null;
  /** How the pages present themselves. */
  readonly branding: Branding | null;
}

/** An operator's session. Its token is in a cookie that no script can read. */
export interface Session {
  readonly id: string;
  readonly principal: { readonly type: 'admin' | 'operator'; readonly id: string; readonly name: string; };
  /** The scopes that it holds at this moment. */
  readonly scopes: readonly string[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly lastSeenAt: string;
  /** When it ends if there is no further request. */
  readonly idleExpiresAt: string;
  /** When it ends in any case. */
  readonly expiresAt: string;
}
