/** What the tests of a limiter are made of. */
import type { Limit, LimitAlgorithm } from '../domain/limit.js';
import { DAY_MS } from '../domain/time.js';
import type { Charge, Limiter } from '../ports/limiter.js';
import { createTestClock, type TestClock } from './test-clock.js';

export interface LimiterSuiteOptions {
  /**
   * A limiter over the counters of `store`: it finds those that the limiters opened with that name before have left, and
   * no others. The suite closes it, some of them twice.
   */
  open(clock: TestClock, store: string): Promise<Limiter>;
  /**
   * For a limiter that counts by a clock of its own: where the tests' clock begins, near to that one, in epoch milliseconds. No test must
   * see the end of an hour on it: wait for the next one where it is near.
   */
  now?(): number | Promise<number>;
}

export interface Opened {
  readonly clock: TestClock;
  readonly limiter: Limiter;
  readonly store: string;
}

export type Test = (opened: Opened) => Promise<void>;

/** How much later than the tests' clock a limiter's own may be. */
export const OWN_CLOCK_AHEAD_MS = 10_000;
/** Whom all subjects of a test belong to. */
export const OWNER = 'ada';
export const ALGORITHMS: readonly LimitAlgorithm[] = ['fixed-window', 'sliding-window', 'token-bucket'];

let made = 0;

/** A name that no other test of this process uses. */
export function fresh(kind: string): string {
  made += 1;
  return `${kind}-${made}`;
}

export function opening(options: LimiterSuiteOptions, test: Test): () => Promise<void> {
  return async () => {
    const clock = createTestClock(await options.now?.());
    const store = fresh('store');
    const limiter = await options.open(clock, store);
    try {
      await test({ clock, limiter, store });
    } finally {
      await limiter.close();
    }
  };
}

export function daily({
  name = 'requests',
  limit,
  algorithm = 'fixed-window',
}: {
  name?: string;
  limit: number;
  algorithm?: LimitAlgorithm;
}): Limit {
  return { name, limit, windowMs: DAY_MS, algorithm };
}

export async function remaining(limiter: Limiter, charge: Charge, clock: TestClock): Promise<number | undefined> {
  return (await limiter.peek([charge], 0, clock.now())).readings[0]?.remaining;
}
