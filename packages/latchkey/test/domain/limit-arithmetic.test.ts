import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import type { Limit, LimitAlgorithm } from '../../src/domain/limit.js';
import {
  decodeState,
  encodeState,
  fullState,
  peek,
  refund,
  step,
  type Decision,
  type LimitState,
} from '../../src/domain/limit-arithmetic.js';
import { fixedWindowModel, slidingWindowModel, tokenBucketModel, type Model } from './limit-models.js';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const windows = fc.constantFrom(1_000, 1_001, 60_000, HOUR, 7 * HOUR, DAY, 7 * DAY, 30 * DAY, 366 * DAY);
const limits = (algorithm: LimitAlgorithm): fc.Arbitrary<Limit> =>
  fc
    .record({ limit: fc.integer({ min: 1, max: 20 }), windowMs: windows, burst: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }) })
    .map(({ limit, windowMs, burst }) => ({
      name: 'requests',
      limit,
      windowMs,
      algorithm,
      ...(burst === null || algorithm !== 'token-bucket' ? {} : { burst }),
    }));

interface Call {
  readonly cost: number;
  readonly now: number;
}

/** Calls whose clock mostly goes on a little, sometimes far, and sometimes back. */
function calls(windowMs: number): fc.Arbitrary<Call[]> {
  const moves = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: Math.ceil(windowMs / 5) }) },
    { weight: 2, arbitrary: fc.constantFrom(windowMs - 1, windowMs, windowMs + 1, 3 * windowMs) },
    { weight: 2, arbitrary: fc.integer({ min: -2 * windowMs, max: -1 }) },
  );
  const steps = fc.array(
    fc.record({ move: moves, cost: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.integer({ min: 0, max: 32 })) }),
    { maxLength: 60 },
  );
  return fc.tuple(fc.integer({ min: 0, max: 8 * DAY }), steps).map(([offset, list]) => {
    let now = START + 3 * 366 * DAY + offset;
    return list.map(({ move, cost }) => ({ cost, now: (now += move) }));
  });
}

const cases = (algorithm: LimitAlgorithm): fc.Arbitrary<{ limit: Limit; list: Call[] }> =>
  limits(algorithm).chain((limit) => calls(limit.windowMs).map((list) => ({ limit, list })));

const MODELS: Readonly<Record<LimitAlgorithm, (limit: Limit) => Model>> = {
  'fixed-window': fixedWindowModel,
  'sliding-window': slidingWindowModel,
  'token-bucket': tokenBucketModel,
};

const ALGORITHMS = Object.keys(MODELS) as LimitAlgorithm[];

const outcome = ({ allowed, remaining, resetAt, retryAfterMs }: Decision): object => ({ allowed, remaining, resetAt, retryAfterMs });

