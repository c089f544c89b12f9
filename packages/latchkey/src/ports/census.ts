/** What is asked of a census: the instants that its counts are relative to, in epoch milliseconds. */
export interface CensusQuery {
  readonly now: number;
  /** Keys that expire at this instant or before it are counted, for each. */
  readonly expiresBy: readonly number[];
  /** Keys that were neither used nor made after this instant are counted. */
  readonly unusedSince: number;
  /** Keys that need attention are counted no further: so many means as many or more. */
  readonly countedUpTo: number;
}

export interface CensusCounts {
  readonly keys: {
    readonly total: number;
    readonly revoked: number;
    readonly expired: number;
    readonly disabled: number;
    readonly suspended: number;
    readonly scheduled: number;
  };
  /** One for each instant asked. Up to `countedUpTo`, as the two below, and of keys neither revoked nor expired. */
  readonly expiring: readonly number[];
  readonly neverUsed: number;
  readonly unused: number;
  readonly owners: number;
  readonly tiers: number;
}

/**
 * Counts of everything. Each count is right at some instant of the call, but things may change between one and the next. The database
 * keeps the counts of all keys, of revoked keys and of owners.
 */
export interface Census {
  takeCensus(query: CensusQuery): Promise<CensusCounts>;
}
