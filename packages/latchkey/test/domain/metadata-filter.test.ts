import { describe, expect, it } from 'vitest';
import { parseMetadataFilter } from '../../src/domain/metadata.js';

describe('a filter by metadata', () => {
  it('is 1 to 3 fields in order, each with the text of its value', () => {
    const value = { b: 5, a: 'x', c: false };
    expect(parseMetadataFilter(value)).toEqual({ ok: true, value: { a: 'x', b: '5', c: 'false' } });
    expect(JSON.stringify(parseMetadataFilter(value))).toContain('{"a":"x","b":"5","c":"false"}');
    for (const wrong of [{}, { a: 1, b: 1, c: 1, d: 1 }, [], new Date()]) expect(parseMetadataFilter(wrong).ok).toBe(false);
  });

  it('refuses a value that is no string, finite number or boolean: it would mean another filter', () => {
    for (const wrong of [null, undefined, {}, ['a'], Number.NaN, Infinity, 'x'.repeat(257), '\ud800', 'a\0']) {
      expect(parseMetadataFilter({ team: wrong }).ok, String(wrong)).toBe(false);
    }
  });

  it('refuses a name that could leave the path in which a store names it', () => {
    for (const wrong of ['', 'a"b', 'a\\b', 'a\nb', 'n'.repeat(65)]) expect(parseMetadataFilter({ [wrong]: 'x' }).ok, wrong).toBe(false);
    for (const good of ['a.b', '$.a', '[0]', 'é', ' ', 'n'.repeat(64)]) expect(parseMetadataFilter({ [good]: 'x' }).ok, good).toBe(true);
  });
});
