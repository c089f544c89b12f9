/** The types of the calls about the portal. Generated from `contract/calls/sessions.ts`: run `npm run contract` after a change there. */
import type { LibraryOptions, OptionsByKind } from '../call-options.js';
import type { PortalAllow } from './own-keys.js';
import type { Branding } from './sessions.js';

export interface PortalCalls<O extends OptionsByKind = LibraryOptions> {
  /**
   * Create a link that opens the keys of one owner. Opens the portal once, within ten minutes. The link gives access to the
   * keys of the owner: give it to the owner only.
   */
  createLink(input: CreatePortalLinkInput, options?: O['read']): Promise<PortalLink>;
  /** End a link, and the session that was opened with it. */
  withdrawLink(id: string, options?: O['read']): Promise<void>;
  /**
   * Open the portal, with a link or a JWT of the host application. The session is in a cookie. With a JWT it lasts as long as
   * that, and at most 12 hours. If the portal of another owner is open in the same browser, the answer is 409 and the link is
   * not spent, unless `replace` is true.
   */
  open(input: ({ readonly link: string } | { readonly jwt: string }) & { readonly replace?: boolean | undefined }, options?: O['read']): Promise<PortalSession>;
  /** Read whose portal is open, and what may be done there. */
  current(options?: O['read']): Promise<PortalSession>;
  /** Close the portal. */
  close(options?: O['read']): Promise<void>;
}

export interface CreatePortalLinkInput {
  /** The id of an owner: 1 to 128 visible characters. */
  readonly ownerId: string;
  /** The http or https address that the portal leads back to, without credentials. */
  readonly returnUrl?: string | null | undefined;
  /** By default everything; if it is given, what is left out is not allowed. */
  readonly allow?: { readonly create?: boolean | undefined; readonly rotate?: boolean | undefined; readonly revoke?: boolean | undefined; readonly rename?: boolean | undefined; readonly usage?: boolean | undefined; } | undefined;
  /** How long the session lasts once it is opened: at most 12 hours, by default 1. */
  readonly expiresIn?: string | number | undefined;
}

export interface PortalLink {
  readonly id: string;
  /** Opens the portal once, within ten minutes. It gives access to the keys of the owner: give it to the owner only. */
  readonly url: string;
  /** ISO 8601, UTC. */
  readonly linkExpiresAt: string;
  /** When the session ends, if it is opened right away. */
  readonly expiresAt: string;
}

export interface PortalSession {
  readonly ownerId: string;
  readonly ownerName: string | null;
  /** The actions that an owner has in the portal. Reading its own keys is always allowed. */
  readonly allow: PortalAllow;
  readonly returnUrl: string | null;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  /** How the pages present themselves. */
  readonly branding: Branding | null;
}
