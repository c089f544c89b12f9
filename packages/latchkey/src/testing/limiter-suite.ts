/**
 * What every limiter must do, as tests for any test runner: hand in its `describe` and `it`, and how to open the
 * limiter. The four groups can be run apart; `limiterSuite` runs all of them.
 */
import assert from 'node:assert/strict';
import type { Limit } from '../domain/limit.js';
import { DAY_MS } from '../domain/time.js';
import type { Charge } from '../ports/limiter.js';
import { atOnce } from './at-once.js';
import {
  ALGORITHMS,
  daily,
  fresh,
  opening,
  OWNER,
  OWN_CLOCK_AHEAD_MS,
  remaining,
  type LimiterSuiteOptions,
} from './limiter-suite-fixture.js';
import type { SuiteRunner } from './suite-runner.js';
import { limiterTimeSuite } from './limiter-time-suite.js';

export { limiterTimeSuite };

/** All four groups. */
export function limiterSuite(runner: SuiteRunner, options: LimiterSuiteOptions): void {
  limiterBehaviourSuite(runner, options);
  limiterAtomicitySuite(runner, options);
  limiterTimeSuite(runner, options);
  limiterDurabilitySuite(runner, options);
}

export function limiterBehaviourSuite({ describe, it }: SuiteRunner, options: LimiterSuiteOptions): void {
  describe('limiter: behaviour', () => {
    for (const algorithm of ALGORITHMS) {
      const one = (limit: number): Charge => ({ subject: fresh('subject'), owner: OWNER, limits: [daily({ limit, algorithm })] });

      it(
        `${algorithm}: admits the limit, then refuses, and says what is left`,
        opening(options, async ({ limiter, clock }) => {
          const charge = one(3);
          for (const remaining of [2, 1, 0]) {
            const answer = await limiter.consume([charge], 1, clock.now());
            assert.deepEqual([answer.allowed, answer.readings[0]?.remaining, answer.degraded], [true, remaining, false]);
          }
          const refused = await limiter.consume([charge], 1, clock.now());
          assert.deepEqual([refused.allowed, refused.readings[0]?.remaining], [false, 0]);
          assert.ok(refused.retryAfterMs !== null && refused.retryAfterMs > 0);
        }),
      );

      it(
        `${algorithm}: a reading carries the limit it is of`,
        opening(options, async ({ limiter, clock }) => {
          const [read] = (await limiter.consume([one(3)], 1, clock.now())).readings;
          assert.deepEqual([read?.name, read?.limit, read?.algorithm, read?.windowMs], ['requests', 3, algorithm, DAY_MS]);
          assert.ok(read !== undefined && read.resetAt > clock.now() && read.resetAt <= clock.now() + DAY_MS + OWN_CLOCK_AHEAD_MS);
        }),
      );

      it(
        `${algorithm}: a call may cost several units, and a cost that no waiting admits says so`,
        opening(options, async ({ limiter, clock }) => {
          const charge = one(10);
          assert.equal((await limiter.consume([charge], 7, clock.now())).allowed, true);
          assert.equal((await limiter.consume([charge], 4, clock.now())).allowed, false);
          const never = await limiter.consume([charge], 11, clock.now());
          assert.deepEqual([never.allowed, never.retryAfterMs, never.readings[0]?.remaining], [false, null, 3]);
          assert.equal((await limiter.consume([charge], 3, clock.now())).readings[0]?.remaining, 0);
        }),
      );

      it(
        `${algorithm}: a cost of 0 charges nothing and is never refused`,
        opening(options, async ({ limiter, clock }) => {
          const charge = one(1);
          assert.equal((await limiter.consume([charge], 0, clock.now())).readings[0]?.remaining, 1);
          await limiter.consume([charge], 1, clock.now());
          const free = await limiter.consume([charge], 0, clock.now());
          assert.deepEqual([free.allowed, free.readings[0]?.remaining], [true, 0]);
        }),
      );

      it(
        `${algorithm}: peek answers as consume would, and charges nothing`,
        opening(options, async ({ limiter, clock }) => {
          const charge = one(1);
          for (let i = 0; i < 3; i++) {
            const answer = await limiter.peek([charge], 1, clock.now());
            assert.deepEqual([answer.allowed, answer.readings[0]?.remaining], [true, 1]);
          }
          await limiter.consume([charge], 1, clock.now());
          assert.equal((await limiter.peek([charge], 1, clock.now())).allowed, false);
        }),
      );

      it(
        `${algorithm}: a refund gives back what was charged, and no more`,
        opening(options, async ({ limiter, clock }) => {
          const charge = one(5);
          const first = await limiter.consume([charge], 2, clock.now());
          const second = await limiter.consume([charge], 3, clock.now());
          await limiter.refund([charge], 3, second);
          assert.equal(await remaining(limiter, charge, clock), 3);
          await limiter.refund([charge], 2, first);
          await limiter.refund([charge], 3, second);
          assert.equal(await remaining(limiter, charge, clock), 5);
        }),
      );
    }

    it(
      'subjects, and the limits of one subject, are counted apart',
      opening(options, async ({ limiter, clock }) => {
        const subject = fresh('subject');
        const named = (name: string): Charge => ({ subject, owner: OWNER, limits: [daily({ name, limit: 2 })] });
        await limiter.consume([named('first')], 2, clock.now());
        assert.equal(await remaining(limiter, named('first'), clock), 0);
        assert.equal(await remaining(limiter, named('second'), clock), 2);
        assert.equal(await remaining(limiter, { ...named('first'), subject: fresh('subject') }, clock), 2);
      }),
    );

    it(
      'limits of one name with different windows never reset each other',
      opening(options, async ({ limiter, clock }) => {
        const subject = fresh('subject');
        const day: Charge = { subject, owner: OWNER, limits: [daily({ limit: 1 })] };
        const hour: Charge = { subject, owner: OWNER, limits: [{ ...daily({ limit: 1 }), windowMs: DAY_MS / 24 }] };
        for (const charge of [day, hour]) assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, true);
        for (const charge of [day, hour]) assert.equal((await limiter.consume([charge], 1, clock.now())).allowed, false);
      }),
    );

    it(
      'a limit that is raised or lowered keeps what was used',
      opening(options, async ({ limiter, clock }) => {
        const subject = fresh('subject');
        const upTo = (limit: number): Charge => ({ subject, owner: OWNER, limits: [daily({ limit })] });
        await limiter.consume([upTo(5)], 4, clock.now());
        assert.equal(await remaining(limiter, upTo(10), clock), 6);
        assert.equal(await remaining(limiter, upTo(2), clock), 0);
        assert.equal((await limiter.consume([upTo(2)], 1, clock.now())).allowed, false);
      }),
    );

    it(
      'without limits everything is allowed',
      opening(options, async ({ limiter, clock }) => {
        const { countedAt, ...answer } = await limiter.consume([], 1, clock.now());
        assert.deepEqual(answer, { allowed: true, readings: [], retryAfterMs: null, degraded: false });
        assert.ok(countedAt >= clock.now() && countedAt <= clock.now() + OWN_CLOCK_AHEAD_MS);
      }),
    );
  });
}

