import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../../../../tools/property-runs.js';
import { Memo } from '../../../src/domain/utilities/memo.js';

it('memo: holds no more entries than it may, and gives only what was set last for a key', () => {
  const sets = fc.array(fc.tuple(fc.nat(9), fc.nat()), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), sets, (max, entries) => {
      const memo = new Memo<number, number>(max);
      const last = new Map<number, number>();
      for (const [key, value] of entries) {
        memo.set(key, value);
        last.set(key, value);
        expect(memo.size).toBeLessThanOrEqual(max);
        expect(memo.get(key)).toBe(value);
        for (const [known, held] of memo) expect(held).toBe(last.get(known));
      }
    }),
    runs(500),
  );
});

it('memo: a full one drops all for a new key, and nothing for a known one', () => {
  const memo = new Memo<string, number>(2);
  memo.set('a', 1).set('b', 2).set('a', 3);
  expect([...memo]).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
  memo.set('c', 4);
  expect([...memo]).toEqual([['c', 4]]);
});
