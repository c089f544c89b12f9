/**
 * Tokens that were looked up and not found: remembered apart from the keys and shortly, so that a flood of
 * them costs no reads when repeated, and can never push a good key out of the cache.
 */
import type { Clock } from '../../ports/clock.js';

export interface UnknownTokens {
  has(index: string): boolean;
  add(index: string): void;
  /** After keys came into being whose tokens may have been tried before. */
  clear(): void;
  readonly size: number;
}

export function createUnknownTokens(maxTokens: number, ttlMs: number, clock: Clock): UnknownTokens {
  const generationSize = Math.max(1, Math.floor(maxTokens / 2));
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return {
    get size() {
      return young.size + old.size;
    },
    has(index) {
      const addedAt = young.get(index) ?? old.get(index);
      return addedAt !== undefined && clock.monotonicMs() - addedAt < ttlMs;
    },
    add(index) {
      if (ttlMs === 0) return;
      if (young.size >= generationSize) {
        old = young;
        young = new Map();
      }
      young.set(index, clock.monotonicMs());
    },
    clear() {
      young = new Map();
      old = new Map();
    },
  };
}
