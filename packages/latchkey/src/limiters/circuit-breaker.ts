/**
 * Calls to a limiter on another machine, so that its failure costs little: each has a time budget, and after some
 * failures in a row calls are refused at once, but for one in a while that tries it (a circuit breaker: Nygard,
 * Release It!, 2007).
 */
import { UnavailableError } from '../domain/errors.js';
import { lateness } from '../domain/utilities/deadline.js';
import type { Clock } from '../ports/clock.js';
import { createTimeBudget } from './time-budget.js';

export interface CircuitBreaker {
  /**
   * Makes the call, and lets it ask whether its time is over. Rejects with an UnavailableError where it failed, where its
   * time was over (it may still take effect), or at once where it was not made.
   */
  run<Result>(call: (isOver: () => boolean) => Promise<Result>): Promise<Result>;
}

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  /** How long a call may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Told once when calls begin to be refused, with the last failure, and once when they are made again. */
  readonly onChange: (state: 'open' | 'closed', cause: unknown) => void;
  /** Failures in a row from which on calls are refused; by default 3. */
  readonly failuresMax?: number | undefined;
}

/** How long calls are refused before one tries again, in milliseconds: at first, and as it doubles each time, at the most. */
const RETRY_FIRST_MS = 125;
const RETRY_MAX_MS = 1_000;

export function createCircuitBreaker({ clock, timeoutMs, onChange, failuresMax = 3 }: CircuitBreakerOptions): CircuitBreaker {
  const budget = createTimeBudget({ clock, timeoutMs });
  let failures = 0;
  let cause: unknown = null;
  /** When the next probe may be made, in monotonic milliseconds; null while calls are made. */
  let openUntil: number | null = null;
  let probing = false;
  let retryMs = RETRY_FIRST_MS;
  /** Grows with each change, so that a call which began before one says nothing of what holds since. */
  let era = 0;

  function succeeded(begun: number): void {
    if (begun !== era) return;
    failures = 0;
    if (openUntil !== null) change(null);
  }

  function failed(begun: number, error: unknown): void {
    if (begun !== era) return;
    failures += 1;
    cause = error;
    probing = false;
    if (openUntil === null && failures < failuresMax) return;
    if (openUntil === null) change(clock.monotonicMs() + RETRY_FIRST_MS);
    else openUntil = clock.monotonicMs() + (retryMs = Math.min(2 * retryMs, RETRY_MAX_MS));
  }

  function change(until: number | null): void {
    era += 1;
    failures = 0;
    probing = false;
    retryMs = RETRY_FIRST_MS;
    openUntil = until;
    onChange(until === null ? 'closed' : 'open', cause);
  }

  return {
    run(call) {
      if (openUntil !== null) {
        if (probing || clock.monotonicMs() < openUntil) return Promise.reject(new UnavailableError('limiter', { cause }));
        probing = true;
      }
      const begun = era;
      return new Promise((resolve, reject) => {
        const fail = (error: unknown): void => {
          failed(begun, error);
          reject(new UnavailableError('limiter', { cause: error }));
        };
        const waiting = budget.begin(() => fail(lateness(timeoutMs)));
        begin(call, () => waiting.over).then(
          (result) => {
            if (!waiting.end()) return;
            succeeded(begun);
            resolve(result);
          },
          (error: unknown) => void (waiting.end() && fail(error)),
        );
      });
    },
  };
}

/** As an asynchronous function, also where it throws at once. */
async function begin<Result>(call: (isOver: () => boolean) => Promise<Result>, isOver: () => boolean): Promise<Result> {
  return call(isOver);
}
