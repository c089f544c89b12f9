/** Usage as it is asked for and shown. */
import type { VerdictCode } from '../domain/verdict.js';

export interface UsageRequest {
  readonly key?: string | undefined;
  readonly owner?: string | undefined;
  /** ISO 8601; by default 30 days ago and now. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly by?: 'hour' | 'day' | undefined;
}

export interface UsageReport {
  readonly from: string;
  readonly until: string;
  readonly by: 'hour' | 'day';
  readonly total: number;
  readonly totals: Readonly<Partial<Record<VerdictCode, number>>>;
  readonly points: readonly { readonly start: string; readonly counts: Readonly<Partial<Record<VerdictCode, number>>> }[];
}
