import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMetadata } from '../../src/domain/metadata.js';

const problem = (value: unknown): string | null => {
  const result = parseMetadata(value);
  return result.ok ? null : result.problem;
};

function nested(depth: number): unknown {
  return depth === 1 ? {} : { in: nested(depth - 1) };
}

function isFrozenAllThrough(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenAllThrough);
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
const names = fc.stringMatching(/^[a-z_ é]{0,6}$/).filter((name) => !FORBIDDEN.includes(name));
const leaves = fc.oneof(
  fc.string({ maxLength: 8 }).filter((text) => !text.includes('\0')),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaves,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

describe('metadata', () => {
  it('is a frozen copy that says the same as JSON and shares nothing with what was given', () => {
    fc.assert(
      fc.property(fc.dictionary(names, values, { maxKeys: 4, noNullPrototype: true }), (given) => {
        const result = parseMetadata(given);
        fc.pre(result.ok);
        expect(JSON.stringify(result.value)).toBe(JSON.stringify(given));
        expect(isFrozenAllThrough(result.value)).toBe(true);
        expect(result.value).not.toBe(given);
      }),
    );
  });

  it('does not change when what was given changes later', () => {
    const given = { tags: ['a'], plan: { seats: 1 } };
    const result = parseMetadata(given);
    given.tags.push('b');
    given.plan.seats = 9;
    expect(result).toEqual({ ok: true, value: { tags: ['a'], plan: { seats: 1 } } });
  });

  it('is refused where it is no object, or holds what JSON cannot say', () => {
    for (const value of [null, undefined, 'text', 1, [], new Date(0), new Map(), new (class Own {})(), () => ({})])
      expect(problem(value)).toBe('Use a JSON object.');
    for (const value of [
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      Symbol('s'),
      () => 1,
      new Date(0),
      new Map(),
      /x/,
      new Uint8Array(1),
    ]) {
      expect(problem({ value }), String(value)).toContain('JSON values');
      expect(problem({ list: [value] }), String(value)).toContain('JSON values');
    }
    // eslint-disable-next-line no-sparse-arrays
    expect(problem({ holes: [1, , 2] })).toContain('JSON values');
    expect(problem({ [Symbol('s')]: 1 })).toBe('Use a JSON object.');
  });

  it('is refused with a name that reaches a prototype, at any depth', () => {
    for (const name of FORBIDDEN) {
      const own = JSON.parse(`{ "${name}": { "polluted": true } }`) as unknown;
      for (const value of [own, { a: own }, { a: [own] }]) expect(problem(value)).toContain(name);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is at most 4 KiB of JSON in UTF-8', () => {
    expect(problem({ a: 'x'.repeat(4_096 - 8) })).toBeNull();
    expect(problem({ a: 'x'.repeat(4_096 - 7) })).toContain('4096');
    expect(problem({ a: 'é'.repeat(2_044) })).toBeNull();
    expect(problem({ a: 'é'.repeat(2_045) })).toContain('4096');
    expect(problem({ list: Array(1_000_000).fill(1) })).toContain('4096');
  });

  it('is at most 5 deep, so that a circle ends', () => {
    expect(problem(nested(5))).toBeNull();
    expect(problem(nested(6))).toContain('5 levels');
    expect(problem({ a: [[[[]]]] })).toBeNull();
    expect(problem({ a: [[[[[]]]]] })).toContain('5 levels');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(problem(circle)).toContain('5 levels');
  });

  it('is refused with text that a database cannot hold', () => {
    for (const text of ['\u0000', 'a\ud800', '\udc00b']) {
      expect(problem({ text })).toContain('Unicode');
      expect(problem({ [text]: 1 })).toContain('Unicode');
    }
  });

  it('has no negative zero, which JSON would lose', () => {
    expect(parseMetadata({ zero: -0 })).toEqual({ ok: true, value: { zero: 0 } });
  });
});
