/** What came of spending credits. */
export interface CreditOutcome {
  readonly spent: boolean;
  /** Credits left: after the spending when spent, as they stand when not. */
  readonly remaining: number;
  /** When the next refill is due, in epoch milliseconds; null without one. */
  readonly nextRefillAt: number | null;
}

/**
 * Budgets that are never overspent. `spend` is atomic and durable: of any number of calls at once, those
 * succeed for which the budget suffices, and no other. Refills that are due by `now` count first.
 */
export interface CreditStore {
  /** Null where the key has no budget. */
  spend(keyId: string, cost: number, now: number): Promise<CreditOutcome | null>;
  /** Gives back what a `spend` took, for a call that was refused after all. */
  giveBackCredits(keyId: string, cost: number): Promise<void>;
  /** What `spend` would answer, changing nothing. */
  peekCredits(keyId: string, cost: number, now: number): Promise<CreditOutcome | null>;
}
