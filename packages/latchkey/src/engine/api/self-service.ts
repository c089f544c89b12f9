/** Self-service as its users see it: what owners may do with keys of their own, and what the operator lets them choose. */
import type { CallContext } from '../../domain/actor.js';
import type { Names } from '../../domain/names.js';
import type { Token } from '../../domain/token.js';
import type { Propagation } from '../../domain/propagation.js';
import type { SecretView } from '../../contract/types/keys.js';
import type { UsageReport, UsageRequest } from './usage.js';

/** What owners may choose. Everything that is not named here (limits, credits, metadata, the owner) they may not. */
export interface SelfServicePolicy<N extends Names = Names> {
  /** Scopes that a key may be given, each or what it covers; by default none. */
  readonly scopes?: readonly N['scope'][] | undefined;
  /** Tiers to choose from; null (the default): there is no choice. */
  readonly tiers?: readonly N['tier'][] | null | undefined;
  /** The tier of a key for which none was chosen; by default none. */
  readonly defaultTier?: N['tier'] | null | undefined;
  /** The environments to choose from, the default one first; by default all. Never `operator`. */
  readonly environments?: readonly N['environment'][] | undefined;
  /** How far ahead an expiry may lie, as a duration; by default a year, or `maxKeyLifetime` where that is shorter. */
  readonly maxExpiry?: string | number | undefined;
  /**
   * When a key expires for which nothing was said; by default after `defaultKeyLifetime`, else after 90 days, or `maxExpiry` where
   * that is shorter.
   */
  readonly defaultExpiry?: string | number | undefined;
  /** Whether a key may be made that never expires (`expiresAt: null`); by default not. */
  readonly neverExpires?: boolean | undefined;
  /** Keys, neither revoked nor expired, that an owner may have, where its record or the engine's bound does not say fewer; by default 20. */
  readonly maxKeys?: number | undefined;
  /**
   * Changes (create, update, rotate) that an owner may make at once, and in an hour; as many revocations and as many new
   * sessions, counted apart. From 1 to 1 000 000, by default 100.
   */
  readonly changesPerHour?: number | undefined;
}

/** What an owner may choose, with every default filled in. */
export interface OwnPolicy {
  readonly scopes: readonly string[];
  /** Empty where there is no choice. */
  readonly tiers: readonly string[];
  readonly defaultTier: string | null;
  /** The default one first. */
  readonly environments: readonly string[];
  /** A duration such as `"1y"`, as is the next. */
  readonly maxExpiry: string;
  readonly defaultExpiry: string;
  readonly neverExpires: boolean;
  /** Keys, neither revoked nor expired, that this owner may have. */
  readonly maxKeys: number;
}

export interface OwnAccount {
  readonly ownerId: string;
  /** Null where nobody gave the owner one. */
  readonly ownerName: string | null;
  readonly policy: OwnPolicy;
}

/** Who acts, as a JWT or a session says. */
export interface Principal {
  readonly ownerId: string;
  /** Epoch milliseconds from which on the JWT or session is over; null where it does not end by itself. */
  readonly expiresAt: number | null;
}

export interface SelfService {
  /** What this owner may do. Every call checks anew that the principal has not ended. */
  for(principal: Principal): OwnKeys;
  /** Counts a session that is about to begin for an owner. Rejects with a RateLimitedError where there were too many. */
  countSession(ownerId: string): Promise<void>;
}

/** The circumstances of a call, but for who acts. */
export type OwnCallContext = Omit<CallContext, 'actor'>;

/**
 * An owner's own keys. A key of somebody else is a NotFoundError, as one that never was. Fields that an owner may not
 * choose are refused by name. Keys of the environment `operator` are no part of it. Changes reject with a RateLimitedError
 * where an owner made too many.
 */
export interface OwnKeys {
  /** Who the owner is, and what it may choose. */
  account(): Promise<OwnAccount>;
  list(query?: ListOwnKeysQuery): Promise<OwnKeyPage>;
  get(id: string): Promise<OwnKeyView>;
  /** Rejects with a ForbiddenError while the owner is suspended, and for scopes beyond the policy. */
  create(input: CreateOwnKeyInput, context?: OwnCallContext): Promise<CreatedOwnKey>;
  update(id: string, patch: UpdateOwnKeyInput, context?: OwnCallContext): Promise<ChangedOwnKey>;
  /** The key keeps what it has, even what today's policy would not give any more: no more than before is handed out. */
  rotate(id: string, options?: { readonly grace?: string | number | undefined }, context?: OwnCallContext): Promise<RotatedOwnKey>;
  /** Ends an old token at once, which a rotation left valid. Conflicts for the current one; safe to repeat. */
  retireSecret(id: string, secretId: string, context?: OwnCallContext): Promise<ChangedOwnKey>;
  revoke(id: string, options?: { readonly reason?: string | null | undefined }, context?: OwnCallContext): Promise<ChangedOwnKey>;
  /** Of one key, or of all. */
  usage(query?: Omit<UsageRequest, 'owner' | 'tier'>): Promise<UsageReport>;
}

export interface CreateOwnKeyInput {
  readonly name: string;
  readonly scopes?: readonly string[] | undefined;
  readonly tier?: string | undefined;
  readonly environment?: string | undefined;
  /** Not together with `expiresIn`. */
  readonly expiresAt?: string | null | undefined;
  readonly expiresIn?: string | number | undefined;
  readonly ipRules?: readonly string[] | undefined;
}

export interface UpdateOwnKeyInput {
  readonly name?: string | undefined;
  /** Rules within those that the key has, or any where it has none: it can be narrowed, and not widened. */
  readonly ipRules?: readonly string[] | undefined;
}

export interface ListOwnKeysQuery {
  readonly search?: string | undefined;
  /** 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export const OWN_KEY_STATUSES = ['active', 'disabled', 'revoked', 'expired', 'scheduled'] as const;

export interface OwnKeyView {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  /** Prefix, environment, and asterisks for the rest. */
  readonly preview: string;
  /** The keys of an owner that is suspended are `disabled`. */
  readonly status: (typeof OWN_KEY_STATUSES)[number];
  readonly environment: string;
  readonly tier: string | null;
  readonly scopes: readonly string[];
  readonly ipRules: readonly string[];
  readonly createdAt: string;
  readonly notBefore: string | null;
  readonly expiresAt: string | null;
  /** Whole days, rounded up; 0 once expired; null where it never expires. */
  readonly daysUntilExpiry: number | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** One for each token: the current one first, then the newest; ten at the most, among them every valid one. */
  readonly secrets: readonly SecretView[];
}

/** Newest first. */
export interface OwnKeyPage {
  readonly data: readonly OwnKeyView[];
  /** Of all the owner's keys, whatever was searched for. */
  readonly total: number;
  readonly active: number;
  readonly nextCursor: string | null;
}

export interface ChangedOwnKey {
  readonly key: OwnKeyView;
  readonly propagation: Propagation;
}

export interface CreatedOwnKey {
  readonly key: OwnKeyView;
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: Token | null;
  readonly replayed: boolean;
}

export interface RotatedOwnKey extends CreatedOwnKey {
  readonly propagation: Propagation;
}
