import { describe, expect, it } from 'vitest';
import { createSeededEntropy } from '../../src/testing/seeded-entropy.js';

const MASK_32 = 0xffff_ffffn;
const MASK_64 = (1n << 64n) - 1n;

/** xoshiro128** 1.1 and SplitMix64 as their authors publish them, over integers of any size. */
function* reference(seed: bigint): Generator<number, never> {
  let splitMix = seed & MASK_64;
  const next64 = (): bigint => {
    splitMix = (splitMix + 0x9e3779b97f4a7c15n) & MASK_64;
    let z = splitMix;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  };
  const [first, second] = [next64(), next64()];
  const s = [first & MASK_32, first >> 32n, second & MASK_32, second >> 32n] as [bigint, bigint, bigint, bigint];
  const rotateLeft = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & MASK_32;
  for (;;) {
    const result = (rotateLeft((s[1] * 5n) & MASK_32, 7n) * 9n) & MASK_32;
    const t = (s[1] << 9n) & MASK_32;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11n);
    for (let shift = 0n; shift < 32n; shift += 8n) yield Number((result >> shift) & 255n);
  }
}

describe('seeded entropy', () => {
  it('is xoshiro128** from a state of SplitMix64', () => {
    for (const seed of [0, 1, -1, 42, 2 ** 40]) {
      const expected = reference(BigInt(seed));
      expect([...createSeededEntropy(seed).bytes(64)]).toEqual(Array.from({ length: 64 }, () => expected.next().value));
    }
  });

  it('gives the same bytes for the same seed and calls, and others for another seed', () => {
    const draw = (seed: number): string => {
      const entropy = createSeededEntropy(seed);
      return [entropy.bytes(5), entropy.bytes(0), entropy.bytes(32)].map((bytes) => Buffer.from(bytes).toString('hex')).join();
    };
    expect(draw(7)).toBe(draw(7));
    expect(new Set(Array.from({ length: 100 }, (_, seed) => draw(seed))).size).toBe(100);
  });
});
