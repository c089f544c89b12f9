/** The types of the calls about tiers. Generated from `contract/calls/tiers.ts`: run `npm run contract` after a change there. */
import type { Limit, LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';
import type { Propagation } from '../../domain/propagation.js';
import type { LibraryOptions, OptionsByKind } from '../call-options.js';

export interface TierCalls<N extends Names = Names, O extends OptionsByKind = LibraryOptions> {
  /** Read a tier. */
  get(name: N['tier'], options?: O['read']): Promise<TierView>;
  /** List tiers. */
  list(options?: O['read']): Promise<readonly TierView[]>;
  /** Create a tier, or replace its limits. Takes effect on all its keys at once. */
  put(name: N['tier'], input: PutTierInput, options?: O['change']): Promise<ChangedTier>;
  /** Remove a tier. Refused while keys that are not revoked have it. */
  remove(name: N['tier'], options?: O['read']): Promise<void>;
  /**
   * Read what other limits would do to the keys of a tier. Looks at the keys that were used most recently, 1 000 at most.
   * Changes and charges nothing. Needs `keys:read` as well.
   */
  preview(name: N['tier'], input: PreviewTierInput, options?: O['read']): Promise<TierPreview>;
}

export interface TierView {
  readonly name: string;
  readonly limits: readonly Limit[];
  /** Declared in the configuration, and changed only there. */
  readonly configured: boolean;
  /** Keys of the tier that are not revoked. */
  readonly keys: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

export interface PutTierInput {
  readonly limits: readonly LimitInput[];
}

/** The tier as it is now, and how far the change has reached. */
export interface ChangedTier {
  readonly name: string;
  readonly limits: readonly Limit[];
  /** Declared in the configuration, and changed only there. */
  readonly configured: boolean;
  /** Keys of the tier that are not revoked. */
  readonly keys: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  /**
   * How far a change that takes authority away has reached: the nodes that applied it, those whose lease ended, and the ids
   * of those that have not answered.
   */
  readonly propagation: Propagation;
}

export interface PreviewTierInput {
  readonly limits: readonly LimitInput[];
}

/** A key that has used more by now than a limit would allow it. */
export interface TierExcess {
  readonly key: { readonly id: string; readonly name: string; readonly owner: string; };
  /** The name of the limit. */
  readonly limit: string;
  readonly used: number;
  readonly allowed: number;
}

/** The effect that other limits of a tier would have on its keys. Reading it changes and charges nothing. */
export interface TierPreview {
  /** Keys of the tier that are not revoked. */
  readonly keys: number;
  /** How many of them were looked at: the most recently used, 1 000 at most. */
  readonly looked: number;
  /** Those that have used more by now than a limit would allow them. */
  readonly over: readonly TierExcess[];
  /** Limits that would come (`before` null), go (`after` null) or become others. */
  readonly changes: readonly { readonly name: string; readonly before: Limit | null; readonly after: Limit | null; }[];
}
