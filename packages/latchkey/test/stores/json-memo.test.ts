import { describe, expect, it } from 'vitest';
import { createJsonMemo } from '../../src/stores/sql/json-memo.js';

describe('the memory of parsed texts', () => {
  it('holds no more than it may, and keeps what is used', () => {
    const memo = createJsonMemo(100);
    const kept = memo.parse('["kept"]');
    for (let round = 0; round < 1_000; round++) {
      memo.parse(`["${round}"]`);
      if (round % 50 === 0) expect(memo.parse('["kept"]')).toBe(kept);
    }
    const forgotten = memo.parse('["forgotten"]');
    for (let round = 0; round < 250; round++) memo.parse(`["again ${round}"]`);
    expect(memo.parse('["forgotten"]')).not.toBe(forgotten);
  });

  it('does not hold long texts', () => {
    const memo = createJsonMemo();
    const long = JSON.stringify('x'.repeat(5_000));
    expect(memo.parse(long)).toBe('x'.repeat(5_000));
    const list = `[${long}]`;
    expect(memo.parse(list)).not.toBe(memo.parse(list));
  });
});
