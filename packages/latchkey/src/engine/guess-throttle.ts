/**
 * Slows who guesses: counts unknown tokens by the address that tried them (an IPv6 /64 counts as one). Only
 * the answer to an unknown token changes; a good token from the same address passes, so nobody behind a shared
 * address is locked out by a neighbour.
 */
import { addressGroup } from '../domain/ip-rules.js';
import { type LimitState, step } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';

/** Addresses remembered at once; twice as many at the most. */
const MAX_ADDRESSES = 20_000;

export interface GuessThrottle {
  /** Counts one unknown token. Null while the address may go on; otherwise after how many milliseconds. */
  count(ip: string, now: number): number | null;
}

export function createGuessThrottle(guessesPerMinute: number): GuessThrottle {
  const limit: Limit = { name: 'guesses', limit: guessesPerMinute, windowMs: 60_000, algorithm: 'token-bucket' };
  let young = new Map<string, LimitState>();
  let old = new Map<string, LimitState>();
  return {
    count(ip, now) {
      const group = addressGroup(ip);
      if (group === null) return null;
      const decision = step(limit, young.get(group) ?? old.get(group) ?? null, { now, cost: 1 });
      if (!decision.allowed) return decision.retryAfterMs;
      if (young.size >= MAX_ADDRESSES) {
        old = young;
        young = new Map();
      }
      if (decision.next !== null) young.set(group, decision.next);
      return null;
    },
  };
}
