/** The outcomes of a verification as words and colours, in the order in which they are stacked and listed. */

export interface OutcomePoint {
  readonly start: string;
  readonly counts: Readonly<Partial<Record<string, number>>>;
}

interface Outcome {
  readonly word: string;
  readonly color: string;
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  valid: { word: 'Accepted', color: 'petrol.6' },
  rate_limited: { word: 'Over a limit', color: 'yellow.6' },
  credits_exhausted: { word: 'Out of credits', color: 'yellow.8' },
  insufficient_scope: { word: 'Scope missing', color: 'grape.5' },
  ip_denied: { word: 'Address not allowed', color: 'violet.5' },
  wrong_environment: { word: 'Wrong environment', color: 'indigo.5' },
  expired: { word: 'Expired', color: 'orange.6' },
  not_yet_active: { word: 'Not active yet', color: 'lime.7' },
  disabled: { word: 'Disabled', color: 'gray.5' },
  owner_suspended: { word: 'Owner suspended', color: 'gray.6' },
  revoked: { word: 'Revoked', color: 'red.6' },
  not_found: { word: 'Unknown token', color: 'pink.6' },
  malformed: { word: 'Malformed', color: 'pink.4' },
  missing: { word: 'No token', color: 'pink.3' },
  unavailable: { word: 'Not available', color: 'dark.3' },
};

export const wordOf = (code: string): string => OUTCOMES[code]?.word ?? code;
export const colorOf = (code: string): string => OUTCOMES[code]?.color ?? 'gray.6';

/** Those that occur at all, accepted ones first. */
export function outcomesIn(points: readonly OutcomePoint[]): readonly string[] {
  const found = new Set(points.flatMap(({ counts }) => Object.keys(counts).filter((code) => (counts[code] ?? 0) > 0)));
  const known = Object.keys(OUTCOMES).filter((code) => found.has(code));
  const unknown = [...found].filter((code) => !(code in OUTCOMES));
  return known.length + unknown.length === 0 ? ['valid'] : [...known, ...unknown];
}
