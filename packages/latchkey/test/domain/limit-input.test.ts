import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { step } from '../../src/domain/limit-arithmetic.js';
import { parseLimits } from '../../src/domain/limit-input.js';
import { LIMIT_ALGORITHMS, type Limit, type LimitInput } from '../../src/domain/limit.js';

const DAY = 86_400_000;

function read(...inputs: LimitInput[]): readonly Limit[] {
  const result = parseLimits(inputs, '/limits');
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.limits;
}

function pointers(inputs: unknown): string[] {
  const result = parseLimits(inputs as LimitInput[], '/limits');
  return result.ok ? [] : result.issues.map((issue) => issue.pointer);
}

const good: LimitInput = { name: 'requests', limit: 100, window: '1h' };

describe('limits as people write them', () => {
  it('are read: the window as a duration or in milliseconds, the algorithm by default from the burst', () => {
    expect(read(good)).toEqual([{ name: 'requests', limit: 100, windowMs: 3_600_000, algorithm: 'fixed-window' }]);
    expect(read({ name: 'a', limit: 1, window: 60_000 })[0]?.windowMs).toBe(60_000);
    expect(read({ name: 'a', limit: 1, windowMs: 60_000 })[0]?.windowMs).toBe(60_000);
    expect(read({ ...good, burst: 5 })).toEqual([
      { name: 'requests', limit: 100, windowMs: 3_600_000, algorithm: 'token-bucket', burst: 5 },
    ]);
    expect(read({ ...good, algorithm: 'token-bucket' })[0]).not.toHaveProperty('burst');
    expect(read()).toEqual([]);
  });

  it('are frozen, and what was read can be given again', () => {
    const limits = read(good, { name: 'burst', limit: 5, window: '1s', burst: 9 });
    expect(Object.isFrozen(limits) && limits.every((limit) => Object.isFrozen(limit))).toBe(true);
    expect(read(...limits)).toEqual(limits);
  });

  it('are refused with the place of each problem', () => {
    expect(pointers([{ ...good, limit: 0 }, { ...good, name: 'Two' }, 7, { name: 'four', limit: 1 }])).toEqual([
      '/limits/0/limit',
      '/limits/1/name',
      '/limits/2',
      '/limits/3/window',
    ]);
    expect(pointers('none')).toEqual(['/limits']);
    expect(pointers(Array.from({ length: 11 }, (_, index) => ({ ...good, name: `n${index}` })))).toEqual(['/limits']);
    expect(pointers([good, { ...good }])).toEqual(['/limits/1/name']);
  });

  it.each<[string, object, string]>([
    ['no window', { window: undefined }, '/window'],
    ['two windows', { windowMs: 1_000 }, '/window'],
    ['a window that is no duration', { window: 'hour' }, '/window'],
    ['digits for a window', { window: '3600' }, '/window'],
    ['a window below a second', { window: '999ms' }, '/window'],
    ['a window above 366 days', { window: '367d' }, '/window'],
    ['a broken number of milliseconds', { window: undefined, windowMs: 1_500.5 }, '/windowMs'],
    ['milliseconds as text', { window: undefined, windowMs: '60000' }, '/windowMs'],
    ['a limit of 0', { limit: 0 }, '/limit'],
    ['a negative limit', { limit: -1 }, '/limit'],
    ['a broken limit', { limit: 1.5 }, '/limit'],
    ['no limit', { limit: undefined }, '/limit'],
    ['a limit as text', { limit: '100' }, '/limit'],
    ['a limit above a thousand million', { limit: 1_000_000_001 }, '/limit'],
    ['a sliding window above 10 000', { limit: 10_001, algorithm: 'sliding-window' }, '/limit'],
    ['an unknown algorithm', { algorithm: 'leaky' }, '/algorithm'],
    ['a burst of 0', { burst: 0 }, '/burst'],
    ['a burst where there is no bucket', { burst: 5, algorithm: 'fixed-window' }, '/burst'],
    ['a burst that cannot be counted exactly', { burst: 1_000_000_000, window: '1d' }, '/burst'],
    ['a bucket that cannot be counted exactly', { limit: 1_000_000_000, window: '1d', algorithm: 'token-bucket' }, '/limit'],
    ['a name that is none', { name: 'a b' }, '/name'],
    ['no name', { name: undefined }, '/name'],
    ['a field that is not known', { brust: 5 }, ''],
  ])('are refused with %s', (_, change, place) => {
    expect(pointers([{ ...good, ...change }])).toEqual([`/limits/0${place}`]);
  });

  it('never lead the arithmetic beyond what it counts exactly', () => {
    const inputs = fc.record({
      name: fc.constant('a'),
      limit: fc.oneof(fc.integer({ min: 1, max: 1_000_000_000 }), fc.constantFrom(1, 10_000, 1_000_000_000)),
      windowMs: fc.oneof(fc.integer({ min: 1_000, max: 366 * DAY }), fc.constantFrom(1_000, 366 * DAY)),
      algorithm: fc.constantFrom(...LIMIT_ALGORITHMS),
    });
    fc.assert(
      fc.property(inputs, (input) => {
        const result = parseLimits([input], '');
        const [limit] = result.ok ? result.limits : [];
        fc.pre(limit !== undefined);
        const now = Date.UTC(9999, 0, 1);
        const all = step(limit, null, { now, cost: limit.limit });
        expect(all).toMatchObject({ allowed: true, remaining: 0 });
        const after = step(limit, all.next, { now, cost: 1 });
        expect(after.allowed).toBe(false);
        for (const value of [all.resetAt, after.retryAfterMs]) expect(Number.isSafeInteger(value)).toBe(true);
        expect(step(limit, all.next, { now: now + (after.retryAfterMs ?? 0), cost: 1 }).allowed).toBe(true);
        expect(step(limit, all.next, { now: now + (after.retryAfterMs ?? 0) - 1, cost: 1 }).allowed).toBe(false);
      }),
      runs(1_000),
    );
  });
});
