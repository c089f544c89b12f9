import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMismatch } from './match-output.js';

const line = fc.stringMatching(/^[a-z.*(|$ ]{0,6}[a-z]$/);
const lines = fc.array(line, { minLength: 1, maxLength: 8 });

describe('what … stands for in the output that a guide shows', () => {
  it('is any run of characters within a line, none included, and nothing beyond the line', () => {
    expect(findMismatch('key_…  (…)', 'key_1a  (x y)')).toBeNull();
    expect(findMismatch('a…b', 'ab')).toBeNull();
    expect(findMismatch('a…b', 'a\nb')).toEqual({ shownLine: 0, expected: 'a…b', seen: 'a' });
  });

  it('is any number of lines where it stands alone', () => {
    for (const seen of ['first\nlast', 'first\n1\n2\nlast', 'first\nlast\nlast']) expect(findMismatch('first\n…\nlast', seen)).toBeNull();
    expect(findMismatch('first\n…\nlast', 'first\n1')).toEqual({ shownLine: 2, expected: 'last', seen: '1' });
  });

  it('every other line must be as it is seen, with nothing before, between or after', () => {
    fc.assert(
      fc.property(lines, fc.nat(), line, (seen, pick, other) => {
        const at = pick % seen.length;
        const text = seen.join('\n');
        expect(findMismatch(text, `${text}\n`)).toBeNull();
        expect(findMismatch(seen.with(at, '…').join('\n'), text)).toBeNull();
        if (seen[at] !== other)
          expect(findMismatch(seen.with(at, other).join('\n'), text)).toMatchObject({ shownLine: at, expected: other });
        expect(findMismatch(text, `${text}\n${other}`)).toMatchObject({ shownLine: seen.length, seen: other });
        expect(findMismatch(`${text}\n${other}`, text)).toMatchObject({ shownLine: seen.length, expected: other });
      }),
    );
  });
});
