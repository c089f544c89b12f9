/** The types of the calls about an owner's own keys. Generated from `contract/calls/own-keys.ts`: run `npm run contract` after a change there. */
import type { Names } from '../../domain/names.js';
import type { Propagation } from '../../domain/propagation.js';
import type { Token } from '../../domain/token.js';
import type { IfMatch, IssuedBy, LibraryOptions, OptionsByKind, Unrepeated } from '../call-options.js';
import type { RevokeKeyInput, SecretView } from './keys.js';
import type { UsageReport } from './usage.js';

export interface OwnKeyCalls<N extends Names = Names, O extends OptionsByKind = LibraryOptions> {
  /** Read who you are, and what you may choose. */
  account(options?: O['read']): Promise<OwnAccount>;
  /** List your keys, the newest first. */
  list(input?: ListOwnKeysQuery, options?: O['read']): Promise<OwnKeyPage>;
  /** Read a key of yours. */
  get(id: string, options?: O['read']): Promise<OwnKeyView>;
  /**
   * Create a key of your own. Returns the key and its token: the only time that the token is shown. The service says what you
   * may choose.
   */
  create<P extends O['issue'] = O['issue'] & Unrepeated>(input: CreateOwnKeyInput<N>, options?: P): Promise<IssuedBy<P, CreatedOwnKey>>;
  /** Rename a key of yours, or narrow the addresses that may use it. */
  update(id: string, input: UpdateOwnKeyInput, options?: O['read'] & IfMatch): Promise<ChangedOwnKey>;
  /**
   * Give a key of yours a new token. Everything else of the key stays as it is. The old token stays valid for the grace
   * period asked for.
   */
  rotate<P extends O['issue'] & IfMatch = O['issue'] & IfMatch & Unrepeated>(id: string, input?: RotateOwnKeyInput, options?: P): Promise<IssuedBy<P, RotatedOwnKey>>;
  /** End at once an old token of a key of yours that a rotation left valid. Conflicts for the current one; safe to repeat. */
  retireSecret(id: string, secretId: string, options?: O['read'] & IfMatch): Promise<ChangedOwnKey>;
  /** Revoke a key of yours permanently. */
  revoke(id: string, input?: RevokeKeyInput, options?: O['read'] & IfMatch): Promise<ChangedOwnKey>;
  /**
   * Read verifications of your keys by hour or day, and by outcome. Of one key, or of all of yours. By default the last 30
   * days.
   */
  usage(input?: OwnUsageRequest, options?: O['read']): Promise<UsageReport>;
}

/** The actions that an owner has in the portal. Reading its own keys is always allowed. */
export interface PortalAllow {
  readonly create: boolean;
  readonly rotate: boolean;
  readonly revoke: boolean;
  readonly rename: boolean;
  readonly usage: boolean;
}

/** The choices that an owner has, with every default filled in. */
export interface OwnPolicy {
  readonly scopes: readonly string[];
  /** Empty if there is no choice. */
  readonly tiers: readonly string[];
  readonly defaultTier: string | null;
  /** The default one first. */
  readonly environments: readonly string[];
  /** A duration such as `"1y"`. */
  readonly maxExpiry: string;
  /** A duration such as `"90d"`. */
  readonly defaultExpiry: string;
  readonly neverExpires: boolean;
  /** Keys, neither revoked nor expired, that this owner may have. */
  readonly maxKeys: number;
}

export interface OwnAccount {
  readonly ownerId: string;
  /** Null if the owner has no name. */
  readonly ownerName: string | null;
  /** The choices that an owner has, with every default filled in. */
  readonly policy: OwnPolicy;
}

