import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { LIMIT_ALGORITHMS, type Limit, type LimitAlgorithm } from '../../src/domain/limit.js';
import { decodeState, encodeState, step, type LimitState } from '../../src/domain/limit-arithmetic.js';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

describe('the text of a state', () => {
  it('is short', () => {
    const text = (algorithm: LimitAlgorithm): string => {
      const limit: Limit = { name: 'a', limit: 10, windowMs: DAY, algorithm };
      let state: LimitState | null = null;
      for (let i = 0; i < 5; i++) state = step(limit, state, { now: START + i * 40, cost: i === 2 ? 3 : 1 }).next;
      return state === null ? '' : encodeState(state);
    };
    expect(LIMIT_ALGORITHMS.map(text)).toEqual([
      'f:86400000:1767225600000:7',
      's:86400000:1767225600000:0,14,14*3,14,14',
      't:86400000:1767225600160:604798400',
    ]);
  });

  it('gives null where it was not written by us', () => {
    for (const text of [
      '',
      'f',
      'f:',
      'f:1000',
      'f:1000:0',
      'f:1000:0:-1',
      'f:1000:0:1:2',
      'f:0:0:1',
      'f:1000:0:1.5',
      'f:1000:0:1e3',
      'f:1000:0:01',
      'f:1000:0:99999999999999999',
      'f:NaN:0:1',
      'x:1000:0:1',
      's:1000:0:1,',
      's:1000:0:,1',
      's:1000:0:1**2',
      's:1000:0:-1',
      's:1000:0:zzzzzzzzzzz',
      '{"algorithm":"fixed-window"}',
      't:1000:0:',
      ' f:1000:0:1',
    ]) {
      expect(decodeState(text), text).toBeNull();
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('f', 's', 't', ':', '0', '1', '9', ',', '*', '-') })), (text) => {
        const state = decodeState(text);
        if (state !== null) expect(decodeState(encodeState(state))).not.toBeNull();
      }),
      runs(2_500),
    );
  });
});
