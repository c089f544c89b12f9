/**
 * Slows who guesses: counts unknown tokens, and those that only a slow hash can tell, by the address that tried them
 * (an IPv6 /64 counts as one, and so do all callers whose address cannot be read). Good tokens that are found by their digest pass, so nobody behind a shared address is
 * locked out by a neighbour.
 */
import { addressGroup } from '../../domain/ip-rules.js';
import { type LimitState, refund, step } from '../../domain/limit-arithmetic.js';
import type { Limit } from '../../domain/limit.js';
import { RecentMap } from '../../domain/utilities/recent-map.js';

/** IP addresses remembered at least, the latest first; twice as many at the most, about 200 bytes each. */
const ADDRESSES = 20_000;

export interface GuessThrottle {
  /** Counts one guess. Null while the address may go on; otherwise after how many milliseconds. */
  count(ip: string | null, now: number): number | null;
  /** Takes back what was counted at `countedAt`, for what was no guess, or is counted again. */
  forgive(ip: string | null, countedAt: number): void;
  /** IP addresses remembered. */
  readonly size: number;
}

export function createGuessThrottle(guessesPerMinute: number, addresses: number = ADDRESSES): GuessThrottle {
  const limit: Limit = { name: 'guesses', limit: guessesPerMinute, windowMs: 60_000, algorithm: 'token-bucket' };
  // Asking for a state counts as a use: a refused address that goes on is not forgotten among those that try once.
  const states = new RecentMap<string, LimitState>(addresses);

  return {
    get size() {
      return states.size;
    },
    count(ip, now) {
      const group = groupOf(ip);
      const state = states.get(group) ?? null;
      const decision = step(limit, state, { now, cost: 1 });
      if (decision.next !== null && decision.next !== state) states.set(group, decision.next);
      return decision.allowed ? null : decision.retryAfterMs;
    },
    forgive(ip, countedAt) {
      const group = groupOf(ip);
      const state = refund(limit, states.get(group) ?? null, { now: countedAt, cost: 1 });
      if (state !== null) states.set(group, state);
    },
  };
}

function groupOf(ip: string | null): string {
  return (ip === null ? null : addressGroup(ip)) ?? 'unreadable';
}