describe.each(ALGORITHMS)('%s', (algorithm) => {
  it('admits what a slow model of its definition admits, and says the same, whatever the calls and the clock', () => {
    fc.assert(
      fc.property(cases(algorithm), ({ limit, list }) => {
        const model = MODELS[algorithm](limit);
        let state: LimitState | null = null;
        for (const call of list) {
          expect(outcome(peek(limit, state, call))).toEqual(model.peek(call));
          const decision: Decision = step(limit, state, call);
          expect(outcome(decision)).toEqual(model.step(call));
          state = decision.next;
        }
      }),
      runs(500),
    );
  });

  it('admits after exactly the wait it names, and not a millisecond sooner', () => {
    fc.assert(
      fc.property(cases(algorithm), ({ limit, list }) => {
        let state: LimitState | null = null;
        for (const { now, cost } of list) {
          const decision: Decision = step(limit, state, { now, cost });
          state = decision.next;
          if (decision.allowed) continue;
          const most = limit.burst ?? limit.limit;
          if (decision.retryAfterMs === null) {
            expect(cost).toBeGreaterThan(most);
            continue;
          }
          expect(cost).toBeLessThanOrEqual(most);
          expect(decision.retryAfterMs).toBeGreaterThanOrEqual(1);
          expect(step(limit, state, { now: now + decision.retryAfterMs, cost }).allowed).toBe(true);
          expect(step(limit, state, { now: now + decision.retryAfterMs - 1, cost }).allowed).toBe(false);
        }
      }),
      runs(250),
    );
  });

  it('is as it was when its state was written and read in between, and when other calls were tried on the same state', () => {
    fc.assert(
      fc.property(cases(algorithm), fc.array(fc.nat({ max: 5 }), { minLength: 1 }), ({ limit, list }, tried) => {
        let state: LimitState | null = null;
        let written: LimitState | null = null;
        list.forEach((call, index) => {
          step(limit, state, { now: call.now, cost: tried[index % tried.length] ?? 0 });
          const decision: Decision = step(limit, state, call);
          const same: Decision = step(limit, written, call);
          expect(outcome(same)).toEqual(outcome(decision));
          state = decision.next;
          written = same.next === null ? null : decodeState(encodeState(same.next));
          expect(written === null).toBe(same.next === null);
        });
      }),
      runs(250),
    );
  });

  it('leaves a state that was refused, peeked at or charged 0 as it was, unless it is too far ahead to be believed', () => {
    fc.assert(
      fc.property(cases(algorithm), ({ limit, list }) => {
        const model = MODELS[algorithm](limit);
        let state: LimitState | null = null;
        for (const call of list) {
          expect(peek(limit, state, call).next).toBe(state);
          const free: Decision = step(limit, state, { now: call.now, cost: 0 });
          expect(free.allowed).toBe(true);
          const believed: LimitState | null = model.disbelieves(call.now) ? fullState(limit, call.now) : state;
          expect(free.next).toEqual(believed);
          if (believed === state) expect(free.next).toBe(state);
          model.step(call);
          const decision: Decision = step(limit, state, call);
          if (!decision.allowed) expect(decision.next).toEqual(believed);
          state = decision.next;
        }
      }),
    );
  });

  it('says nothing any more from its reset on: then it answers as if it had never been charged', () => {
    fc.assert(
      fc.property(cases(algorithm), fc.nat({ max: 40 }), ({ limit, list }, cost) => {
        let state: LimitState | null = null;
        for (const call of list) {
          const decision: Decision = step(limit, state, call);
          state = decision.next;
          const now = Math.max(decision.resetAt, call.now);
          expect(outcome(step(limit, state, { now, cost }))).toEqual(outcome(step(limit, null, { now, cost })));
        }
      }),
    );
  });

  it('forgets a charge that is refunded at once', () => {
    fc.assert(
      fc.property(cases(algorithm), fc.infiniteStream(fc.boolean()), fc.nat({ max: 40 }), ({ limit, list }, undo, cost) => {
        let state: LimitState | null = null;
        for (const call of list.toSorted((one, other) => one.now - other.now)) {
          const decision: Decision = step(limit, state, call);
          const undone = decision.allowed ? refund(limit, decision.next, call) : decision.next;
          for (const laterMs of [0, 1, Math.floor(limit.windowMs / 2), limit.windowMs - 1, limit.windowMs]) {
            const later = { now: call.now + laterMs, cost };
            expect(outcome(peek(limit, undone, later))).toEqual(outcome(peek(limit, state, later)));
          }
          state = undo.next().value === true ? undone : decision.next;
        }
      }),
    );
  });

  it('never makes room for more than the limit by refunds, whenever they come', () => {
    fc.assert(
      fc.property(cases(algorithm), fc.infiniteStream(fc.nat({ max: 6 })), ({ limit, list }, which) => {
        const model = MODELS[algorithm](limit);
        const kept: { readonly charged: Call; readonly asked: Call | null }[] = [];
        let state: LimitState | null = null;
        for (const call of list) {
          if (model.disbelieves(call.now)) {
            model.see(call.now);
            kept.splice(0, kept.length, { asked: null, charged: { now: call.now, cost: limit.burst ?? limit.limit } });
          }
          const decision: Decision = step(limit, state, call);
          state = decision.next;
          if (!decision.allowed || call.cost === 0) continue;
          kept.push({ asked: call, charged: { cost: call.cost, now: model.chargedAt(call.now) } });
          model.note(call);
          expect(model.conforms(kept.map(({ charged }) => charged))).toBe(true);
          const back = which.next().value;
          const given = kept.at(-1 - back);
          if (back > 3 || given === undefined || given.asked === null) continue;
          kept.splice(kept.length - 1 - back, 1);
          state = refund(limit, state, given.asked);
        }
      }),
      runs(500),
    );
  });

  it('keeps what was used when its numbers change, and starts afresh with another window or algorithm', () => {
    fc.assert(
      fc.property(cases(algorithm), fc.integer({ min: 1, max: 40 }), fc.constantFrom(...ALGORITHMS), ({ limit, list }, units, other) => {
        let state: LimitState | null = null;
        for (const call of list) state = step(limit, state, call).next;
        const now = list.at(-1)?.now ?? START;
        const { burst: _, ...plain } = limit;
        const used = limit.limit - peek(plain, state, { now, cost: 0 }).remaining;
        const changed = peek({ ...plain, limit: units }, state, { now, cost: 0 });
        if (algorithm !== 'token-bucket' && used < limit.limit) expect(changed.remaining).toBe(Math.max(units - used, 0));
        for (const afresh of [
          { ...plain, windowMs: limit.windowMs + 1 },
          ...(other === algorithm ? [] : [{ ...plain, algorithm: other }]),
        ]) {
          expect(outcome(step(afresh, state, { now, cost: 1 }))).toEqual(outcome(step(afresh, null, { now, cost: 1 })));
          expect(refund(afresh, state, { now, cost: 1 })).toBe(state);
        }
      }),
    );
  });
});

