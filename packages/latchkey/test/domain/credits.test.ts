import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOUNDS } from '../../src/domain/bounds.js';
import { runs } from '../../../../tools/property-runs.js';
import { firstRefillAt, refillCredits, spend, type CreditRefill, type CreditState } from '../../src/domain/credits.js';

const at = (text: string): number => Date.parse(text);
const monthly = (day: number, mode: 'set' | 'add' = 'set'): CreditRefill => ({ amount: 100, mode, every: 'month', day });

const rules: fc.Arbitrary<CreditRefill> = fc.oneof(
  fc.record({
    amount: fc.nat({ max: 1_000 }),
    mode: fc.constantFrom('set' as const, 'add' as const),
    every: fc.constant('interval' as const),
    intervalMs: fc.integer({ min: 3_600_000, max: 9_000_000_000 }),
  }),
  fc.record({
    amount: fc.nat({ max: 1_000 }),
    mode: fc.constantFrom('set' as const, 'add' as const),
    every: fc.constant('month' as const),
    day: fc.integer({ min: 1, max: 31 }),
  }),
);
const instants = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2032-01-01T00:00:00Z') });

/** One refill after the other, the slow way. */
function slowRefill(state: CreditState, now: number): CreditState {
  let current = state;
  for (;;) {
    const { refill: rule, nextRefillAt } = current;
    if (rule === null || nextRefillAt === null || now < nextRefillAt) return current;
    const remaining = rule.mode === 'set' ? rule.amount : Math.min(current.remaining + rule.amount, BOUNDS.credits);
    current = { remaining, refill: rule, nextRefillAt: firstRefillAt(rule, nextRefillAt) };
  }
}

describe('the first refill', () => {
  it('of an interval comes an interval later', () => {
    expect(firstRefillAt({ amount: 1, mode: 'add', every: 'interval', intervalMs: 500 }, 1_000)).toBe(1_500);
  });

  it('of a month comes on its day at midnight UTC, strictly later', () => {
    expect(firstRefillAt(monthly(15), at('2026-03-14T23:59:59.999Z'))).toBe(at('2026-03-15'));
    expect(firstRefillAt(monthly(15), at('2026-03-15T00:00:00Z'))).toBe(at('2026-04-15'));
    expect(firstRefillAt(monthly(1), at('2026-12-31T12:00:00Z'))).toBe(at('2027-01-01'));
  });

  it("of a day that a month has not comes on the month's last", () => {
    const days: string[] = [];
    let now = at('2027-01-30T00:00:00Z');
    for (let i = 0; i < 14; i++) {
      now = firstRefillAt(monthly(31), now);
      days.push(new Date(now).toISOString().slice(0, 10));
    }
    expect(days).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
      '2027-08-31',
      '2027-09-30',
      '2027-10-31',
      '2027-11-30',
      '2027-12-31',
      '2028-01-31',
      '2028-02-29',
    ]);
  });
});

describe('a refill', () => {
  it('comes at its instant, not a millisecond sooner', () => {
    const state: CreditState = { remaining: 3, refill: monthly(1), nextRefillAt: at('2026-02-01') };
    expect(refillCredits(state, at('2026-02-01') - 1)).toBe(state);
    expect(refillCredits(state, at('2026-02-01'))).toEqual({ remaining: 100, refill: monthly(1), nextRefillAt: at('2026-03-01') });
  });

  it('that sets does so once, one that adds does so for each that was missed', () => {
    const since = { remaining: 3, nextRefillAt: at('2026-02-01') };
    const now = at('2026-06-10T08:00:00Z');
    expect(refillCredits({ ...since, refill: monthly(1, 'set') }, now)).toMatchObject({ remaining: 100, nextRefillAt: at('2026-07-01') });
    expect(refillCredits({ ...since, refill: monthly(1, 'add') }, now)).toMatchObject({ remaining: 503, nextRefillAt: at('2026-07-01') });
  });

  it('of all that are due, at once, is as one after the other', () => {
    fc.assert(
      fc.property(rules, instants, instants, fc.nat(), (rule, setAt, now, remaining) => {
        const state: CreditState = { remaining, refill: rule, nextRefillAt: firstRefillAt(rule, setAt) };
        expect(refillCredits(state, now)).toEqual(slowRefill(state, now));
      }),
      runs(500),
    );
  });

  it('is made once, however often it is asked for', () => {
    fc.assert(
      fc.property(rules, instants, instants, (rule, setAt, now) => {
        const once = refillCredits({ remaining: 0, refill: rule, nextRefillAt: firstRefillAt(rule, setAt) }, now);
        expect(refillCredits(once, now)).toBe(once);
      }),
    );
  });

  it('never exceeds the most that a budget holds, and takes no time however long it was missed', () => {
    const rule: CreditRefill = { amount: 1_000_000_000_000, mode: 'add', every: 'interval', intervalMs: 1 };
    expect(refillCredits({ remaining: 5, refill: rule, nextRefillAt: 0 }, at('2026-01-01'))).toMatchObject({
      remaining: BOUNDS.credits,
      nextRefillAt: at('2026-01-01') + 1,
    });
  });

  it('does not come without a rule', () => {
    const state: CreditState = { remaining: 3, refill: null, nextRefillAt: null };
    expect(refillCredits(state, Number.MAX_SAFE_INTEGER)).toBe(state);
  });
});

describe('spending', () => {
  const plain = (remaining: number): CreditState => ({ remaining, refill: null, nextRefillAt: null });

  it('takes the cost, or nothing', () => {
    expect(spend(plain(3), 3, 0)).toEqual({ state: plain(0), spent: true });
    expect(spend(plain(3), 4, 0)).toEqual({ state: plain(3), spent: false });
    const empty = plain(0);
    expect(spend(empty, 0, 0)).toEqual({ state: empty, spent: true });
  });

  it('counts refills that are due first, spent or not', () => {
    const state: CreditState = { remaining: 0, refill: monthly(1), nextRefillAt: at('2026-02-01') };
    expect(spend(state, 30, at('2026-02-01'))).toMatchObject({ state: { remaining: 70 }, spent: true });
    expect(spend(state, 101, at('2026-02-01'))).toMatchObject({ state: { remaining: 100, nextRefillAt: at('2026-03-01') }, spent: false });
  });

  it('gives the very same state back where nothing changed', () => {
    const state = plain(1);
    for (const cost of [0, 2]) expect(spend(state, cost, 0).state).toBe(state);
  });

  it('never takes what is no cost', () => {
    for (const cost of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -Infinity])
      expect(spend(plain(9), cost, 0)).toEqual({ state: plain(9), spent: false });
  });

  it('never spends more than there was and came, whatever the calls', () => {
    fc.assert(
      fc.property(
        rules,
        fc.nat({ max: 500 }),
        fc.array(fc.record({ waitMs: fc.nat({ max: 3_000_000_000 }), cost: fc.nat({ max: 400 }) }), { maxLength: 60 }),
        (rule, start, calls) => {
          let now = at('2026-01-01');
          let state: CreditState = { remaining: start, refill: rule, nextRefillAt: firstRefillAt(rule, now) };
          let budget = state;
          for (const { waitMs, cost } of calls) {
            now += waitMs;
            budget = slowRefill(budget, now);
            const outcome = spend(state, cost, now);
            expect(outcome.spent).toBe(cost <= budget.remaining);
            if (outcome.spent) budget = { ...budget, remaining: budget.remaining - cost };
            expect(outcome.state).toEqual(budget);
            expect(outcome.state.remaining).toBeGreaterThanOrEqual(0);
            state = outcome.state;
          }
        },
      ),
    );
  });
});
