import type { CounterRow } from './counter-store.js';

/** Which row: see `CounterRow`. */
export type CounterId = Pick<CounterRow, 'subject' | 'name'>;

/**
 * What a call of `update` leads to, from the states of its rows (in their order, null where there is none) and the time.
 * Returns the rows to keep. Synchronous, and without effect but by what it returns: it may run more than once.
 */
export type DecideCounters = (states: readonly (string | null)[], now: number) => readonly CounterRow[];

/** The counters of limits in a database that nodes share. */
export interface SharedCounters {
  /**
   * One short transaction: locks the rows of `ids` in the order given, making those that are not there; reads them and,
   * with all of them locked, the time of the database (epoch milliseconds); keeps what `decide` returns, and of the
   * expiry of a row the later. Such transactions on one row, from any number of nodes, run one after the other.
   *
   * `ids` name each row once, and are in the order of their code units everywhere, so that no two wait for each other.
   * What is kept is there for all when this resolves; a crash of the database may lose what was kept in its last second.
   * Rejects with an UnavailableError, and whether anything was kept is then not known.
   */
  update(ids: readonly CounterId[], decide: DecideCounters): Promise<void>;
  /** Drops rows that expired at or before `until`, passing over those that are locked. */
  prune(until: number): Promise<void>;
}
