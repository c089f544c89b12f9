/** The hot reader of verification requests accepts what the contract accepts, and rejects what the contract rejects. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../src/contract/index.js';
import { verifyRequest } from '../../src/contract/calls/verification.js';
import { createRequestReader } from '../../src/engine/verify/verify-request.js';
import { InvalidInputError, type VerifyRequest } from '../../src/index.js';
import { runs } from '../../../../tools/property-runs.js';

/** Values that any field may be given by callers without types. */
const ODD: readonly unknown[] = [undefined, null, '', 'x', 0, -1, 1.5, NaN, Infinity, 1e16, true, {}, [], ['a'], [null], new Date(0)];

const FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  environment: ['live', 'a'.repeat(16), 'a'.repeat(17), 'operator'],
  scopes: [['a:read'], ['a:*'], ['a'], ['a:read', 'a:read'], [`${'a'.repeat(65)}:b`], Array.from({ length: 65 }, (_, at) => `a:b${at}`)],
  anyScope: [['a:read'], [], ['a:read', 'b:*'], ['a']],
  ip: ['203.0.113.9', '[2001:db8::1]:80', 'none', '203.0.113.9, 10.0.0.1'],
  userAgent: ['curl/8', 'a'.repeat(1_000)],
  cost: [1, 1_000, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, '1'],
  limits: [
    [{ name: 'hourly', limit: 5, window: '1h' }],
    [{ name: 'hourly', limit: 5, windowMs: 3_600_000, algorithm: 'token-bucket', burst: 10 }],
    [{ name: 'hourly', limit: 5 }],
    [{ name: 'hourly', limit: 5, window: '1h', burts: 10 }],
    [{ name: 'hourly', limit: 0, window: '1h' }],
    [
      { name: 'a', limit: 5, window: '1h' },
      { name: 'a', limit: 5, window: '1h' },
    ],
    Array.from({ length: 11 }, (_, at) => ({ name: `n${at}`, limit: 5, window: '1h' })),
  ],
  resource: ['articles/7', 'a'.repeat(128), 'a'.repeat(129), 'a\nb'],
  dryRun: [true, false],
  scope: [['a:read']],
};

const field = fc
  .constantFrom(...Object.keys(FIELDS))
  .chain((name) => fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...(FIELDS[name] ?? [])), fc.constantFrom(...ODD))));

/** Of one or two fields: of more, one is wrong nearly always, and the others do not show. */
const request = fc.array(field, { maxLength: 2 }).map((fields) => Object.fromEntries(fields));

const read = createRequestReader({ environment: null, scopes: null });

function problemsOfReader(given: unknown): readonly string[] {
  try {
    read(given as VerifyRequest);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as InvalidInputError).issues.map(({ pointer }) => pointer);
  }
}

/** The contract leaves what an address looks like to the reader. */
const REST = new Set(['/ip']);

describe('a verification request', () => {
  it('is accepted by the hot reader exactly when the contract accepts it, and refused for the same fields', () => {
    fc.assert(
      fc.property(request, (given) => {
        const wanted = parseInput(verifyRequest, given).issues.map(({ pointer }) => pointer);
        const found = problemsOfReader(given);
        if (wanted.length > 0) expect(found).toEqual(wanted);
        else expect(found.filter((pointer) => !REST.has(pointer))).toEqual([]);
      }),
      runs(2_000),
    );
  });

  it.each(ODD.filter((value) => value !== undefined && (value === null || typeof value !== 'object' || Array.isArray(value))))(
    '%j in its place is refused',
    (given) => {
      expect(problemsOfReader(given)).toEqual(['']);
    },
  );
});
