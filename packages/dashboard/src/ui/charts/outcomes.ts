/** The outcomes of a verification as words and colours, in the order in which they are stacked and listed. */
import { REFUSALS, type VerdictCode } from 'latchkey/client';

export interface OutcomePoint {
  readonly start: string;
  readonly counts: Readonly<Partial<Record<string, number>>>;
}

const COLORS: Readonly<Record<VerdictCode, string>> = {
  valid: 'petrol.6',
  rate_limited: 'yellow.6',
  credits_exhausted: 'yellow.8',
  insufficient_scope: 'grape.5',
  ip_denied: 'violet.5',
  wrong_environment: 'indigo.5',
  expired: 'orange.6',
  not_yet_active: 'lime.7',
  disabled: 'gray.5',
  owner_suspended: 'gray.6',
  revoked: 'red.6',
  not_found: 'pink.6',
  malformed: 'pink.4',
  missing: 'pink.3',
  unavailable: 'dark.3',
};

/** Returns the title of an outcome; a code that this page does not know stands for itself. */
export function wordOf(code: string): string {
  if (!isKnown(code)) return code;
  return code === 'valid' ? 'Accepted' : REFUSALS[code].title;
}

/** Returns the title as it reads within a sentence. An abbreviation keeps its capitals. */
export function wordInside(code: string): string {
  return wordOf(code).replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
}

export function colorOf(code: string): string {
  return isKnown(code) ? COLORS[code] : 'gray.6';
}

/** Those that occur at all, accepted ones first. */
export function outcomesIn(points: readonly OutcomePoint[]): readonly string[] {
  const found = new Set(points.flatMap(({ counts }) => Object.keys(counts).filter((code) => (counts[code] ?? 0) > 0)));
  const known = Object.keys(COLORS).filter((code) => found.has(code));
  const unknown = [...found].filter((code) => !isKnown(code));
  return known.length + unknown.length === 0 ? ['valid'] : [...known, ...unknown];
}

function isKnown(code: string): code is VerdictCode {
  return Object.hasOwn(COLORS, code);
}
