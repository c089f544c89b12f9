/** The types of the calls about usage. Generated from `contract/calls/usage.ts`: run `npm run contract` after a change there. */
import type { VerdictCounts } from '../../domain/verdict.js';
import type { LibraryOptions, OptionsByKind } from '../call-options.js';

export interface UsageCalls<O extends OptionsByKind = LibraryOptions> {
  /**
   * Read verifications by hour or day, and by outcome. Of one key, of one owner, of the keys that had a tier when they were
   * used, or of all. Hours are kept for 14 days and days for 400, unless configured otherwise.
   */
  read(input?: UsageRequest, options?: O['read']): Promise<UsageReport>;
  /** Read verifications of several keys by hour or day. A key that does not exist was never used. */
  byKey(input: UsageByKeyRequest, options?: O['read']): Promise<UsageByKey>;
  /** Read the keys that were verified most often. Needs `keys:read` as well. */
  busiest(input?: BusiestRequest, options?: O['read']): Promise<BusiestKeys>;
}

/** Which usage. */
export interface UsageRequest {
  /** Usage of this key. */
  readonly key?: string | undefined;
  /** Usage of the keys of this owner. */
  readonly owner?: string | undefined;
  /** Usage of the keys that had this tier when they were used. Not together with `key` or `owner`. */
  readonly tier?: string | undefined;
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

/** A crash loses at most the last `behindMs` of what a node has counted. */
export interface UsageReport {
  /** ISO 8601, UTC. */
  readonly from: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly by: 'hour' | 'day';
  /** By how much the figures may be behind, in milliseconds: nodes write what they count this often (`writeBehindMs`). */
  readonly behindMs: number;
  readonly total: number;
  /** Verifications by outcome. */
  readonly totals: VerdictCounts;
  readonly points: readonly { readonly start: string; readonly counts: VerdictCounts; }[];
}

/** Which keys, and which span of time. */
export interface UsageByKeyRequest {
  /** 1 to 100 ids of keys, each once. */
  readonly keys: readonly string[];
  /** From this instant on; by default 30 days ago, by the hour 1 day ago. */
  readonly from?: string | Date | undefined;
  /** Up to this instant; by default now. */
  readonly until?: string | Date | undefined;
  /** By the hour at most 7 days, by the day at most 366; by default `day`. */
  readonly by?: 'hour' | 'day' | undefined;
}

export interface KeyUsage {
  readonly key: string;
  readonly total: number;
  /** Every hour or day of the span has one. */
  readonly points: readonly { readonly start: string; readonly valid: number; readonly refused: number; }[];
}

export interface UsageByKey {
  /** ISO 8601, UTC. */
  readonly from: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly by: 'hour' | 'day';
  /** By how much the figures may be behind, in milliseconds: nodes write what they count this often (`writeBehindMs`). */
  readonly behindMs: number;
  /** One for each key that was asked for, in that order. */
  readonly data: readonly KeyUsage[];
}

/** Which span of time: at most 31 days. */
export interface BusiestRequest {
  /** From this instant on; by default 30 days ago. */
  readonly from?: string | Date | undefined;
  /** Up to this instant; by default now. */
  readonly until?: string | Date | undefined;
  /** How many keys: 1 to 100, by default 10. */
  readonly limit?: number | undefined;
}

export interface BusyKey {
  readonly key: { readonly id: string; readonly name: string; readonly owner: string; readonly hint: string; readonly environment: string; };
  readonly total: number;
  readonly valid: number;
  readonly refused: number;
}

/** The busiest first. The figures of each are exact; see `complete` for the choice. */
export interface BusiestKeys {
  /** ISO 8601, UTC. */
  readonly from: string;
  /** ISO 8601, UTC. */
  readonly until: string;
  /** By how much the figures may be behind, in milliseconds: nodes write what they count this often (`writeBehindMs`). */
  readonly behindMs: number;
  readonly data: readonly BusyKey[];
  /** True if certainly no other key was busier than the last of these. */
  readonly complete: boolean;
}