describe.each(ALGORITHMS)('%s, with a clock that was ahead and is set right', (algorithm) => {
  /** Calls at real times: some before the clock jumps ahead, some while it is ahead, some after it is set right. */
  const journeys = limits(algorithm).chain((limit) =>
    fc
      .record({
        aheadWindows: fc.integer({ min: 2, max: 400 }),
        before: fc.array(fc.record({ waitMs: fc.nat({ max: Math.floor(limit.windowMs / 4) }), cost: fc.integer({ min: 1, max: 8 }) }), {
          maxLength: 12,
        }),
        ahead: fc.array(fc.record({ waitMs: fc.nat({ max: Math.floor(limit.windowMs / 4) }), cost: fc.integer({ min: 1, max: 8 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        after: fc.array(fc.record({ waitMs: fc.nat({ max: Math.floor(limit.windowMs / 2) }), cost: fc.integer({ min: 1, max: 8 }) }), {
          maxLength: 30,
        }),
        restart: fc.boolean(),
      })
      .map((journey) => ({ ...journey, limit })),
  );

  it('admits nothing that the limit, in real time, would not: before and after, while ahead and after', () => {
    fc.assert(
      fc.property(journeys, ({ limit, aheadWindows, before, ahead, after, restart }) => {
        const { conforms } = MODELS[algorithm](limit);
        let state: LimitState | null = null;
        let real = START + 3 * 366 * DAY;
        const admitted = (list: typeof before, offsetMs: number): Call[] =>
          list.flatMap(({ waitMs, cost }) => {
            real += waitMs;
            const decision: Decision = step(limit, state, { now: real + offsetMs, cost });
            state = decision.next === null || !restart ? decision.next : decodeState(encodeState(decision.next));
            return decision.allowed ? [{ now: real, cost }] : [];
          });
        const first = admitted(before, 0);
        const second = admitted(ahead, aheadWindows * limit.windowMs);
        const third = admitted(after, 0);
        expect(conforms([...first, ...third])).toBe(true);
        expect(conforms([...second, ...third])).toBe(true);
      }),
      runs(250),
    );
  });

  it('is open again after one window at the most, though calls are refused meanwhile, restarts included', () => {
    fc.assert(
      fc.property(limits(algorithm), fc.integer({ min: 2, max: 400 }), fc.integer({ min: 1, max: 50 }), (limit, aheadWindows, calls) => {
        const real = START + 3 * 366 * DAY;
        let state = step(limit, null, { now: real + aheadWindows * limit.windowMs + 1, cost: 1 }).next;
        for (let call = 0; call < calls; call++) {
          const { allowed, next } = step(limit, state, { now: real, cost: 1 });
          expect(allowed).toBe(false);
          state = next === null ? null : decodeState(encodeState(next));
        }
        expect(step(limit, state, { now: real + limit.windowMs, cost: 1 }).allowed).toBe(true);
      }),
    );
  });
});

describe('a fixed window', () => {
  const resetOf = (windowMs: number, now: number): number =>
    step({ name: 'a', limit: 1, windowMs, algorithm: 'fixed-window' }, null, { now, cost: 1 }).resetAt;

  it('of a day ends at midnight UTC, one of whole weeks on a Monday, whatever the day', () => {
    for (let day = 0; day < 800; day++) {
      const now = START + day * DAY + ((day * 7_919) % DAY);
      const date = new Date(now);
      const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
      expect(resetOf(DAY, now)).toBe(midnight + DAY);
      expect(resetOf(7 * DAY, now)).toBe(midnight + (((8 - date.getUTCDay()) % 7) + (date.getUTCDay() === 1 ? 7 : 0)) * DAY);
      expect(new Date(resetOf(14 * DAY, now)).getUTCDay()).toBe(1);
    }
    expect(resetOf(HOUR, Date.UTC(2026, 4, 5, 10, 30))).toBe(Date.UTC(2026, 4, 5, 11));
  });
});

describe('a token bucket', () => {
  it('gives exactly its limit in the long run, though a unit takes no whole number of milliseconds', () => {
    const limit: Limit = { name: 'a', limit: 7, windowMs: 1_000, algorithm: 'token-bucket', burst: 1 };
    let state: LimitState | null = null;
    let admitted = 0;
    for (let now = START; now < START + 600_000; now++) {
      const decision: Decision = step(limit, state, { now, cost: 1 });
      state = decision.next;
      if (decision.allowed) admitted += 1;
    }
    // One unit a seventh of a second, each in the first whole millisecond: fewer by what waiting for it costs.
    expect(admitted).toBe(Math.ceil(600_000 / 143));
  });

  it('with room for bursts loses nothing to whole milliseconds', () => {
    const limit: Limit = { name: 'a', limit: 7, windowMs: 1_000, algorithm: 'token-bucket', burst: 2 };
    let state: LimitState | null = null;
    let admitted = 0;
    for (let now = START; now < START + 600_000; now++) {
      const decision: Decision = step(limit, state, { now, cost: 1 });
      state = decision.next;
      if (decision.allowed) admitted += 1;
    }
    expect(admitted).toBe(7 * 600 + 1);
  });

  it('counts exactly with the largest numbers that a limit may have', () => {
    const limit: Limit = { name: 'a', limit: 284_000, windowMs: 366 * DAY, algorithm: 'token-bucket' };
    const full = step(limit, null, { now: START, cost: 283_999 });
    expect(full.remaining).toBe(1);
    expect(step(limit, full.next, { now: START, cost: 1 })).toMatchObject({ allowed: true, remaining: 0 });
    expect(step(limit, full.next, { now: START, cost: 2 })).toMatchObject({
      allowed: false,
      retryAfterMs: Math.ceil((366 * DAY) / 284_000),
    });
  });
});

describe('a sliding window', () => {
  it('keeps no more than what is in the window, however many calls there were', () => {
    const limit: Limit = { name: 'a', limit: 10, windowMs: 1_000, algorithm: 'sliding-window' };
    let state: LimitState | null = null;
    for (let i = 0; i < 10_000; i++) state = step(limit, state, { now: START + i * 100, cost: 1 }).next;
    expect(state?.algorithm === 'sliding-window' && state.times.length).toBeLessThanOrEqual(64);
  });
});
