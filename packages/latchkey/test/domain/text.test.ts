import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import type { Parsed } from '../../src/domain/parsed.js';
import { isLimitName, isTierName, normaliseDescription, normaliseName, normaliseOwnerId, normaliseReason } from '../../src/domain/text.js';

const value = (result: Parsed<string>): string | null => (result.ok ? result.value : null);

/** Characters that show nothing, or that turn the text around them. */
const UNSAFE = [
  '\u0000',
  '\u0007',
  '\n',
  '\r',
  '\t',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009f',
  '\u00ad',
  '\u061c',
  '\u200b',
  '\u200c',
  '\u200d',
  '\u200e',
  '\u200f',
  '\u2028',
  '\u2029',
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2060',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\ufeff',
  '\ud800',
  '\udfff',
  '\u{e0041}',
];

describe('a name', () => {
  it('is in NFC, without white space at its ends', () => {
    expect(value(normaliseName('  Zoe\u0308\u00a0'))).toBe('Zoë');
    expect(value(normaliseName('CI – deploy 🚀 (北京)'))).toBe('CI – deploy 🚀 (北京)');
  });

  it('has 1 to 100 characters, whatever they take in memory', () => {
    expect(value(normaliseName('🚀'.repeat(100)))).toBe('🚀'.repeat(100));
    expect(value(normaliseName('e\u0301'.repeat(100)))).toBe('é'.repeat(100));
    expect(value(normaliseName('🚀'.repeat(101)))).toBeNull();
    expect(value(normaliseName('x'.repeat(101)))).toBeNull();
    expect(value(normaliseName('x'.repeat(10_000_000)))).toBeNull();
    for (const text of ['', ' ', '\u00a0\u3000']) expect(value(normaliseName(text))).toBeNull();
  });

  it('may be spelt with the joiners that its script needs, and holds none that only hides', () => {
    for (const text of [
      'می\u200cخواهم',
      'کتاب\u200cها',
      'क्\u200dष',
      'क्\u200cष',
      '👨\u200d👩\u200d👧',
      '🏳\ufe0f\u200d🌈',
      '👩🏽\u200d💻',
      '❤\ufe0f',
      '☎\ufe0e',
      '1\ufe0f\u20e3',
      '葛\u{e0100}',
      'ᠠ\u180b',
      'അവന്\u200d',
      'ত্\u200d',
    ]) {
      expect(value(normaliseName(text)), text).toBe(text);
    }
    for (const text of [
      'ad\u200cmin',
      'ad\u200dmin',
      '\u200cمی',
      'می\u200c',
      'می\u200c\u200cخ',
      'a\u200c👧',
      'пр\u200cивет',
      '漢\u200d字',
      'א\u200cב',
      '👧\u200c👧',
      '7\u200d7',
      '👧\u200d',
      'a\ufe0f',
      '1\ufe0f',
      '❤\ufe0f\ufe0f',
      'a\u{e0100}',
      'a\u180b',
      'a\u034fb',
      'ad\u3164',
      'ad\u115f',
      'ad\u17b4',
      'ad\u2800',
      'ad\u{1d159}',
      'ad\u{13440}',
      'ad\uffff',
      'ന്\u200d\u200d',
    ]) {
      expect(value(normaliseName(text)), JSON.stringify(text)).toBeNull();
    }
  });

  it('never holds a character that is invisible or turns the text around', () => {
    for (const character of UNSAFE) expect(value(normaliseName(`a${character}b`)), character.codePointAt(0)?.toString(16)).toBeNull();
  });

  it('has something to see: fillers and marks alone are none', () => {
    for (const text of ['\u3164', '\u115f\u1160', '\uffa0', '\u034f', '\ufe0f', '\u0301']) expect(value(normaliseName(text))).toBeNull();
    expect(value(normaliseName('a\u0328\u0301'))).toBe('ą́');
  });

  it('stays as it is when normalised again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const once = normaliseName(text);
        if (!once.ok) return;
        expect(normaliseName(once.value)).toEqual(once);
        expect([...once.value].length).toBeLessThanOrEqual(100);
        expect(once.value.isWellFormed()).toBe(true);
      }),
      runs(300),
    );
  });
});

describe("an owner's id", () => {
  it('has 1 to 128 visible characters and no white space', () => {
    expect(value(normaliseOwnerId('user_42'))).toBe('user_42');
    expect(value(normaliseOwnerId('auth0|zoë@example.com'))).toBe('auth0|zoë@example.com');
    expect(value(normaliseOwnerId('x'.repeat(128)))).toBe('x'.repeat(128));
    for (const text of ['', 'x'.repeat(129), 'a b', ' a', 'a ', 'a\u00a0b', 'a\nb', ...UNSAFE.map((character) => `a${character}`)])
      expect(value(normaliseOwnerId(text)), text).toBeNull();
  });
});

describe('a reason', () => {
  it('is one line of at most 500 characters, or empty', () => {
    expect(value(normaliseReason(' leaked in a public repository '))).toBe('leaked in a public repository');
    expect(value(normaliseReason(''))).toBe('');
    expect(value(normaliseReason('x'.repeat(500)))).toBe('x'.repeat(500));
    for (const text of ['x'.repeat(501), 'two\nlines', 'a\u202eb']) expect(value(normaliseReason(text))).toBeNull();
  });
});

it('a refused text is not repeated in what is said of it', () => {
  for (const result of [
    normaliseName(`sk_secret${'\u0000'}`),
    normaliseOwnerId('sk_secret and more'),
    normaliseReason('sk_secret'.repeat(99)),
  ]) {
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('sk_secret');
  }
});

it('the names of tiers and limits are short and in lower case', () => {
  for (const isName of [isTierName, isLimitName]) {
    for (const name of ['free', 'pro-2', 'a', '0_x', 'x'.repeat(32)]) expect(isName(name), name).toBe(true);
    for (const name of ['', 'Pro', '-a', '_a', 'a b', 'a:b', 'é', 'a\n', 'x'.repeat(33)]) expect(isName(name), name).toBe(false);
  }
});

describe('a description', () => {
  it('keeps its lines, in NFC, with one kind of line break and without white space at its ends', () => {
    expect(value(normaliseDescription(' Zoe\u0308\r\n\rthe second\nlast \n'))).toBe('Zoë\n\nthe second\nlast');
  });

  it('has 1 to 500 characters, of which at least one can be seen', () => {
    expect(value(normaliseDescription(`${'🚀'.repeat(499)}\nx`))).toBeNull();
    expect(value(normaliseDescription(`${'🚀'.repeat(498)}\nx`))).toBe(`${'🚀'.repeat(498)}\nx`);
    for (const text of ['', ' \n ', '\u3164']) expect(value(normaliseDescription(text))).toBeNull();
  });

  it('holds no control character but line breaks, nothing invisible, and no token', () => {
    for (const unsafe of UNSAFE.filter((each) => each !== '\n' && each !== '\r')) {
      expect(value(normaliseDescription(`one${unsafe}two\nthree`)), JSON.stringify(unsafe)).toBeNull();
    }
  });
});
