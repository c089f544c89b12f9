/** Names that people give to things, made safe to show: one normal form, nothing invisible, nothing that turns the text around. */
import { parsed, unreadable, type Parsed } from './parsed.js';
import { containsToken } from './token.js';

const NAME_LENGTH_MAX = 100;
const OWNER_ID_LENGTH_MAX = 128;
const REASON_LENGTH_MAX = 500;

/** Control, format (zero-width and bidirectional controls among them) and surrogate characters, line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Matches joiners as ordinary spelling has them: between letters of scripts whose letters join (Persian, Devanagari), and ZWJ within
 * an emoji (Unicode Standard, section 23.2; UTS 51). Between letters that do not join they would only hide.
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
  `(?<=[${JOINING}])[\\u200C\\u200D](?=[${JOINING}])|(?<=[${EMOJI}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=${EMOJI})`,
  'gu',
);

/** A character with a shape of its own. A Hangul filler is a letter to Unicode, but nothing to the eye. */
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Z}\p{M}]/u;

const WHITE_SPACE = /\s/u;

const SHORT_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** For messages: what the name of a tier or of a limit looks like. */
export const SHORT_NAME_FORMAT = '1 to 32 lower-case letters, digits, "_" and "-", beginning with a letter or digit';

/** For messages: texts are kept in the log for ever, where nobody could take a token out again. */
export const NO_TOKEN = 'Leave the token out: its hint is enough.';

/** A name in NFC and without white space at its ends: 1 to 100 characters (code points), all of them printable. */
export function normaliseName(text: string): Parsed<string> {
  const safe = normalise(text, NAME_LENGTH_MAX);
  if (!safe.ok) return safe;
  return VISIBLE.test(safe.value) ? safe : unreadable('Use at least one visible character.');
}

/** The id of an owner in the host application, in NFC: 1 to 128 characters (code points), no white space. */
export function normaliseOwnerId(text: string): Parsed<string> {
  if (WHITE_SPACE.test(text)) return unreadable('Use no white space.');
  const safe = normalise(text, OWNER_ID_LENGTH_MAX);
  if (!safe.ok) return safe;
  return VISIBLE.test(safe.value) ? safe : unreadable('Use at least one visible character.');
}

/** A reason, in NFC and without white space at its ends: up to 500 characters (code points), in one line. */
export function normaliseReason(text: string): Parsed<string> {
  return normalise(text, REASON_LENGTH_MAX);
}

export function isTierName(text: string): boolean {
  return SHORT_NAME.test(text);
}

export function isLimitName(text: string): boolean {
  return SHORT_NAME.test(text);
}

function normalise(text: string, lengthMax: number): Parsed<string> {
  if (typeof text !== 'string') return unreadable('Use text.');
  // Four characters at most compose to one, so a longer text stays too long; and the work is bounded.
  if (text.length > lengthMax * 8) return tooLong(lengthMax);
  const value = text.normalize('NFC').trim();
  if (UNSAFE.test(value.replaceAll(JOINERS, '')))
    return unreadable('Use one line of visible characters: no control, zero-width or text-direction characters.');
  let length = 0;
  for (const _ of value) length += 1;
  if (length > lengthMax) return tooLong(lengthMax);
  return containsToken(value) ? unreadable(NO_TOKEN) : parsed(value);
}

function tooLong(lengthMax: number): Parsed<string> {
  return unreadable(`Use at most ${lengthMax} characters.`);
}
