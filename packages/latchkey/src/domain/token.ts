import { BOUNDS } from './bounds.js';

/**
 * The token: `<prefix>_<environment>_<random><checksum>`.
 *
 * random: 43 base62 characters, 256 bits, drawn without bias. checksum: CRC-32 (IEEE 802.3, as in zlib) of
 * everything before it, in base62 (`0-9A-Za-z`), left-padded to 6; so a mistyped token is known without a
 * look-up, and a scanner knows a real one from noise. The shape follows GitHub's token formats of 2021.
 */
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const TAIL_LENGTH = RANDOM_LENGTH + CHECKSUM_LENGTH;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The longest token of ours: prefix 24, environment 16, two underscores, random and checksum. */
const MAX_LENGTH = 24 + 1 + BOUNDS.environmentLength + 1 + TAIL_LENGTH;

const PREFIX = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const ENVIRONMENT = new RegExp(`^[a-z][a-z0-9]{0,${BOUNDS.environmentLength - 1}}$`);

/** `inspect.custom` of node:util, which not every place has where the middleware runs. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/**
 * A token in clear text, wrapped so that it cannot be printed by accident: its string, JSON and inspected
 * forms are the hint. Only `reveal()` gives the token itself.
 */
export class Token {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  static of(value: string): Token {
    return new Token(value);
  }

  /** The clear text. Hand it to its owner once; never store or log it. */
  reveal(): string {
    return this.#value;
  }

  get hint(): string {
    return hintOf(this.#value);
  }

  toString(): string {
    return this.hint;
  }

  toJSON(): string {
    return this.hint;
  }

  [INSPECT](): string {
    return `Token(${this.hint})`;
  }
}

/** What a well-formed token says of itself, before anything is looked up. */
export interface TokenParts {
  readonly prefix: string;
  readonly environment: string;
}

/** A new token. `randomBytes` must come from a cryptographically secure source. */
export function mintToken(prefix: string, environment: string, randomBytes: (length: number) => Uint8Array): Token {
  const body = `${prefix}_${environment}_${randomBase62(RANDOM_LENGTH, randomBytes)}`;
  return Token.of(body + checksumOf(body, body.length));
}

/** The parts of a token of our format with a right checksum, or null. No I/O; linear in a bounded length. */
export function parseToken(token: string): TokenParts | null {
  if (!hasTokenShape(token) || !hasValidChecksum(token)) return null;
  const environmentEnd = token.length - TAIL_LENGTH - 1;
  const prefixEnd = token.lastIndexOf('_', environmentEnd - 1);
  const prefix = token.slice(0, prefixEnd);
  const environment = token.slice(prefixEnd + 1, environmentEnd);
  return isTokenPrefix(prefix) && isEnvironmentName(environment) ? { prefix, environment } : null;
}

/**
 * Whether a token of our format with a right checksum stands anywhere in the text, whatever its prefix and
 * environment and whatever touches it. Linear: only where an underscore stands before 49 base62 characters, are the
 * beginnings tried that a token may have.
 */
export function containsToken(text: string): boolean {
  for (let at = text.indexOf('_'); at >= 0; at = text.indexOf('_', at + 1)) {
    const end = at + 1 + TAIL_LENGTH;
    if (end > text.length) return false;
    if (!isBase62(text, at + 1, end)) continue;
    for (let start = at - 3; start >= 0 && end - start <= MAX_LENGTH && isBodyCharacter(text.charCodeAt(start)); start--) {
      if (parseToken(text.slice(start, end)) !== null) return true;
    }
  }
  return false;
}

/**
 * Returns whether the text may be a token with a mistake in it, such as one wrong character: its checksum is wrong, and nearly all of
 * the token is there. Every text that contains a token resembles one.
 */
export function resemblesToken(text: string): boolean {
  return RESEMBLING.test(text);
}

const RESEMBLING = new RegExp(`_[0-9A-Za-z]{${RANDOM_LENGTH}}`);

/** Whether the length and the underscore before the random part are those of a token of ours. */
export function hasTokenShape(token: string): boolean {
  const length = token.length;
  return length > TAIL_LENGTH + 3 && length <= MAX_LENGTH && token.charCodeAt(length - TAIL_LENGTH - 1) === 95;
}

/** Whether the last 6 characters are the checksum of those before them. */
export function hasValidChecksum(token: string): boolean {
  let value = crc32(token, token.length - CHECKSUM_LENGTH);
  if (value < 0) return false;
  for (let i = token.length - 1; i >= token.length - CHECKSUM_LENGTH; i--) {
    if (token.charCodeAt(i) !== ALPHABET.charCodeAt(value % 62)) return false;
    value = Math.floor(value / 62);
  }
  return value === 0;
}

export function isTokenPrefix(prefix: string): boolean {
  return prefix.length <= 24 && PREFIX.test(prefix);
}

export function isEnvironmentName(environment: string): boolean {
  return ENVIRONMENT.test(environment);
}

/** The part of a token that may be shown: prefix, environment and the last 4 characters. */
export function hintOf(token: string): string {
  const last = token.slice(-4);
  if (!hasTokenShape(token)) return token.length >= 16 ? `…${last}` : '…';
  return `${token.slice(0, token.length - TAIL_LENGTH)}…${last}`;
}

/** `length` base62 characters, each equally likely: bytes of 248 and above are drawn again (62 × 4 = 248). */
export function randomBase62(length: number, randomBytes: (length: number) => Uint8Array): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

function isBase62(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const letter = code | 32;
    if ((code < 48 || code > 57) && (letter < 97 || letter > 122)) return false;
  }
  return true;
}

/** Of what a prefix and an environment are made: lower-case letters, digits and underscores. */
function isBodyCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95;
}

function checksumOf(text: string, length: number): string {
  let value = crc32(text, length);
  let checksum = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    checksum = ALPHABET.charAt(value % 62) + checksum;
    value = Math.floor(value / 62);
  }
  return checksum;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * CRC-32 of the first `length` characters, or -1 where one is not ASCII. A table in JavaScript is as fast
 * as zlib's for so short a text, and needs no buffer.
 */
function crc32(text: string, length: number): number {
  let crc = -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return -1;
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ code) & 0xff] as number);
  }
  return ~crc >>> 0;
}
