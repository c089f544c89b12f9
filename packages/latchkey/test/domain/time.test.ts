import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOUNDS } from '../../src/domain/bounds.js';
import { formatDuration, isoOrNull, parseDuration, parseInstant, toIso } from '../../src/domain/time.js';

const instants = fc.integer({ min: 0, max: 253_402_300_799_999 });

describe('an instant', () => {
  it('reads back what was written, in UTC and in any other zone', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -14 * 60, max: 14 * 60 }), (ms, offset) => {
        expect(parseInstant(toIso(ms))).toBe(ms);
        const local = ms + offset * 60_000;
        fc.pre(offset !== 0 && local >= 0 && local <= 253_402_300_799_999);
        const minutes = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        expect(parseInstant(toIso(local).replace('Z', zone))).toBe(ms);
      }),
    );
  });

  it('is a date-time with a zone, or a date, which means midnight UTC', () => {
    expect(parseInstant('2026-12-31')).toBe(Date.UTC(2026, 11, 31));
    expect(parseInstant('2026-12-31T23:59:59Z')).toBe(Date.UTC(2026, 11, 31, 23, 59, 59));
    expect(parseInstant('2026-12-31T23:59Z')).toBe(Date.UTC(2026, 11, 31, 23, 59));
    expect(parseInstant('2026-12-31T23:59:59.1+02:00')).toBe(Date.UTC(2026, 11, 31, 21, 59, 59, 100));
    expect(parseInstant('1970-01-01T00:30:00+00:30')).toBe(0);
    expect(parseInstant('1969-12-31T23:00:00-01:00')).toBe(0);
  });

  it('has what is finer than a millisecond cut off, so that nothing lasts longer than was said', () => {
    expect(parseInstant('2026-01-01T00:00:00.999999999Z')).toBe(Date.UTC(2026, 0, 1, 0, 0, 0, 999));
  });

  it('is never a date that does not exist', () => {
    for (const text of ['2026-02-29', '2026-02-30', '2100-02-29', '2026-04-31', '2026-00-01', '2026-13-01', '2026-01-00', '2026-01-32'])
      expect(parseInstant(text), text).toBeNull();
    for (const text of ['2024-02-29', '2000-02-29', '2026-01-31']) expect(parseInstant(text), text).not.toBeNull();
    for (const time of ['24:00:00', '23:60:00', '23:59:60', '25:00:00']) expect(parseInstant(`2026-01-01T${time}Z`), time).toBeNull();
  });

  it('agrees with the calendar for every day there could be', () => {
    for (let day = 0; day <= 32; day++) {
      for (const [year, month] of [2024, 2025, 2100, 2400].flatMap((one) => Array.from({ length: 14 }, (_, at) => [one, at] as const))) {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
        expect(parseInstant(text), text).toBe(exists ? date.getTime() : null);
      }
    }
  });

  it('is never guessed', () => {
    for (const text of [
      '',
      'never',
      'tomorrow',
      '0',
      '1767225600',
      '1767225600000',
      '2026',
      '2026-1-1',
      '2026-01',
      '2026-01-01T00:00:00',
      '2026-01-01 00:00:00Z',
      '2026-01-01t00:00:00z',
      '01/02/2026',
      'Jan 1 2026',
      '2026-01-01T00:00:00.Z',
      '2026-01-01T00Z',
      '2026-01-01T00:00:00+0200',
      '2026-01-01T00:00:00+02',
      '2026-01-01T00:00:00-00:00',
      '2026-01-01T00:00:00+24:00',
      '2026-01-01T00:00:00+02:60',
      '2026-01-01Z',
      ' 2026-01-01',
      '2026-01-01\n',
      '+002026-01-01',
      '２０２６-01-01',
      '2026-W01-1',
      '20260101',
    ]) {
      expect(parseInstant(text), text).toBeNull();
    }
    for (const text of ['1969-12-31', '0000-01-01', '0050-01-01', '0099-06-01', '1970-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'])
      expect(parseInstant(text), text).toBeNull();
  });
});

describe('a duration', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 0, max: BOUNDS.durationMs }),
          fc.integer({ min: 0, max: 36_500 }).map((days) => days * 86_400_000),
        ),
        (ms) => {
          expect(parseDuration(formatDuration(ms))).toBe(ms);
          expect(parseDuration(ms)).toBe(ms);
        },
      ),
    );
  });

  it('is written with the largest unit that says it exactly', () => {
    const day = 86_400_000;
    expect([0, 1, 1_500, 1_000, 90_000, 3_600_000, day, 90 * day, 14 * day, 365 * day].map(formatDuration)).toEqual([
      '0ms',
      '1ms',
      '1500ms',
      '1s',
      '90s',
      '1h',
      '1d',
      '90d',
      '2w',
      '1y',
    ]);
  });

  it('is a whole number with a unit, or milliseconds', () => {
    expect(['90d', '24h', '15m', '30s', '500ms', '2w', '1y', '0d', '100y', '0'].map(parseDuration)).toEqual([
      7_776_000_000,
      86_400_000,
      900_000,
      30_000,
      500,
      1_209_600_000,
      31_536_000_000,
      0,
      BOUNDS.durationMs,
      0,
    ]);
    for (const value of [
      '',
      'd',
      '90',
      '1.5h',
      '-1d',
      '+1d',
      '1 d',
      ' 1d',
      '1d ',
      '1D',
      '1h30m',
      '01d',
      '1e3s',
      '1M',
      '1mo',
      '١d',
      '101y',
      '9999999999999999d',
      '36501d',
    ])
      expect(parseDuration(value), value).toBeNull();
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, BOUNDS.durationMs + 1])
      expect(parseDuration(value), String(value)).toBeNull();
  });
});

it('an instant that is absent stays absent', () => {
  expect(isoOrNull(null)).toBeNull();
  expect(isoOrNull(0)).toBe('1970-01-01T00:00:00.000Z');
});
