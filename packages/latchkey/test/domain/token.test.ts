import { inspect } from 'node:util';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import {
  containsToken,
  resemblesToken,
  hasTokenShape,
  hasValidChecksum,
  hintOf,
  isEnvironmentName,
  isTokenPrefix,
  mintToken,
  parseToken,
  randomBase62,
  Token,
} from '../../src/domain/token.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{0,7}(?:_[a-z0-9]{1,7}){0,2}$/);
const environments = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);
const tokens = fc.record({ prefix: prefixes, environment: environments, seed: fc.integer() }).map(({ prefix, environment, seed }) => ({
  prefix,
  environment,
  text: mintToken(prefix, environment, createSeededEntropy(seed).bytes).reveal(),
}));

const example = mintToken('acme', 'live', createSeededEntropy(1).bytes).reveal();

describe('a token that was minted', () => {
  it('gives its prefix and environment back', () => {
    fc.assert(
      fc.property(tokens, ({ prefix, environment, text }) => {
        expect(parseToken(text)).toEqual({ prefix, environment });
      }),
    );
  });

  it('has 43 random characters and 6 of checksum, and needs no escaping', () => {
    fc.assert(
      fc.property(tokens, ({ prefix, environment, text }) => {
        expect(text.length).toBe(prefix.length + environment.length + 2 + 49);
        expect(encodeURIComponent(text)).toBe(text);
      }),
    );
  });

  it('ends in the CRC-32 of all that stands before, most significant digit first', () => {
    fc.assert(
      fc.property(tokens, ({ text }) => {
        let value = crc32(text.slice(0, -6));
        let digits = '';
        for (let i = 0; i < 6; i++) {
          digits = ALPHABET.charAt(value % 62) + digits;
          value = Math.floor(value / 62);
        }
        expect(text.slice(-6)).toBe(digits);
      }),
    );
  });

  it('can have the longest prefix and environment', () => {
    const text = mintToken('a'.repeat(24), 'e'.repeat(16), createSeededEntropy(2).bytes).reveal();
    expect(parseToken(text)).toEqual({ prefix: 'a'.repeat(24), environment: 'e'.repeat(16) });
  });
});

describe('a token that was changed', () => {
  it('is found out, whichever character became whichever other', () => {
    for (let at = 0; at < example.length; at++) {
      for (const character of `${ALPHABET}_-. é\u0000`) {
        if (character === example[at]) continue;
        expect(parseToken(example.slice(0, at) + character + example.slice(at + 1))).toBeNull();
      }
    }
  });

  it('is found out where a character became one beyond ASCII that shares its lower byte', () => {
    for (let at = 0; at < example.length; at++) {
      const lookalike = String.fromCharCode(example.charCodeAt(at) + 256);
      expect(parseToken(example.slice(0, at) + lookalike + example.slice(at + 1))).toBeNull();
    }
  });

  it('is found out when a character is missing, doubled, or swapped with its neighbour', () => {
    fc.assert(
      fc.property(tokens, fc.nat(), ({ text }, position) => {
        const at = position % text.length;
        const swapped =
          text.slice(0, at) +
          text
            .slice(at, at + 2)
            .split('')
            .reverse()
            .join('') +
          text.slice(at + 2);
        expect(parseToken(text.slice(0, at) + text.slice(at + 1))).toBeNull();
        expect(parseToken(text.slice(0, at) + text.charAt(at) + text.slice(at))).toBeNull();
        if (swapped !== text) expect(parseToken(swapped)).toBeNull();
      }),
    );
  });

  it('is found out when a burst of up to 32 bits is changed: four neighbouring characters', () => {
    fc.assert(
      fc.property(tokens, fc.nat(), fc.stringMatching(/^[0-9A-Za-z]{4}$/), ({ text }, position, other) => {
        const at = position % (text.length - 6 - 4);
        const changed = text.slice(0, at) + other + text.slice(at + 4);
        if (changed !== text) expect(parseToken(changed)).toBeNull();
      }),
    );
  });
});

describe('what is no token', () => {
  it('is refused, whatever it is', () => {
    for (const text of [
      '',
      '_',
      'acme',
      'acme_live_',
      `${example} `,
      ` ${example}`,
      `${example}\n`,
      example.toUpperCase(),
      `Bearer ${example}`,
    ]) {
      expect(parseToken(text)).toBeNull();
    }
    fc.assert(
      fc.property(fc.string({ maxLength: 120, unit: 'grapheme' }), (text) => {
        expect(parseToken(text)).toBeNull();
      }),
    );
  });

  it('is refused where only the parts before the random one are wrong', () => {
    for (const [prefix, environment] of [
      ['', 'live'],
      ['acme', ''],
      ['Acme', 'live'],
      ['acme__x', 'live'],
      ['_acme', 'live'],
      ['1acme', 'live'],
      ['acme', 'Live'],
      ['acme', '1live'],
      ['acme', 'e'.repeat(17)],
      ['a'.repeat(25), 'live'],
    ] as const) {
      const text = mintToken(prefix, environment, createSeededEntropy(3).bytes).reveal();
      expect(hasValidChecksum(text)).toBe(true);
      expect(parseToken(text)).toBeNull();
    }
  });

  it('is known by its shape without reading it', () => {
    expect(hasTokenShape(example)).toBe(true);
    expect(hasTokenShape('a'.repeat(example.length))).toBe(false);
    expect(hasTokenShape(`${'a'.repeat(100_000)}_${'b'.repeat(49)}`)).toBe(false);
  });
});

