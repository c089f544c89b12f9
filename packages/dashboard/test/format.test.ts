import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRelative } from '../src/ui/text/format.js';

const NOW = Date.parse('2026-11-29T10:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const relative = (distance: number): string => formatRelative(NOW + distance, NOW);

/** The span that a text claims, whatever its direction. */
const UNITS = { second: 1_000, minute: 60_000, hour: HOUR, day: DAY, month: (365.25 / 12) * DAY, year: 365.25 * DAY } as const;
function claimed(text: string): { readonly ms: number; readonly unit: number } {
  const [, count, unit] = /(\d[\d,]*) (second|minute|hour|day|month|year)s?/.exec(text) ?? [];
  const size = UNITS[unit as keyof typeof UNITS];
  return { ms: Number(count?.replaceAll(',', '')) * size, unit: size };
}

describe('a time as its distance from now', () => {
  it.each([
    [7 * DAY - 1_000, 'in 7 days'],
    [60 * DAY - 1_000, 'in 60 days'],
    [90 * DAY - 1_000, 'in 90 days'],
    [365 * DAY - 1_000, 'in 12 months'],
    [-35 * DAY, '35 days ago'],
    [-55 * DAY, '55 days ago'],
    [-16 * DAY, '16 days ago'],
    [38 * HOUR, 'in 38 hours'],
    [-20_000, '20 seconds ago'],
    [2_000, 'now'],
  ])('of %d ms is said as "%s"', (distance, text) => {
    expect(relative(distance)).toBe(text);
  });

  it('counts the days until an end as the service does: those that have begun', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 * DAY, max: 90 * DAY }), (left) => {
        expect(relative(left)).toBe(`in ${Math.ceil(left / DAY)} days`);
      }),
    );
  });

  it('is never wrong by more than the unit that it is said in, and names no day of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4_000 * DAY, max: 4_000 * DAY }), (distance) => {
        const text = relative(distance);
        const { ms, unit } = text === 'now' ? { ms: 0, unit: 5_000 } : claimed(text);
        expect(text).toMatch(text === 'now' ? /^now$/ : distance > 0 ? /^in \d/ : /\d \w+ ago$/);
        expect(Math.abs(Math.abs(distance) - ms)).toBeLessThanOrEqual(unit);
      }),
    );
  });

  it('never says of a later time that it is nearer', () => {
    const span = fc.integer({ min: 5_000, max: 4_000 * DAY });
    fc.assert(
      fc.property(span, span, (one, other) => {
        const [near, far] = one < other ? [one, other] : [other, one];
        expect(claimed(relative(near)).ms).toBeLessThanOrEqual(claimed(relative(far)).ms);
        expect(claimed(relative(-near)).ms).toBeLessThanOrEqual(claimed(relative(-far)).ms);
      }),
    );
  });
});
