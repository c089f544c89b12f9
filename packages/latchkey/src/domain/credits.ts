/** Credits: a budget that is spent down and may refill. Pure arithmetic; time is an argument. */

/**
 * When and how a budget refills. `interval` counts from the moment the refill was set; `month` is the
 * given day of each calendar month at 00:00 UTC (the month's last day where it has fewer).
 */
export type CreditRefill = {
  readonly amount: number;
  /** `set`: back to `amount`. `add`: `amount` more, for every refill that was due. */
  readonly mode: 'set' | 'add';
} & ({ readonly every: 'interval'; readonly intervalMs: number } | { readonly every: 'month'; readonly day: number });

export interface CreditState {
  readonly remaining: number;
  readonly refill: CreditRefill | null;
  /** When the next refill is due; null without one. */
  readonly nextRefillAt: number | null;
}
