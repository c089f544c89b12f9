/** Usage as it is asked for and shown. */
import type { VerdictCode } from '../../domain/verdict.js';

export interface UsageRequest {
  readonly key?: string | undefined;
  readonly owner?: string | undefined;
  /** Counts the keys that were in the tier when they were used. Not together with `key` or `owner`. */
  readonly tier?: string | undefined;
  /**
   * ISO 8601; by default 30 days ago, or the first instant that is kept, and now. Figures are of whole hours, or of whole UTC days:
   * from that of `from` on, up to the one in which `until` lies. Of before what is kept (`usageHoursKeptDays`, `usageDaysKept`) none are given: an InvalidInputError names
   * the first instant there is.
   */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly by?: 'hour' | 'day' | undefined;
}

export interface UsageReport {
  readonly from: string;
  readonly until: string;
  readonly by: 'hour' | 'day';
  /** By how much the figures may be behind, in milliseconds: nodes write what they count so often (`writeBehindMs`). */
  readonly behindMs: number;
  readonly total: number;
  readonly totals: Readonly<Partial<Record<VerdictCode, number>>>;
  readonly points: readonly { readonly start: string; readonly counts: Readonly<Partial<Record<VerdictCode, number>>> }[];
}
