/** Names that people give to things, made safe to show: one normal form, nothing invisible, nothing that turns the text around. */
import { BOUNDS } from './bounds.js';
import { parsed, unreadable, type Parsed } from './parsed.js';
import { containsToken } from './token.js';

/**
 * Control, format (zero-width and bidirectional controls among them) and surrogate characters, line and paragraph separators, what is
 * no character, and what else shows nothing: fillers, joiners of graphemes, variation selectors, empty cells of Braille, empty heads
 * of notes, and the controls of hieroglyphs. Two names that look alike are not told apart by these.
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}\u{13440}-\u{13455}]/u;

/**
 * Matches what shows nothing by itself, as ordinary spelling has it: joiners between letters of scripts whose letters join (Persian,
 * Devanagari), ZWJ and the choice of a presentation within an emoji (Unicode Standard, section 23.2; UTS 51), and the choice of a
 * variant of an ideograph or of a Mongolian letter (UTS 37). Elsewhere they would only hide.
 */
const JOINING = [
  'Arabic',
  'Syriac',
  'Mongolian',
  'Nko',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
  'Myanmar',
]
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const EMOJI = '\\p{Extended_Pictographic}';
const JOINERS = new RegExp(
  [
    `(?<=[${JOINING}])[\\u200C\\u200D](?=[${JOINING}])`,
    // Chillus of Malayalam and the khanda ta of Bengali in their older spelling, at the end of words as well.
    '(?<=\\p{L}[\\u0D4D\\u09CD])\\u200D(?![\\u200C\\u200D])',
    `(?<=[${EMOJI}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=${EMOJI})`,
    '(?<=\\p{Emoji})(?<![0-9#*])[\\uFE0E\\uFE0F]|(?<=[0-9#*])\\uFE0F(?=\\u20E3)',
    '(?<=\\p{Script=Mongolian})[\\u180B-\\u180D\\u180F]',
    '(?<=\\p{Ideographic})[\\u{E0100}-\\u{E01EF}]',
  ].join('|'),
  'gu',
);

/** A character with a shape of its own. A Hangul filler is a letter to Unicode, but nothing to the eye. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{M}]/u;

const WHITE_SPACE = /\s/u;

const SHORT_NAME = new RegExp(`^[a-z0-9][a-z0-9_-]{0,${BOUNDS.shortNameLength - 1}}$`);

/** For messages: what the name of a tier or of a limit looks like. */
export const SHORT_NAME_FORMAT = `1 to ${BOUNDS.shortNameLength} lower-case letters, digits, "_" and "-", beginning with a letter or digit`;

/** For messages: texts are kept in the log for ever, where nobody could take a token out again. */
export const NO_TOKEN = 'Leave the token out: its hint is enough.';

/** A name in NFC and without white space at its ends: 1 to 100 characters (code points), all of them printable. */
export function normaliseName(text: string): Parsed<string> {
  const safe = normalise(text, BOUNDS.nameLength);
  if (!safe.ok) return safe;
  return VISIBLE.test(safe.value) ? safe : unreadable('Use at least one visible character.');
}

/** The id of an owner in the host application, in NFC: 1 to 128 characters (code points), no white space. */
export function normaliseOwnerId(text: string): Parsed<string> {
  if (WHITE_SPACE.test(text)) return unreadable('Use no white space.');
  const safe = normalise(text, BOUNDS.ownerIdLength);
  if (!safe.ok) return safe;
  return VISIBLE.test(safe.value) ? safe : unreadable('Use at least one visible character.');
}

/** A reason, in NFC and without white space at its ends: up to 500 characters (code points), in one line. */
export function normaliseReason(text: string): Parsed<string> {
  return normalise(text, BOUNDS.reasonLength);
}

/**
 * A description, in NFC and without white space at its ends: 1 to 500 characters (code points), in one line or several, which `\n`
 * separates. No control character but the line breaks.
 */
export function normaliseDescription(text: string): Parsed<string> {
  const safe = normalise(text.replaceAll(/\r\n?/g, '\n'), BOUNDS.descriptionLength, 'lines');
  if (!safe.ok) return safe;
  return VISIBLE.test(safe.value) ? safe : unreadable('Use at least one visible character.');
}

const TAG = new RegExp(`^[a-z0-9][a-z0-9._:/-]{0,${BOUNDS.tagLength - 1}}$`);

/** A tag in lower case: 1 to 50 letters and digits of ASCII, `.`, `_`, `-`, `:` and `/`, beginning with a letter or digit. */
export function normaliseTag(text: string): Parsed<string> {
  if (containsToken(text)) return unreadable(NO_TOKEN);
  const tag = text.toLowerCase();
  if (text.length <= BOUNDS.tagLength && TAG.test(tag)) return parsed(tag);
  return unreadable(`Use 1 to ${BOUNDS.tagLength} letters (a to z), digits, ".", "_", "-", ":" and "/", beginning with a letter or digit.`);
}

/** Returns what is wrong with the name of a resource, or null. */
export function whyNotResource(resource: unknown): string | null {
  if (typeof resource !== 'string' || resource === '' || isLonger(resource, BOUNDS.resourceLength))
    return `Use 1 to ${BOUNDS.resourceLength} characters.`;
  return containsToken(resource) ? 'Leave the token out: name what is asked for.' : null;
}

export function isTierName(text: string): boolean {
  return SHORT_NAME.test(text);
}

export function isLimitName(text: string): boolean {
  return SHORT_NAME.test(text);
}

function normalise(text: string, lengthMax: number, lines: 'line' | 'lines' = 'line'): Parsed<string> {
  if (typeof text !== 'string') return unreadable('Use text.');
  // Four characters at most compose to one, so a longer text stays too long; and the work is bounded.
  if (text.length > lengthMax * 8) return tooLong(lengthMax);
  const value = text.normalize('NFC').trim();
  const shown = lines === 'lines' ? value.replaceAll('\n', ' ') : value;
  if (UNSAFE.test(shown.replaceAll(JOINERS, ''))) {
    const form = lines === 'lines' ? 'lines' : 'one line';
    return unreadable(`Use ${form} of visible characters: no control, zero-width or text-direction characters.`);
  }
  if (isLonger(value, lengthMax)) return tooLong(lengthMax);
  return containsToken(value) ? unreadable(NO_TOKEN) : parsed(value);
}

/** Counts characters (code points), no further than it must. */
function isLonger(text: string, lengthMax: number): boolean {
  return text.length > lengthMax && (text.length > lengthMax * 2 || Array.from(text).length > lengthMax);
}

function tooLong(lengthMax: number): Parsed<string> {
  return unreadable(`Use at most ${lengthMax} characters.`);
}
