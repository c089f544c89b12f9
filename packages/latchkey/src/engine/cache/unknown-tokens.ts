/**
 * Tokens that were looked up and not found: remembered apart from the keys and shortly, so that a flood of
 * them costs no reads when repeated, and can never push a good key out of the cache.
 */
import { RecentMap } from '../../domain/utilities/recent-map.js';
import type { Clock } from '../../ports/clock.js';

export interface UnknownTokens {
  has(index: string): boolean;
  add(index: string): void;
  /** After keys came into being whose tokens may have been tried before. */
  clear(): void;
  readonly size: number;
}

export function createUnknownTokens(maxTokens: number, ttlMs: number, clock: Clock): UnknownTokens {
  const addedAt = new RecentMap<string, number>(Math.max(1, Math.floor(maxTokens / 2)));
  return {
    get size() {
      return addedAt.size;
    },
    has(index) {
      const at = addedAt.get(index);
      return at !== undefined && clock.monotonicMs() - at < ttlMs;
    },
    add(index) {
      if (ttlMs > 0) addedAt.set(index, clock.monotonicMs());
    },
    clear: () => addedAt.clear(),
  };
}
