/** Counters in columns are the counters that were put, whatever else was put, dropped and removed around them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LimitState } from '../../src/domain/limit-arithmetic.js';
import type { Limit } from '../../src/domain/limit.js';
import type { Counter } from '../../src/limiters/counter-columns.js';
import { createPackedCounters } from '../../src/limiters/packed-counters.js';
import { runs } from '../../../../tools/property-runs.js';

const fixed = (windowMs: number, used: number): LimitState => ({ algorithm: 'fixed-window', windowMs, start: 1_790_000_000_000, used });
const bucket = (windowMs: number, debt: number): LimitState => ({ algorithm: 'token-bucket', windowMs, at: 1_790_000_000_123, debt });
const log = (windowMs: number, cost: number): LimitState => ({
  algorithm: 'sliding-window',
  windowMs,
  times: [1_790_000_000_000],
  costs: [cost],
  from: 0,
  to: 1,
  used: cost,
});
const limitOf = (name: string, { algorithm, windowMs }: LimitState): Limit => ({ name, limit: 10, windowMs, algorithm });

describe('packed counters', () => {
  it('packed counters: a counter comes back as it was put, to the last millisecond and unit', () => {
    const counters = createPackedCounters();
    const place = counters.add('key_1');
    const debt = Number.MAX_SAFE_INTEGER;
    counters.put(place, 'second', { next: bucket(1_000, debt), resetAt: 1_790_000_009_007 });
    expect(counters.stateOf(place, limitOf('second', bucket(1_000, 0)))).toEqual(bucket(1_000, debt));
    expect(counters.countersAt(place)).toEqual([{ name: 'second', state: bucket(1_000, debt), expiresAt: 1_790_000_009_007 }]);
  });

  it('packed counters: the place of a removed subject shows nothing of it to the next', () => {
    const counters = createPackedCounters();
    counters.add('key_0');
    const place = counters.add('key_1');
    counters.put(place, 'daily', { next: fixed(1_000, 9), resetAt: 5 });
    counters.remove(place);
    expect(counters.find('key_1')).toBeUndefined();
    expect(counters.add('key_2')).toBe(place);
    expect(counters.countersAt(place)).toEqual([]);
    expect(counters.stateOf(place, limitOf('daily', fixed(1_000, 0)))).toBeNull();
  });

  it('packed counters: an empty table begins anew, so that its memory is given back', () => {
    const counters = createPackedCounters();
    for (let number = 0; number < 10_000; number++) counters.add(`key_${number}`);
    for (let number = 0; number < 10_000; number++) counters.remove(counters.find(`key_${number}`) ?? -1);
    expect([counters.size, counters.end]).toEqual([0, 0]);
    expect(counters.idAt(counters.add('key_again'))).toBe('key_again');
  });

  it('packed counters: limits of more names than are told apart are counted all the same', () => {
    const counters = createPackedCounters();
    for (let number = 0; number < 5_000; number++) {
      counters.put(counters.add(`key_${number}`), `limit-${number}`, { next: fixed(1_000, number), resetAt: number });
    }
    for (const number of [0, 4_095, 4_096, 4_999]) {
      const place = counters.find(`key_${number}`) ?? -1;
      expect(counters.stateOf(place, limitOf(`limit-${number}`, fixed(1_000, 0)))).toEqual(fixed(1_000, number));
    }
  });

  it('packed counters: hold what a map of objects holds', () => {
    const step = fc.record({
      subject: fc.nat({ max: 4 }),
      act: fc.constantFrom('put', 'put', 'put', 'remove', 'drop'),
      name: fc.constantFrom('a', 'b'),
      state: fc.oneof(
        fc.tuple(fc.constantFrom(1_000, 2_000), fc.nat({ max: 9 })).map(([windowMs, used]) => fixed(windowMs, used)),
        fc.tuple(fc.constantFrom(1_000, 2_000), fc.nat()).map(([windowMs, debt]) => bucket(windowMs, debt)),
        fc.nat({ max: 9 }).map((cost) => log(1_000, cost)),
      ),
      resetAt: fc.nat({ max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const packed = createPackedCounters();
        const model = new Map<string, Map<string, Counter>>();
        for (const { subject, act, name, state, resetAt } of steps) {
          const id = `key_${subject}`;
          const place = packed.find(id);
          if (act === 'remove' && place !== undefined) {
            packed.remove(place);
            model.delete(id);
          }
          if (act === 'put') {
            packed.put(place ?? packed.add(id), name, { next: state, resetAt });
            const known = model.get(id) ?? new Map<string, Counter>();
            model.set(id, known.set(`${name} ${state.algorithm} ${state.windowMs}`, { name, state, expiresAt: resetAt }));
          }
          if (act === 'drop' && place !== undefined) {
            const live = [...(model.get(id) ?? [])].filter(([, counter]) => counter.expiresAt > 10);
            expect(packed.dropExpired(place, 10)).toBe(live.length < (model.get(id)?.size ?? 0));
            model.set(id, new Map(live));
          }
        }
        expect(packed.size).toBe(model.size);
        for (const [id, counters] of model) {
          const place = packed.find(id) ?? -1;
          expect(packed.idAt(place)).toBe(id);
          expect(new Set(packed.countersAt(place))).toEqual(new Set(counters.values()));
          expect(packed.isOver(place, 10)).toBe([...counters.values()].every(({ expiresAt }) => expiresAt <= 10));
          for (const { name, state } of counters.values()) expect(packed.stateOf(place, limitOf(name, state))).toEqual(state);
        }
      }),
      runs(200),
    );
  });
});
