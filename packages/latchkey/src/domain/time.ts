/** Instants and durations as people write them. Strict: what does not parse is null, never a guess. */
import { BOUNDS } from './bounds.js';

const SECOND_MS = 1_000;
export const MINUTE_MS: number = 60 * SECOND_MS;
export const HOUR_MS: number = 60 * MINUTE_MS;
export const DAY_MS: number = 24 * HOUR_MS;

/** The units of a duration, largest first. A year is 365 days. */
const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 365 * DAY_MS],
  ['w', 7 * DAY_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
];

/** 9999-12-31T23:59:59.999Z. */
const INSTANT_MAX = 253_402_300_799_999;

/** For messages: what an instant and a duration look like. */
export const INSTANT_FORMAT = 'an ISO 8601 date-time with a zone, such as "2026-12-31T23:59:59Z", or a date, which means midnight UTC';
export const DURATION_FORMAT =
  'a duration such as "90d", "24h", "15m", "30s", "500ms", "2w" or "1y", or a whole number of milliseconds, at most 100 years';

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2})))?$/;
const DURATION = /^(0|[1-9]\d{0,14})(ms|[smhdwy])$/;

/**
 * Epoch milliseconds of an ISO 8601 date-time with a zone, or of a plain date (midnight UTC); null for anything
 * else, for a day that does not exist, and outside the years 1970 to 9999. What is finer than a millisecond is cut off.
 */
export function parseInstant(text: string): number | null {
  const match = DATE_TIME.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (Number(year) < 1969 || !isDay(Number(year), Number(month), Number(day))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return null;
  const offset = Number(offsetHour) * HOUR_MS + Number(offsetMinute) * MINUTE_MS;
  // ISO 8601 has no "-00:00".
  if (sign === '-' && offset === 0) return null;
  const local =
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) +
    Number(fraction.slice(0, 3).padEnd(3, '0'));
  const instant = sign === '-' ? local + offset : local - offset;
  return instant >= 0 && instant <= INSTANT_MAX ? instant : null;
}

/**
 * Milliseconds of a duration: a whole number with a unit (`ms`, `s`, `m`, `h`, `d`, `w`, `y`), or an integer ≥ 0
 * that is milliseconds already. Null for anything else, digits without a unit included, and above 100 years.
 */
export function parseDuration(value: string | number): number | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= BOUNDS.durationMs ? value : null;
  if (value === '0') return 0;
  const match = typeof value === 'string' ? DURATION.exec(value) : null;
  if (match === null) return null;
  const unitMs = UNITS.find(([unit]) => unit === match[2])?.[1];
  if (unitMs === undefined) return null;
  const ms = Number(match[1]) * unitMs;
  return ms <= BOUNDS.durationMs ? ms : null;
}

/** The duration with the largest unit that says it exactly. `parseDuration` gives the same milliseconds back. */
export function formatDuration(ms: number): string {
  for (const [unit, unitMs] of UNITS) {
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}

/** ISO 8601 in UTC with milliseconds. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : toIso(ms);
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(2000, month, 0)).getUTCDate() && (month !== 2 || day < 29 || isLeapYear(year));
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
