/** What operators look into keys, usage and tiers with, as it is asked for and shown. */
import type { VerdictCode } from '../../domain/verdict.js';
import type { ClusterView } from '../../ports/coherence.js';

export interface UsageByKeyRequest {
  /** 1 to 100 ids. */
  readonly keys: readonly string[];
  /** ISO 8601; by default 30 days ago (by the hour, one) and now. It begins with a whole hour or day. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** By the hour at most 7 days, by the day at most 366. */
  readonly by?: 'hour' | 'day' | undefined;
}

export interface UsageByKey {
  readonly from: string;
  readonly until: string;
  readonly by: 'hour' | 'day';
  /** As in `UsageReport`. */
  readonly behindMs: number;
  /** One for each key that was asked for, in that order. */
  readonly data: readonly KeyUsage[];
}

export interface KeyUsage {
  readonly key: string;
  readonly total: number;
  /** Every hour or day of the span has one. */
  readonly points: readonly { readonly start: string; readonly valid: number; readonly refused: number }[];
}

export interface BusiestRequest {
  /** ISO 8601; at most 31 days, by default the last 30. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** 1 to 100, by default 10. */
  readonly limit?: number | undefined;
}

/** The busiest first. The figures of each are exact; see `BusiestKeys.complete` for the choice. */
export interface BusiestKeys {
  readonly from: string;
  readonly until: string;
  /** As in `UsageReport`. */
  readonly behindMs: number;
  readonly data: readonly BusyKey[];
  /** Whether it is certain that no other key was busier than the last of these. */
  readonly complete: boolean;
}

export interface BusyKey {
  readonly key: {
    readonly id: string;
    readonly name: string;
    readonly owner: string;
    readonly hint: string;
    readonly environment: string;
  };
  readonly total: number;
  readonly valid: number;
  readonly refused: number;
}

/** Counts of everything, as they were at `asOf`, a few seconds ago at most. */
export interface Overview {
  readonly asOf: string;
  readonly keys: {
    readonly total: number;
    readonly active: number;
    readonly disabled: number;
    readonly revoked: number;
    readonly expired: number;
    readonly scheduled: number;
    readonly suspended: number;
  };
  /**
   * Keys that need attention (`expiring`, `neverUsed`, `unusedFor90d`) are counted up to this number: a count of so many means that there
   * are as many or more. The other counts are exact.
   */
  readonly countedUpTo: number;
  /** Keys, neither revoked nor expired, that expire so soon. */
  readonly expiring: { readonly within30d: number; readonly within7d: number };
  /** Keys, neither revoked nor expired, that were never used. */
  readonly neverUsed: number;
  /** Keys, neither revoked nor expired, that nobody used for 90 days, and that are as old. */
  readonly unusedFor90d: number;
  readonly owners: number;
  readonly tiers: number;
  /** Null for an operator who may not read usage. */
  readonly verifications24h: {
    readonly total: number;
    readonly byCode: Readonly<Partial<Record<VerdictCode, number>>>;
  } | null;
  /** The nodes as they are now, whenever the rest was counted; null for an operator who may not read the cluster. */
  readonly cluster: ClusterView | null;
}