export function limiterAtomicitySuite({ describe, it }: SuiteRunner, options: LimiterSuiteOptions): void {
  describe('limiter: atomicity', () => {
    for (const algorithm of ALGORITHMS) {
      it(
        `${algorithm}: 400 calls at once on a limit of 50 admit exactly 50`,
        opening(options, async ({ limiter, clock }) => {
          const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 50, algorithm })] };
          const answers = await atOnce(400, () => limiter.consume([charge], 1, clock.now()));
          assert.equal(answers.filter((answer) => answer.allowed).length, 50);
          assert.equal(await remaining(limiter, charge, clock), 0);
        }),
      );
    }

    it(
      'calls at once that cost several units never admit more than the limit',
      opening(options, async ({ limiter, clock }) => {
        const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 50 })] };
        const answers = await atOnce(100, () => limiter.consume([charge], 7, clock.now()));
        assert.equal(answers.filter((answer) => answer.allowed).length, 7);
        assert.equal(await remaining(limiter, charge, clock), 1);
      }),
    );

    it(
      'several limits are charged together or not at all, also across subjects',
      opening(options, async ({ limiter, clock }) => {
        const key: Charge = {
          subject: fresh('key'),
          owner: OWNER,
          limits: ALGORITHMS.map((algorithm) => daily({ name: algorithm, limit: 100, algorithm })),
        };
        const owner: Charge = { subject: fresh('owner'), owner: OWNER, limits: [daily({ limit: 5 })] };
        const answers = await atOnce(40, () => limiter.consume([key, owner], 1, clock.now()));
        assert.equal(answers.filter((answer) => answer.allowed).length, 5);
        const after = await limiter.peek([key, owner], 0, clock.now());
        assert.deepEqual(
          after.readings.map((reading) => reading.remaining),
          [95, 95, 95, 0],
        );
      }),
    );

    it(
      'a refused call leaves every limit as it was, whichever refused it',
      opening(options, async ({ limiter, clock }) => {
        for (const tight of [0, 1, 2]) {
          const limits = ALGORITHMS.map((algorithm, index) => daily({ name: algorithm, limit: index === tight ? 1 : 9, algorithm }));
          const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits };
          await limiter.consume([charge], 1, clock.now());
          const before = await limiter.peek([charge], 0, clock.now());
          const refused = await limiter.consume([charge], 1, clock.now());
          assert.equal(refused.allowed, false);
          assert.deepEqual(refused.readings, before.readings);
          assert.deepEqual((await limiter.peek([charge], 0, clock.now())).readings, before.readings);
        }
      }),
    );

    it(
      'a refusal says the longest wait of those limits that refuse, and none where one never admits',
      opening(options, async ({ limiter, clock }) => {
        const subject = fresh('subject');
        const day = daily({ name: 'day', limit: 2 });
        const small = { ...daily({ name: 'small', limit: 1, algorithm: 'token-bucket' }), windowMs: DAY_MS / 24 } satisfies Limit;
        await limiter.consume([{ subject, owner: OWNER, limits: [small, day] }], 1, clock.now());
        await limiter.consume([{ subject, owner: OWNER, limits: [day] }], 1, clock.now());
        const waits: number[] = [];
        for (const limit of [small, day]) {
          const alone = await limiter.consume([{ subject, owner: OWNER, limits: [limit] }], 1, clock.now());
          assert.ok(alone.retryAfterMs !== null && alone.retryAfterMs > 0);
          waits.push(alone.retryAfterMs);
        }
        // Which of them is the longer one, the hour of the day decides where a limiter has a clock of its own.
        const longest = Math.max(...waits);
        for (const limits of [
          [small, day],
          [day, small],
        ]) {
          const both = await limiter.consume([{ subject, owner: OWNER, limits }], 1, clock.now());
          // Such a clock also moves on a little between two answers.
          assert.ok(both.retryAfterMs !== null && Math.abs(both.retryAfterMs - longest) < OWN_CLOCK_AHEAD_MS);
        }
        assert.equal((await limiter.consume([{ subject, owner: OWNER, limits: [small, day] }], 2, clock.now())).retryAfterMs, null);
      }),
    );
  });
}

