import { InvalidInputError } from '../../domain/errors.js';
import { DAY_MS, HOUR_MS, toIso } from '../../domain/time.js';
import type { UsageKept } from '../../ports/usage-store.js';

export interface UsageSpan {
  /** Epoch milliseconds; from inclusive, until exclusive. */
  readonly from: number;
  readonly until: number;
}

/** Epoch milliseconds. */
interface Asked {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

interface SpanBounds {
  readonly now: number;
  readonly maxMs: number;
  readonly defaultMs: number;
  readonly kept: UsageKept;
}

/** To the hour while there are hours to tell; before, from the beginning of the day. Throws an InvalidInputError. */
export function readBusiestSpan(asked: Asked, { kept, ...bounds }: SpanBounds): UsageSpan {
  const exact = readSpan(asked, bounds);
  const days = readDaySpan(asked, { kept, ...bounds });
  return { from: exact.from < kept.hoursFrom ? days.from : exact.from, until: days.until };
}

/**
 * By the hour, of what is kept so: whole hours from that of `from` on, the last as far as it was counted. Throws an
 * InvalidInputError that names the first hour, where one asks for earlier ones.
 */
export function readHourSpan(asked: Asked, { kept, ...bounds }: SpanBounds): UsageSpan {
  // The error about hours that are not kept comes first: the longest span that is allowed reaches back further.
  const { from: first, until } = readSpan(asked, { ...bounds, maxMs: asked.from === undefined ? bounds.maxMs : Infinity });
  const from = first - (first % HOUR_MS);
  if (from >= kept.hoursFrom) {
    assertShort({ from, until }, bounds.maxMs + HOUR_MS);
    return { from, until };
  }
  if (asked.from === undefined && until > kept.hoursFrom) return { from: kept.hoursFrom, until };
  throw notKept(`Figures by the hour are kept since ${toIso(kept.hoursFrom)}. Ask from then on, or by the day.`);
}

/**
 * By the day: whole days from that of `from`; the last may be a part of one while there are hours to tell, and is a whole one
 * before. Throws an InvalidInputError that names the first day, where one asks for earlier ones.
 */
export function readDaySpan(asked: Asked, { kept, ...bounds }: SpanBounds): UsageSpan {
  const span = readSpan(asked, bounds);
  const until = span.until < kept.hoursFrom ? dayOf(span.until + DAY_MS - 1) : span.until;
  const from = dayOf(span.from);
  if (from >= kept.daysFrom) return { from, until };
  if (asked.from === undefined && until > kept.daysFrom) return { from: kept.daysFrom, until };
  throw notKept(`Figures are kept since ${toIso(kept.daysFrom)}. Ask from then on.`);
}

/** The span of time that is asked for; what is not said ends now, or is as long as the default. Throws an InvalidInputError. */
function readSpan({ from, until }: Asked, { now, maxMs, defaultMs }: Omit<SpanBounds, 'kept'>): UsageSpan {
  const end = until ?? now;
  const start = from ?? Math.max(0, end - defaultMs);
  if (start >= end)
    throw new InvalidInputError([
      { pointer: '/from', message: until === undefined ? 'It must lie in the past.' : 'It must lie before until.' },
    ]);
  assertShort({ from: start, until: end }, maxMs);
  return { from: start, until: end };
}

function assertShort({ from, until }: UsageSpan, maxMs: number): void {
  if (until - from > maxMs)
    throw new InvalidInputError([{ pointer: '/from', message: `Ask for at most ${Math.floor(maxMs / DAY_MS)} days at once.` }]);
}

function notKept(message: string): InvalidInputError {
  return new InvalidInputError([{ pointer: '/from', message }]);
}

function dayOf(instant: number): number {
  return instant - (instant % DAY_MS);
}
