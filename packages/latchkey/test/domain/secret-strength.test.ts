import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateSecretBits, OFFLINE_SECRET_BITS, ONLINE_SECRET_BITS } from '../../src/domain/secret-strength.js';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';
import { runs } from '../../../../tools/property-runs.js';

describe('secret strength: the estimate', () => {
  it.each([
    '',
    'aaaaaaaaaaaaaaaa',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'abababababababababab',
    'abcdefghijklmnop',
    'ponmlkjihgfedcba',
    '0123456789abcdef',
    '1234567890123456',
    '0000000000000001',
    'qwertyuiopasdfgh',
    'QWERTYUIOP123456',
    'passwordpassword',
    'adminADMINadminADMIN',
    'letmeinletmein123',
    'passwordPASSWORD',
    'password12345678',
    'changemechangeme',
    'adminadminadmin1',
    '12345678901234567890123456789012',
    '................',
  ])('is below what an admin key needs: %j', (text) => {
    expect(estimateSecretBits(text)).toBeLessThan(ONLINE_SECRET_BITS);
  });

  it.each(['a'.repeat(400), 'secret'.repeat(10), '0123456789'.repeat(8), 'x'.repeat(31), 'correcthorsebattery'])(
    'is below what a pepper needs: %j',
    (text) => {
      expect(estimateSecretBits(text)).toBeLessThan(OFFLINE_SECRET_BITS);
    },
  );

  it('lets every generated secret pass: 32 random bytes in any notation, and an admin key of 12 in base64', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const entropy = createSeededEntropy(seed);
        const bytes = Buffer.from(entropy.bytes(32));
        for (const notation of ['hex', 'base64', 'base64url'] as const) {
          expect(estimateSecretBits(bytes.toString(notation))).toBeGreaterThanOrEqual(OFFLINE_SECRET_BITS);
        }
        expect(estimateSecretBits(bytes.subarray(0, 12).toString('base64'))).toBeGreaterThanOrEqual(ONLINE_SECRET_BITS);
      }),
      runs(500),
    );
  });

  it('never grows by a repetition', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, maxLength: 30 }), (text) => {
        const once = estimateSecretBits(text + text.slice(0, 2));
        expect(estimateSecretBits(text.repeat(20))).toBeLessThanOrEqual(once);
      }),
    );
  });
});
