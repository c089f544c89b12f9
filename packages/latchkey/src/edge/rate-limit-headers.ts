import type { LimitReading } from '../domain/limit.js';
import type { Verdict } from '../domain/verdict.js';

/** Every header that rateLimitHeaders may give, for a proxy or a browser that has to be told which to pass on. */
export const RATE_LIMIT_HEADERS = [
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
] as const;

/**
 * How the limits stand, for whoever has to keep within them.
 *
 * `X-RateLimit-*` describes the tightest limit (the fewest units left; of equals the one that is free again
 * last), with Reset in epoch seconds. `RateLimit` and `RateLimit-Policy` describe all, in the syntax of
 * draft-ietf-httpapi-ratelimit-headers-08 and later (lists of RFC 9651). A refusal that waiting can mend has
 * `Retry-After`: whole seconds, at least 1, never too early. Then the tightest limit's `t` is no later than that.
 *
 * Other refusals have no `Retry-After`: when a key becomes active would tell that there is such a key.
 *
 * Empty where the verdict knows of no limit. `now` is in epoch milliseconds.
 */
export function rateLimitHeaders(
  verdict: Pick<Verdict, 'code' | 'limits'> & { readonly retryAfterMs?: number },
  now: number,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const { code, retryAfterMs } = verdict;
  const isDenied = code === 'rate_limited' || code === 'credits_exhausted';
  const retryAfter = isDenied && retryAfterMs !== undefined ? wholeSeconds(retryAfterMs, 1) : null;
  const readings = tightestFirst(verdict.limits ?? []);
  const tightest = readings[0];
  if (tightest !== undefined) {
    headers['X-RateLimit-Limit'] = String(tightest.limit);
    headers['X-RateLimit-Remaining'] = String(tightest.remaining);
    headers['X-RateLimit-Reset'] = String(Math.ceil(tightest.resetAt / 1000));
    headers['RateLimit'] = readings.map((reading) => limitItem(reading, now, reading === tightest ? retryAfter : null)).join(', ');
    headers['RateLimit-Policy'] = readings.map(policyItem).join(', ');
  }
  if (retryAfter !== null) headers['Retry-After'] = String(retryAfter);
  return headers;
}

/** By what is left, then by how long it takes to be free again. Of two limits with one name the tighter is told. */
function tightestFirst(readings: readonly LimitReading[]): readonly LimitReading[] {
  if (readings.length < 2) return readings;
  const names = new Set<string>();
  return readings
    .toSorted((a, b) => a.remaining - b.remaining || b.resetAt - a.resetAt)
    .filter((reading) => !names.has(reading.name) && names.add(reading.name));
}

function limitItem(reading: LimitReading, now: number, retryAfter: number | null): string {
  const reset = wholeSeconds(reading.resetAt - now, 0);
  return `${quoted(reading.name)};r=${Math.max(0, reading.remaining)};t=${retryAfter === null ? reset : Math.min(reset, retryAfter)}`;
}

function policyItem(reading: LimitReading): string {
  return `${quoted(reading.name)};q=${reading.limit};w=${wholeSeconds(reading.windowMs, 1)}`;
}

function wholeSeconds(milliseconds: number, least: number): number {
  return Math.max(least, Math.ceil(milliseconds / 1000));
}

/** An sf-string (RFC 9651 section 3.3.3): printable ASCII, with quotes and backslashes escaped. */
function quoted(name: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(name)) return `"${name}"`;
  return `"${name.replace(/[^\x20-\x7e]/gu, '?').replace(/["\\]/g, '\\$&')}"`;
}
