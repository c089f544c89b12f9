/** Self-service as its users see it: what owners may do with keys of their own, and what the operator lets them choose. */
import type { OwnOptions } from '../../contract/call-options.js';
import type { OwnKeyCalls } from '../../contract/types/own-keys.js';
import type { Names } from '../../domain/names.js';

export type { OwnCallContext } from '../../contract/call-options.js';

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

/**
 * An owner's own keys. A key of somebody else is a NotFoundError, as one that never existed. Fields that an owner may not
 * choose are refused by name. Keys of the environment `operator` are no part of it. Changes reject with a RateLimitedError
 * where an owner made too many. `create` and `rotate` reject with a ForbiddenError while the owner is suspended, and `create` for
 * scopes beyond the policy. A rotated key keeps what it has, even what today's policy would not give any more.
 */
export type OwnKeys = OwnKeyCalls<Names, OwnOptions>;
