/** What a limiter makes of time: edges of windows, exact waits, and clocks that jump. */
import assert from 'node:assert/strict';
import type { Limit } from '../domain/limit.js';
import { DAY_MS } from '../domain/time.js';
import type { Charge } from '../ports/limiter.js';
import { ALGORITHMS, daily, fresh, opening, OWNER, type LimiterSuiteOptions } from './limiter-suite-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

/** For limiters that count by the `now` they are given. One that has a clock of its own is not held to these. */
export function limiterTimeSuite({ describe, it }: SuiteRunner, options: LimiterSuiteOptions): void {
  describe('limiter: time', () => {
    it(
      'a fixed window ends at midnight UTC, to the millisecond',
      opening(options, async ({ limiter, clock }) => {
        const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 1 })] };
        await clock.advance(DAY_MS - 60_000);
        const midnight = clock.now() + 60_000;
        const first = await limiter.consume([charge], 1, clock.now());
        assert.equal(first.readings[0]?.resetAt, midnight);
        await clock.advance(59_999);
        assert.equal((await limiter.consume([charge], 1, clock.now())).retryAfterMs, 1);
        await clock.advance(1);
        assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, true);
      }),
    );

    it(
      'a sliding window never holds more than the limit, wherever it is laid',
      opening(options, async ({ limiter, clock }) => {
        const charge: Charge = {
          subject: fresh('subject'),
          owner: OWNER,
          limits: [{ ...daily({ limit: 2, algorithm: 'sliding-window' }), windowMs: 60_000 }],
        };
        await limiter.consume([charge], 1, clock.now());
        await clock.advance(1_000);
        await limiter.consume([charge], 1, clock.now());
        await clock.advance(58_999);
        assert.equal((await limiter.consume([charge], 1, clock.now())).retryAfterMs, 1);
        await clock.advance(1);
        assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, true);
        assert.equal((await limiter.consume([charge], 1, clock.now())).retryAfterMs, 1_000);
      }),
    );

    it(
      'a token bucket takes its burst at once and then one unit for each interval',
      opening(options, async ({ limiter, clock }) => {
        const limit: Limit = { ...daily({ limit: 3, algorithm: 'token-bucket' }), windowMs: 1_000, burst: 2 };
        const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [limit] };
        assert.equal((await limiter.consume([charge], 2, clock.now())).allowed, true);
        // A third of a second is no whole number of milliseconds: nothing may be lost or won by that.
        for (const waitMs of [334, 333, 333, 334, 333, 333]) {
          assert.equal((await limiter.consume([charge], 1, clock.now())).retryAfterMs, waitMs);
          await clock.advance(waitMs);
          assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, true);
        }
      }),
    );

    for (const algorithm of ALGORITHMS) {
      it(
        `${algorithm}: waiting as long as it is told admits a call, a millisecond less does not`,
        opening(options, async ({ limiter, clock }) => {
          const charge: Charge = {
            subject: fresh('subject'),
            owner: OWNER,
            limits: [{ ...daily({ limit: 7, algorithm }), windowMs: 60_000 }],
          };
          await clock.advance(12_345);
          await limiter.consume([charge], 5, clock.now());
          await clock.advance(777);
          const { retryAfterMs } = await limiter.consume([charge], 4, clock.now());
          assert.ok(retryAfterMs !== null && retryAfterMs > 1);
          await clock.advance(retryAfterMs - 1);
          assert.equal((await limiter.consume([charge], 4, clock.now())).allowed, false);
          await clock.advance(1);
          assert.equal((await limiter.consume([charge], 4, clock.now())).allowed, true);
        }),
      );

      it(
        `${algorithm}: a clock that is set back admits nothing more`,
        opening(options, async ({ limiter, clock }) => {
          const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 2, algorithm })] };
          await clock.advance(3 * DAY_MS);
          await limiter.consume([charge], 2, clock.now());
          for (const back of [1, DAY_MS, 2 * DAY_MS]) {
            clock.set(clock.now() - back);
            assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, false);
          }
        }),
      );

      it(
        `${algorithm}: a clock that jumps ahead and back admits nothing more, however much time passes in between`,
        opening(options, async ({ limiter, clock }) => {
          const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 2, algorithm })] };
          await limiter.consume([charge], 2, clock.now());
          clock.set(clock.now() + 10 * DAY_MS);
          await clock.advance(60_000);
          assert.equal((await limiter.consume([charge], 2, clock.now())).allowed, true);
          clock.set(clock.now() - 10 * DAY_MS);
          await clock.advance(60_000);
          assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, false);
        }),
      );
    }
  });
}
