import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import type { LimitReading } from '../../src/domain/limit.js';
import { rateLimitHeaders } from '../../src/edge/index.js';

const NOW = Date.UTC(2026, 0, 1);

function reading(fields: Partial<LimitReading>): LimitReading {
  return { name: 'minute', limit: 100, remaining: 40, resetAt: NOW + 30_000, algorithm: 'fixed-window', windowMs: 60_000, ...fields };
}

const readings = fc.array(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
    limit: fc.integer({ min: 1, max: 1e12 }),
    remaining: fc.integer({ min: 0, max: 1e12 }),
    resetAt: fc.integer({ min: NOW - 10_000, max: NOW + 1e11 }),
    algorithm: fc.constantFrom('fixed-window' as const, 'sliding-window' as const, 'token-bucket' as const),
    windowMs: fc.integer({ min: 1, max: 1e11 }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('rate limit headers', () => {
  it('describe the tightest limit in X-RateLimit, with Reset in whole epoch seconds', () => {
    const daily = reading({ name: 'daily', limit: 1000, remaining: 7, resetAt: NOW + 3_600_500, windowMs: 86_400_000 });
    expect(rateLimitHeaders({ code: 'valid', limits: [reading({}), daily] }, NOW)).toEqual({
      'X-RateLimit-Limit': '1000',
      'X-RateLimit-Remaining': '7',
      'X-RateLimit-Reset': String(NOW / 1000 + 3601),
      RateLimit: '"daily";r=7;t=3601, "minute";r=40;t=30',
      'RateLimit-Policy': '"daily";q=1000;w=86400, "minute";q=100;w=60',
    });
  });

  it('take of equally tight limits the one that is free again last', () => {
    const late = reading({ name: 'late', remaining: 40, limit: 41, resetAt: NOW + 90_000 });
    expect(rateLimitHeaders({ code: 'valid', limits: [reading({}), late] }, NOW)['X-RateLimit-Limit']).toBe('41');
  });

  it('are none where no limit is known of', () => {
    expect(rateLimitHeaders({ code: 'valid', limits: [] }, NOW)).toEqual({});
    expect(rateLimitHeaders({ code: 'revoked' }, NOW)).toEqual({});
    expect(rateLimitHeaders({ code: 'not_yet_active', retryAfterMs: 5000 }, NOW)).toEqual({});
  });

  it('say when to come back: whole seconds, never 0, never too early', () => {
    for (const [retryAfterMs, seconds] of [
      [1, '1'],
      [1000, '1'],
      [1001, '2'],
      [59_999, '60'],
    ] as const) {
      expect(rateLimitHeaders({ code: 'rate_limited', retryAfterMs }, NOW)).toEqual({ 'Retry-After': seconds });
    }
  });

  it('never tell a later reset of the tightest limit than when to come back', () => {
    const bucket = reading({ algorithm: 'token-bucket', remaining: 0, resetAt: NOW + 60_000 });
    const headers = rateLimitHeaders({ code: 'rate_limited', limits: [bucket], retryAfterMs: 600 }, NOW);
    expect(headers).toMatchObject({ 'Retry-After': '1', RateLimit: '"minute";r=0;t=1', 'X-RateLimit-Reset': String(NOW / 1000 + 60) });
  });

  it('are structured fields (RFC 9651) whatever the limits are called and however they stand', () => {
    fc.assert(
      fc.property(readings, fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }), (limits, retryAfterMs) => {
        const headers = rateLimitHeaders({ code: 'rate_limited', limits, ...(retryAfterMs !== undefined && { retryAfterMs }) }, NOW);
        const state = parseList(headers['RateLimit'] ?? '');
        const policy = parseList(headers['RateLimit-Policy'] ?? '');
        expect(state.map(([name]) => name)).toEqual(policy.map(([name]) => name));
        for (const [name, parameters] of state) {
          expect(typeof name).toBe('string');
          expect(parameters.get('r')).toBeGreaterThanOrEqual(0);
          expect(parameters.get('t')).toBeGreaterThanOrEqual(0);
        }
        for (const [, parameters] of policy) {
          expect(parameters.get('q')).toBeGreaterThanOrEqual(1);
          expect(parameters.get('w')).toBeGreaterThanOrEqual(1);
        }
        for (const name of ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']) expect(headers[name]).toMatch(/^\d+$/);
      }),
    );
  });

  it('escape in a name what would end it', () => {
    const headers = rateLimitHeaders({ code: 'valid', limits: [reading({ name: 'a"b\\c' })] }, NOW);
    expect(parseList(headers['RateLimit'] ?? '')[0]?.[0]).toBe('a"b\\c');
  });

  it('name each limit once, as it stands tightest', () => {
    const limits = [reading({ remaining: 9 }), reading({ remaining: 3 })];
    expect(rateLimitHeaders({ code: 'valid', limits }, NOW)['RateLimit']).toBe('"minute";r=3;t=30');
  });
});
