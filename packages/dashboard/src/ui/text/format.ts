/**
 * Numbers and dates in the locale of the reader's browser. Words are English, like the sentences around them.
 *
 * ui/text/ owns the display of single values: numbers, names, ids, code, labels.
 */
const number = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const minute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

interface Step {
  readonly unit: Intl.RelativeTimeFormatUnit;
  readonly ms: number;
  /** So many of them are said before the next larger unit would be exact enough. */
  readonly most: number;
  readonly round: (count: number) => number;
}

/** Of what is past, the units that are over; of what is to come, those that have begun, as `daysUntilExpiry` counts them. */
const whole = Math.ceil;

const STEPS: readonly Step[] = [
  { unit: 'second', ms: SECOND, most: 90, round: whole },
  { unit: 'minute', ms: MINUTE, most: 90, round: whole },
  { unit: 'hour', ms: HOUR, most: 47, round: whole },
  { unit: 'day', ms: DAY_MS, most: 90, round: whole },
  { unit: 'month', ms: (365.25 / 12) * DAY_MS, most: 23, round: Math.round },
];
const YEARS: Step = { unit: 'year', ms: 365.25 * DAY_MS, most: Infinity, round: Math.round };

export const formatNumber = (value: number): string => number.format(value);
export const formatCompact = (value: number): string => (Math.abs(value) < 10_000 ? number.format(value) : compact.format(value));
export const formatShare = (part: number, whole: number): string => percent.format(whole === 0 ? 0 : part / whole);
export const formatExact = (at: string | number): string => exact.format(new Date(at));
export const formatDay = (at: string | number): string => day.format(new Date(at));
export const formatShortDay = (at: string | number): string => shortDay.format(new Date(at));
export const formatClock = (at: string | number): string => clock.format(new Date(at));
export const formatMinute = (at: string | number): string => minute.format(new Date(at));

/** `3 days ago`, `in 2 hours`; what is less than a few seconds away is now. */
export function formatRelative(at: string | number, now: number): string {
  const distance = new Date(at).getTime() - now;
  if (Math.abs(distance) < 5 * SECOND) return 'now';
  const { unit, ms, round } = STEPS.find((step) => Math.abs(step.round(distance / step.ms)) <= step.most) ?? YEARS;
  return relative.format(round(distance / ms), unit);
}

/** What is left of a span, by its two largest units: `2d 3h`, `4m 10s`. Nothing is left below zero. */
export function formatSpan(ms: number): string {
  const left = Math.max(0, ms);
  const parts: readonly (readonly [string, number])[] = [
    ['d', Math.floor(left / DAY_MS)],
    ['h', Math.floor((left % DAY_MS) / HOUR)],
    ['m', Math.floor((left % HOUR) / MINUTE)],
    ['s', Math.floor((left % MINUTE) / SECOND)],
  ];
  const first = parts.findIndex(([, count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count}${unit}`)
    .join(' ');
}

/** A window of a limit in words: `hour`, `15 minutes`, `30 days`. */
export function formatWindow(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['day', DAY_MS],
    ['hour', HOUR],
    ['minute', MINUTE],
    ['second', SECOND],
  ];
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['second', SECOND];
  const count = ms / size;
  return count === 1 ? unit : `${formatNumber(count)} ${unit}s`;
}

/** `1 key`, `1,204 keys`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