describe('prefix and environment', () => {
  it('are lower-case words of bounded length', () => {
    for (const prefix of ['a', 'acme', 'acme_co', 'a1_2b', 'a'.repeat(24)]) expect(isTokenPrefix(prefix)).toBe(true);
    for (const prefix of ['', '1a', '_a', 'a_', 'a__b', 'A', 'a-b', 'é', 'a'.repeat(25)]) expect(isTokenPrefix(prefix)).toBe(false);
    for (const environment of ['live', 'test', 'a', 'e1', 'e'.repeat(16)]) expect(isEnvironmentName(environment)).toBe(true);
    for (const environment of ['', '1', 'a_b', 'Live', 'live ', 'live\n', 'e'.repeat(17)])
      expect(isEnvironmentName(environment)).toBe(false);
  });
});

describe('the random part', () => {
  it('takes every character from exactly 4 of the 256 bytes, and draws again for the other 8: no character is likelier', () => {
    const bytesFor = new Map<string, number>();
    let drawnAgain = 0;
    for (let byte = 0; byte < 256; byte++) {
      // Every other byte is a 0, so a byte that is passed over gives "0" from the one after it.
      let draws = 0;
      const character = randomBase62(1, (length) => {
        draws += 1;
        const bytes = new Uint8Array(length).fill(255);
        if (draws === 1) bytes[0] = byte;
        else bytes.fill(0);
        return bytes;
      });
      if (draws > 1) drawnAgain += 1;
      else bytesFor.set(character, (bytesFor.get(character) ?? 0) + 1);
    }
    expect(drawnAgain).toBe(8);
    expect([...bytesFor.keys()].sort()).toEqual([...ALPHABET].sort());
    expect([...new Set(bytesFor.values())]).toEqual([4]);
  });

  it('uses each byte once, in order, and has the length asked for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.integer(), (length, seed) => {
        const used: number[] = [];
        const source = createSeededEntropy(seed);
        const text = randomBase62(length, (count) => {
          const bytes = source.bytes(count);
          used.push(...bytes);
          return bytes;
        });
        const expected = used.filter((byte) => byte < 248).slice(0, length);
        expect(text).toBe(expected.map((byte) => ALPHABET.charAt(byte % 62)).join(''));
        expect(text.length).toBe(length);
      }),
    );
  });
});

describe('a token never shows itself', () => {
  it('as text, as JSON, in a template, in a log or in an error: only its hint', () => {
    fc.assert(
      fc.property(tokens, ({ prefix, environment, text }) => {
        const token = Token.of(text);
        const secret = text.slice(prefix.length + environment.length + 2);
        const shown = [
          String(token),
          JSON.stringify({ token }),
          `${token}`,
          inspect(token),
          inspect({ a: [token] }, { depth: 9, showHidden: true }),
        ];
        for (const one of [...shown, new Error(`bad ${token}`).message]) {
          expect(one).toContain(`${prefix}_${environment}_…${text.slice(-4)}`);
          expect(one).not.toContain(secret.slice(0, 5));
        }
        expect(Object.keys(token)).toEqual([]);
        expect(token.reveal()).toBe(text);
      }),
    );
  });

  it('and the hint of a token of another format shows its last 4 characters, or nothing where it is short', () => {
    expect(hintOf('sk_live_0123456789abcdef')).toBe('…cdef');
    expect(hintOf('short-secret')).toBe('…');
    expect(hintOf('')).toBe('…');
  });
});

describe('a text', () => {
  const tokens = fc.tuple(prefixes, environments, fc.nat()).map(([prefix, environment, seed]) => {
    const entropy = createSeededEntropy(seed);
    return mintToken(prefix, environment, (length) => entropy.bytes(length)).reveal();
  });

  it('that contains a token is known by it, whatever stands around the token or touches it', () => {
    fc.assert(
      fc.property(tokens, fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.boolean(), (token, before, after, word) => {
        expect(containsToken(before + token + after)).toBe(true);
        expect(containsToken(word ? `abc_1x${token}Zz9_` : `_${token}_${token}`)).toBe(true);
      }),
      runs(500),
    );
  });

  it('that contains none is not taken for one: words, hints, mistyped tokens, long identifiers', () => {
    fc.assert(
      fc.property(tokens, fc.nat({ max: 48 }), (token, place) => {
        const at = token.length - 1 - place;
        const other = token[at] === 'x' ? 'y' : 'x';
        expect(containsToken(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(false);
        expect(containsToken(`see ${hintOf(token)}`)).toBe(false);
        expect(resemblesToken(`see ${hintOf(token)}`)).toBe(false);
        expect(resemblesToken(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(true);
        expect(containsToken(token.slice(0, -1))).toBe(false);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'Z', '_', '1', ' '), maxLength: 400 }), (text) => !containsToken(text)));
  });

  it('is searched with bounded work for each character, however it is made', () => {
    expect(containsToken(`a_${'a'.repeat(49)}_`.repeat(500))).toBe(false);
    expect(containsToken('a_'.repeat(100_000))).toBe(false);
  });
});