/** Which of your keys, and which page of them. */
export interface ListOwnKeysQuery {
  /**
   * A whole id, a hint or its last 4 characters, a token (nothing of it is kept; never in a URL), or a part of the name in
   * any case. One or two characters are looked for among the first 50 000 keys of the list.
   */
  readonly search?: string | undefined;
  /** How many to a page: 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

export interface OwnKeyView {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  /** The prefix, the environment, and asterisks for the rest. */
  readonly preview: string;
  /** The keys of an owner that is suspended are `disabled`. */
  readonly status: 'active' | 'disabled' | 'revoked' | 'expired' | 'scheduled';
  readonly environment: string;
  readonly tier: string | null;
  readonly scopes: readonly string[];
  readonly ipRules: readonly string[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string | null;
  /** ISO 8601, UTC. */
  readonly expiresAt: string | null;
  /** Whole days, rounded up; 0 once the key has expired; null where it never expires. */
  readonly daysUntilExpiry: number | null;
  /** ISO 8601, UTC. */
  readonly lastUsedAt: string | null;
  /** ISO 8601, UTC. */
  readonly revokedAt: string | null;
  /**
   * Rises with each change of the key. `ifMatch` (`If-Match`, with the version in quotes) makes a change only to this
   * version.
   */
  readonly version: number;
  /** The current one first, then the newest; ten at most, among them every valid one. */
  readonly secrets: readonly SecretView[];
}

/** The newest first. */
export interface OwnKeyPage {
  readonly data: readonly OwnKeyView[];
  /** All keys of the owner, whatever was searched for. */
  readonly total: number;
  /** Those of them that are active. */
  readonly active: number;
  /** Hand it back as `cursor` for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

export interface CreateOwnKeyInput<N extends Names = Names> {
  /** The purpose of the key: 1 to 100 characters. */
  readonly name: string;
  /** The scopes that the key holds; by default none. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** A tier that you may choose. */
  readonly tier?: string | undefined;
  /** The environment that the key is of; by default the first one that is configured. */
  readonly environment?: N['environment'] | undefined;
  /** The key is valid until this instant, which lies in the future; null for no end. Not together with `expiresIn`. */
  readonly expiresAt?: string | Date | null | undefined;
  /** The key is valid for this long. Not together with `expiresAt`. */
  readonly expiresIn?: string | number | undefined;
  /** IP addresses and CIDR blocks that may use the key; an empty list allows all. */
  readonly ipRules?: readonly string[] | undefined;
}

/** A key of yours with its token: the only time that the token is shown. */
export interface CreatedOwnKey {
  readonly key: OwnKeyView;
  /** The token. Null only in the answer to a repeated call that can no longer show it. */
  readonly token: Token;
  /** True if this repeats the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
}

/** Fields that are absent stay as they are. */
export interface UpdateOwnKeyInput {
  /** 1 to 100 characters in one line. */
  readonly name?: string | undefined;
  /** Rules within those that the key has, or any if it has none: a key can be narrowed, and not widened. */
  readonly ipRules?: readonly string[] | undefined;
}

export interface ChangedOwnKey {
  readonly key: OwnKeyView;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface RotateOwnKeyInput {
  /** How long the old secret stays valid, never beyond the expiry of the key; by default it ends at once. */
  readonly grace?: string | number | undefined;
}

export interface RotatedOwnKey {
  readonly key: OwnKeyView;
  /** The token. Null only in the answer to a repeated call that can no longer show it. */
  readonly token: Token;
  /** True if this repeats the answer to an earlier call with the same idempotency key. */
  readonly replayed: boolean;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

/** Which usage of your keys. */
export interface OwnUsageRequest {
  /** Usage of this key; by default of all of yours. */
  readonly key?: string | undefined;
  /**
   * From this instant on; by default 30 days ago, or from the first instant that is kept. Earlier than what is kept is an
   * error that names the first instant that is kept.
   */
  readonly from?: string | Date | undefined;
  /** Up to this instant; by default now. */
  readonly until?: string | Date | undefined;
  /**
   * By default `day`. Figures are of whole hours, or of whole UTC days: from the one of `from` on, up to the one in which
   * `until` lies.
   */
  readonly by?: 'hour' | 'day' | undefined;
}