export function limiterDurabilitySuite({ describe, it }: SuiteRunner, options: LimiterSuiteOptions): void {
  describe('limiter: durability', () => {
    for (const algorithm of ALGORITHMS) {
      it(
        `${algorithm}: closed and opened again, counters are as they were`,
        opening(options, async ({ limiter, clock, store }) => {
          const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits: [daily({ limit: 100, algorithm })] };
          for (const cost of [1, 5, 20]) {
            await limiter.consume([charge], cost, clock.now());
            await clock.advance(250);
          }
          const before = await limiter.peek([charge], 1, clock.now());
          await limiter.close();
          const reopened = await options.open(clock, store);
          try {
            const { countedAt } = before;
            assert.deepEqual({ ...(await reopened.peek([charge], 1, clock.now())), countedAt }, before);
          } finally {
            await reopened.close();
          }
        }),
      );
    }

    it(
      'what a refused call would have charged is not there after a restart either',
      opening(options, async ({ limiter, clock, store }) => {
        const limits = [daily({ name: 'wide', limit: 10 }), daily({ name: 'tight', limit: 1 })];
        const charge: Charge = { subject: fresh('subject'), owner: OWNER, limits };
        await limiter.consume([charge], 1, clock.now());
        await limiter.consume([charge], 1, clock.now());
        await limiter.close();
        const reopened = await options.open(clock, store);
        try {
          const { readings } = await reopened.peek([charge], 0, clock.now());
          assert.deepEqual(
            readings.map((reading) => reading.remaining),
            [9, 0],
          );
        } finally {
          await reopened.close();
        }
      }),
    );
  });
}
