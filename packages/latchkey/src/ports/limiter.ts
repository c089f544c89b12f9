import type { Limit, LimitReading } from '../domain/limit.js';

/** The limits that one subject is to be charged under. A subject's counters are told apart by name, algorithm and window of the limit. */
export interface Charge {
  /** Whose counters: a key's id, an owner, or a key with a resource. */
  readonly subject: string;
  /** Whom the subject belongs to; the same in all charges of a call. Counters that are spread over machines stay together by owner. */
  readonly owner: string;
  readonly limits: readonly Limit[];
}

/** What came of a call to the limiter. */
export interface Consumption {
  readonly allowed: boolean;
  /** Every limit of every charge, in order: after the charge when allowed, as it stands when not. */
  readonly readings: readonly LimitReading[];
  /** When refused: after how long the same call can be allowed; null where it never can (cost above the limit). */
  readonly retryAfterMs: number | null;
  /** Whether a failure policy answered instead of the counters. */
  readonly degraded: boolean;
  /** The instant that it was decided at, on the clock that the limiter counts by. Epoch milliseconds. */
  readonly countedAt: number;
}

/**
 * Counts calls against limits.
 *
 * `consume` is atomic: under any concurrency it charges all limits of all charges, or none, and never
 * admits more than each says. A result may come at once (no promise) where no I/O is needed.
 * `now` is the node's wall clock in epoch milliseconds; an adapter that nodes share uses its own clock.
 *
 * Where the counters do not answer, calls reject with an UnavailableError (or throw it). Whether a `consume` was
 * charged is then not known: it may have been, and nothing is given back for it.
 */
export interface Limiter {
  consume(charges: readonly Charge[], cost: number, now: number): Consumption | Promise<Consumption>;
  /** What `consume` would answer, charging nothing. */
  peek(charges: readonly Charge[], cost: number, now: number): Consumption | Promise<Consumption>;
  /** Gives back what the `consume` that answered `consumption` charged, for a call that was refused after all; charges and cost are its own. */
  refund(charges: readonly Charge[], cost: number, consumption: Consumption): void | Promise<void>;
  /** Makes every counter durable, then stops. */
  close(): Promise<void>;
}
