import type { Limit, LimitReading } from '../domain/limit.js';

/** The limits that one subject is to be charged under. A subject's counters are told apart by limit name. */
export interface Charge {
  /** Whose counters: a key's id, an owner, or a key with a resource. */
  readonly subject: string;
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
}

/**
 * Counts calls against limits.
 *
 * `consume` is atomic: under any concurrency it charges all limits of all charges, or none, and never
 * admits more than each says. A result may come at once (no promise) where no I/O is needed.
 * `now` is the node's wall clock in epoch milliseconds; an adapter that nodes share uses its own clock.
 */
export interface Limiter {
  consume(charges: readonly Charge[], cost: number, now: number): Consumption | Promise<Consumption>;
  /** What `consume` would answer, charging nothing. */
  peek(charges: readonly Charge[], cost: number, now: number): Consumption | Promise<Consumption>;
  /** Gives back what a `consume` at `consumedAt` charged, for a call that was refused after all. */
  refund(charges: readonly Charge[], cost: number, consumedAt: number): void | Promise<void>;
  /** Makes every counter durable, then stops. */
  close(): Promise<void>;
}
