/** Spans of time for figures, and figures without gaps. */
import type { UsageReport } from 'latchkey/client';

export const SPANS = ['24h', '7d', '30d', '90d'] as const;
export type Span = (typeof SPANS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS: Readonly<Record<Span, number>> = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 };

/** So many whole days, today among them; of 24 hours so many whole hours, this one among them. All in UTC. */
export function rangeOf(span: Span): { readonly from: string; readonly until: string; readonly by: 'hour' | 'day' } {
  const now = Date.now();
  const by = span === '24h' ? 'hour' : 'day';
  const step = stepOf(by);
  const from = Math.floor(now / step) * step + step - DAYS[span] * DAY_MS;
  return { from: new Date(from).toISOString(), until: new Date(now).toISOString(), by };
}

/** Every hour or day of the span, those without a single call included. */
export function everyPoint({ from, until, by, points }: UsageReport): UsageReport['points'] {
  const known = new Map(points.map((point) => [new Date(point.start).getTime(), point.counts]));
  const step = stepOf(by);
  const first = Math.floor(new Date(from).getTime() / step) * step;
  const count = Math.max(0, Math.ceil((new Date(until).getTime() - first) / step));
  return Array.from({ length: count }, (_, index) => {
    const start = first + index * step;
    return { start: new Date(start).toISOString(), counts: known.get(start) ?? {} };
  });
}

function stepOf(by: 'hour' | 'day'): number {
  return by === 'hour' ? HOUR_MS : DAY_MS;
}
