/** The state of one limit of one subject, as the limiter writes it behind. */
export interface CounterRow {
  readonly subject: string;
  readonly name: string;
  /** The limiter's own encoding. */
  readonly state: string;
  /** Epoch milliseconds from which the row says nothing any more and may be dropped. */
  readonly expiresAt: number;
}

/** Where a limiter in memory keeps its counters, so that they survive a restart. */
export interface CounterStore {
  loadCounters(subjects: readonly string[]): Promise<readonly CounterRow[]>;
  /** Replaces the rows, all or none. Durable when it returns, but for the loss of power. */
  saveCounters(rows: readonly CounterRow[]): Promise<void>;
  /** Drops rows that expired at or before `now`. */
  pruneCounters(now: number): Promise<void>;
}
