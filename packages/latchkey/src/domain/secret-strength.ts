/** How hard a secret is to guess that a person chose: an estimate, for refusing those that are plainly weak. */

/** Bits of a secret that is only tried over the network, where attempts are throttled. */
export const ONLINE_SECRET_BITS = 56;
/** Bits of a secret that can be tried offline, against a digest or a signature (NIST SP 800-63B, section 3.1.2.2). */
export const OFFLINE_SECRET_BITS = 112;

/** Bits of a token that a caller chooses: below those of a UUID version 4 (122) and of 20 letters and digits (119). */
export const CHOSEN_TOKEN_BITS = 100;

/**
 * Returns the estimated entropy of `text` in bits: the number of its characters times log2 of the size of its alphabet.
 * A character counts for nothing where it can be foretold: it continues a run (`aaa`), a sequence (`abc`, `321`, `qwe`) or a
 * repetition of three characters or more, in whatever case (`password` in `passwordPASSWORD`). Words are overestimated: no
 * dictionary is asked.
 */
export function estimateSecretBits(text: string): number {
  const folded = text.toLowerCase();
  const seen = new Set<string>();
  const foretold = new Set<number>();
  for (let at = 2; at < text.length; at++) {
    const last = folded.slice(at - 2, at + 1);
    if (isSequence(last)) foretold.add(at);
    // All three, for it is known where a repetition begins; but none of those that it repeats.
    if (seen.has(last)) for (const each of [at - 2, at - 1, at]) foretold.add(each);
    seen.add(last);
  }
  return (text.length - foretold.size) * Math.log2(alphabetOf(text));
}

/** Three characters that are alike, follow each other as codes, or are neighbours on a keyboard. */
function isSequence(three: string): boolean {
  const step = three.charCodeAt(1) - three.charCodeAt(0);
  if (Math.abs(step) <= 1 && three.charCodeAt(2) - three.charCodeAt(1) === step) return true;
  return KEYBOARD_ROWS.some((row) => row.includes(three));
}

const ROWS = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const KEYBOARD_ROWS: readonly string[] = [...ROWS, ...ROWS.map((row) => Array.from(row).toReversed().join(''))];

/** The size of the smallest usual alphabet that has every character. */
function alphabetOf(text: string): number {
  if (/^[0-9a-f]*$/.test(text) || /^[0-9A-F]*$/.test(text)) return /^[0-9]*$/.test(text) ? 10 : 16;
  return CLASSES.reduce((size, [characters, more]) => (characters.test(text) ? size + more : size), 0);
}

const CLASSES: readonly (readonly [characters: RegExp, size: number])[] = [
  [/[0-9]/, 10],
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[^0-9A-Za-z]/, 33],
];
