import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../../../../tools/property-runs.js';
import { RecentMap } from '../../../src/domain/utilities/recent-map.js';

type Step = { readonly kind: 'get' | 'set' | 'delete'; readonly key: number } | { readonly kind: 'clear' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constantFrom('get' as const, 'set' as const), key: fc.nat(12) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
  ),
  { maxLength: 120, size: 'max' },
);

it('recent map: holds an entry until so many others were used, at most twice as many, and never an old value', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), steps, (generation, taken) => {
      const map = new RecentMap<number, number>(generation);
      /** Every value that was set and not deleted. */
      const all = new Map<number, number>();
      /** Every key that was used, the last one at the end; of a deleted one, the use still counts. */
      const used = new Set<number>();
      const use = (key: number): void => {
        used.delete(key);
        used.add(key);
      };
      for (const [at, step] of taken.entries()) {
        if (step.kind === 'clear') {
          map.clear();
          all.clear();
          used.clear();
          continue;
        }
        const { key } = step;
        const isRecent = [...used].slice(-generation).includes(key);
        const known = all.get(key);
        if (step.kind === 'get') {
          const value = map.get(key);
          if (isRecent) expect(value).toBe(known);
          if (value === undefined) continue;
          expect(value).toBe(known);
          use(key);
        } else {
          all.delete(key);
          if (step.kind === 'set') all.set(key, at);
          if (step.kind === 'set') use(key);
          if (step.kind === 'set') map.set(key, at);
          else map.delete(key);
        }
        expect(map.size).toBeLessThanOrEqual(2 * generation);
        if (step.kind === 'set') expect(map.get(key)).toBe(at);
      }
    }),
    runs(300),
  );
});

it('recent map: an entry that is used survives any number of others', () => {
  const map = new RecentMap<string, string>(10);
  map.set('kept', 'value');
  for (let other = 0; other < 1_000; other++) {
    map.set(`other ${other}`, 'value');
    if (other % 9 === 0) expect(map.get('kept')).toBe('value');
  }
  expect(map.get('other 0')).toBeUndefined();
});
