import type { KeyView, PutTierInput } from 'latchkey/client';

type Limit = KeyView['limits'][number];
type LimitInput = PutTierInput['limits'][number];

/** A limit while it is being typed. */
export interface LimitDraft {
  readonly name: string;
  readonly limit: number | string;
  readonly window: string;
  readonly algorithm: Limit['algorithm'];
  readonly burst: number | string;
}

export const NEW_LIMIT: LimitDraft = { name: '', limit: '', window: '1h', algorithm: 'fixed-window', burst: '' };

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

export function draftOf({ name, limit, windowMs, algorithm, burst }: Limit): LimitDraft {
  const [unit, ms] = UNITS.find(([, each]) => windowMs % each === 0) ?? ['ms', 1];
  return { name, limit, window: `${windowMs / ms}${unit}`, algorithm, burst: burst ?? '' };
}

/** What cannot be right is sent as it is: the service says what would be. */
export function inputOf({ name, limit, window, algorithm, burst }: LimitDraft): LimitInput {
  return {
    name: name.trim(),
    limit: Number(limit),
    window: window.trim(),
    algorithm,
    ...(algorithm === 'token-bucket' && burst !== '' && { burst: Number(burst) }),
  };
}

export function sameLimits(one: readonly LimitDraft[], other: readonly LimitDraft[]): boolean {
  return JSON.stringify(one.map(inputOf)) === JSON.stringify(other.map(inputOf));
}

/** Returns the limits as one line: "requests: 100 per 1h". */
export function textOfLimits(limits: readonly LimitDraft[]): string {
  const words = limits.map(({ name, limit, window, algorithm, burst }) =>
    [`${name}: ${limit} per ${window}`, algorithm, ...(burst === '' ? [] : [`at most ${burst} at once`])].join(', '),
  );
  return words.join('; ');
}
