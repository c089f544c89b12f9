import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tools/property-runs.js';
import { LIMIT_ALGORITHMS, type LimitReading } from '../../src/domain/limit.js';
import { REFUSAL_CODES } from '../../src/contract/errors/errors.js';
import type { Verdict, VerifiedKey } from '../../src/domain/verdict.js';
import { verdictOfWire, wireVerdict, type WireVerdict } from '../../src/domain/wire-verdict.js';

const instant = fc.integer({ min: 0, max: 253_402_300_799_999 });
const key: fc.Arbitrary<VerifiedKey> = fc.record({
  id: fc.string(),
  name: fc.string(),
  owner: fc.string(),
  tier: fc.option(fc.string()),
  environment: fc.string(),
  scopes: fc.array(fc.string()),
  metadata: fc.constant({ plan: 'yearly' }),
  expiresAt: fc.option(instant),
});
const limits: fc.Arbitrary<readonly LimitReading[]> = fc.array(
  fc.record({
    name: fc.string(),
    limit: fc.nat(),
    remaining: fc.nat(),
    resetAt: instant,
    algorithm: fc.constantFrom(...LIMIT_ALGORITHMS),
    windowMs: fc.nat(),
  }),
);
const verdicts: fc.Arbitrary<Verdict> = fc.oneof(
  fc.record({
    valid: fc.constant(true as const),
    code: fc.constant('valid' as const),
    key,
    secretId: fc.string(),
    limits,
    credits: fc.option(fc.nat()),
    degraded: fc.boolean(),
  }),
  fc.record(
    {
      valid: fc.constant(false as const),
      code: fc.constantFrom(...REFUSAL_CODES),
      message: fc.string(),
      key: fc.option(key),
      degraded: fc.boolean(),
      limits,
      retryAfterMs: fc.nat(),
    },
    { requiredKeys: ['valid', 'code', 'message', 'key', 'degraded'] },
  ),
);

describe('wire verdict', () => {
  it('wire verdict: survives JSON unchanged, whatever the verdict', () => {
    fc.assert(
      fc.property(verdicts, (verdict) => {
        const text = JSON.stringify(wireVerdict(verdict));
        expect(verdictOfWire(JSON.parse(text) as WireVerdict)).toEqual(verdict);
      }),
      runs(500),
    );
  });

  it('wire verdict: an instant is ISO 8601 in UTC', () => {
    const verdict = { valid: false, code: 'expired', message: '', degraded: false } as const;
    const expired = { id: 'key_1', name: '', owner: '', tier: null, environment: 'live', scopes: [], metadata: {}, expiresAt: 0 };
    expect(wireVerdict({ ...verdict, key: expired }).key?.expiresAt).toBe('1970-01-01T00:00:00.000Z');
  });

  it.each([
    null,
    'valid',
    {},
    { valid: 'yes', code: 'valid', key: { id: 'key_1', expiresAt: null }, limits: [] },
    { valid: true, code: 'revoked', key: { id: 'key_1', expiresAt: null }, limits: [] },
    { valid: true, code: 'valid', key: { expiresAt: null }, limits: [] },
    { valid: true, code: 'valid', key: { id: 'key_1', expiresAt: 'tomorrow' }, limits: [] },
    { valid: true, code: 'valid', key: { id: 'key_1', expiresAt: null }, limits: [{ resetAt: 5 }] },
    { valid: true, code: 'valid', key: { id: 'key_1', expiresAt: null } },
    { valid: 0, code: 'revoked', key: null },
    { valid: false, key: null },
  ])('wire verdict: %j is never read as a verdict', (wire) => {
    expect(() => verdictOfWire(wire as unknown as WireVerdict)).toThrow();
  });
});
