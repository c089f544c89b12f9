/** What a limit is. How it counts is in limit-arithmetic.ts. */

/**
 * - `fixed-window`: at most `limit` units in each window; windows are aligned to the UTC calendar
 *   (a day begins at midnight UTC, a week on Monday).
 * - `sliding-window`: at most `limit` units in any interval of `windowMs`, exactly (a log; `limit` ≤ 10 000).
 * - `token-bucket`: `limit` units per window, evenly, and at most `burst` (default: `limit`) at once (GCRA).
 */
export const LIMIT_ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

export type LimitAlgorithm = (typeof LIMIT_ALGORITHMS)[number];

/** So many units per window, by a named algorithm. */
export interface Limit {
  readonly name: string;
  /** Units per window; a positive integer. */
  readonly limit: number;
  readonly windowMs: number;
  readonly algorithm: LimitAlgorithm;
  /** Only for `token-bucket`: how many units may come at once; a positive integer. */
  readonly burst?: number;
}

/** A limit as people write it: `window` is a duration such as `"1h"` and stands for `windowMs`. */
export interface LimitInput {
  readonly name: string;
  readonly limit: number;
  readonly window?: string | number | undefined;
  readonly windowMs?: number | undefined;
  readonly algorithm?: LimitAlgorithm | undefined;
  readonly burst?: number | undefined;
}

/** How a limit stands after (or, for a peek, before) a call. */
export interface LimitReading {
  readonly name: string;
  readonly limit: number;
  /** Whole units that could be taken at once, right now. */
  readonly remaining: number;
  /** Epoch milliseconds at which the limit is entirely free again. */
  readonly resetAt: number;
  readonly algorithm: LimitAlgorithm;
  /** The window's length, for the RateLimit-Policy field. */
  readonly windowMs: number;
}

/** Returns the limits of a key with those of its tier for which it has none of the same name. */
export function withOverrides(tierLimits: readonly Limit[], keyLimits: readonly Limit[]): readonly Limit[] {
  return [...keyLimits, ...tierLimits.filter((limit) => !keyLimits.some((own) => own.name === limit.name))];
}

/** Returns whether for each limit of `than` there is one of the same name that counts alike and admits no more. */
export function isAtLeastAsTight(limits: readonly Limit[], than: readonly Limit[]): boolean {
  return than.every((wide) => limits.some((narrow) => narrow.name === wide.name && isTighter(narrow, wide)));
}

function isTighter(narrow: Limit, wide: Limit): boolean {
  if (narrow.algorithm !== wide.algorithm || narrow.windowMs !== wide.windowMs) return false;
  return narrow.limit <= wide.limit && (narrow.burst ?? narrow.limit) <= (wide.burst ?? wide.limit);
}
