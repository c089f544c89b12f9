import type { Me } from 'latchkey/client';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const PRESETS = ['7d', '30d', '60d', '90d', '1y'];

const WORDS: Readonly<Record<string, string>> = { ms: 'ms', s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks', y: 'years' };

/** The usual spans as far as the policy goes, the longest that it allows, and its own default; never, where that is allowed. */
export function expiryChoices({
  maxExpiry,
  defaultExpiry,
  neverExpires,
}: Me['policy']): readonly { readonly value: string; readonly label: string }[] {
  const most = millisecondsOf(maxExpiry);
  const spans = [...new Map([...PRESETS, maxExpiry, defaultExpiry].map((span) => [millisecondsOf(span), span])).entries()]
    .filter(([ms]) => ms <= most)
    .toSorted(([one], [other]) => one - other)
    .map(([, span]) => ({ value: span, label: wordsOf(span) }));
  return neverExpires ? [...spans, { value: 'never', label: 'Never' }] : spans;
}

function millisecondsOf(span: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)([a-z]+)$/.exec(span) ?? [];
  return Number(count) * (UNITS_MS[unit] ?? 1);
}

function wordsOf(span: string): string {
  const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(span) ?? [];
  const word = WORDS[unit] ?? unit;
  return count === '1' ? `1 ${word.replace(/s$/, '')}` : `${count} ${word}`;
}
