import type { Entropy } from '../ports/entropy.js';

/**
 * Bytes that follow from `seed` alone: xoshiro128** 1.1 (Blackman and Vigna, 2018), its state filled by SplitMix64.
 * For tests: whoever sees some of its output can tell the rest, so never make a token of it that protects something.
 */
export function createSeededEntropy(seed: number): Entropy {
  let [a, b, c, d] = stateOf(BigInt(seed));

  function next(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  }

  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i += 4) {
        const word = next();
        for (let j = i; j < Math.min(i + 4, length); j++) bytes[j] = (word >>> (8 * (j - i))) & 0xff;
      }
      return bytes;
    },
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function stateOf(seed: bigint): [number, number, number, number] {
  const first = splitMix64(seed);
  const second = splitMix64(seed + GOLDEN_GAMMA);
  return [low(first), low(first >> 32n), low(second), low(second >> 32n)];
}

const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

function splitMix64(state: bigint): bigint {
  let z = BigInt.asUintN(64, state + GOLDEN_GAMMA);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

function low(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
