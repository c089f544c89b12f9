/**
 * The arithmetic of every limiter: the state of one counter and the time in, the decision and the next state out.
 * One file for each algorithm: fixed-window.ts, sliding-window.ts, token-bucket.ts.
 *
 * All numbers are integers up to 2^53 (times in milliseconds; see limit-input.ts for the bounds), the operations
 * are +, -, *, floor division and comparison: the same rules run in a Redis script.
 *
 * Time never runs backwards for a counter: a `now` before its state counts as the state's own time. So a clock
 * that is set back admits no more than one that stands still. Limits that change keep what was used; another
 * algorithm or another window starts afresh.
 */
import { decideFixedWindow, refundFixedWindow } from './fixed-window.js';
import type { Limit } from './limit.js';
import type { CountedDemand, Decision, Demand, LimitState } from './limit-state.js';
import { decideSlidingWindow, refundSlidingWindow } from './sliding-window.js';
import { decideTokenBucket, refundTokenBucket } from './token-bucket.js';

export { decodeState, encodeState, type CountedDemand, type Decision, type Demand, type LimitState } from './limit-state.js';

/** Charges `cost` units if the limit admits them at `now`. A cost of 0 is always admitted, and charges nothing. */
export function step(limit: Limit, state: LimitState | null, { now, cost }: Demand): Decision {
  return decide(limit, state, { now, cost, charge: true });
}

/** What `step` would decide, charging nothing: `remaining` and `resetAt` are those before the call. */
export function peek(limit: Limit, state: LimitState | null, { now, cost }: Demand): Decision {
  return decide(limit, state, { now, cost, charge: false });
}

/**
 * The state without what a `step` with the same demand charged. Where that charge no longer counts, or it cannot
 * be told how much of it does, less is given back: a refund never makes room for more than the limit.
 */
export function refund(limit: Limit, state: LimitState | null, consumed: Demand): LimitState | null {
  if (state === null || state.windowMs !== limit.windowMs || state.algorithm !== limit.algorithm) return state;
  switch (state.algorithm) {
    case 'fixed-window':
      return refundFixedWindow(state, consumed);
    case 'sliding-window':
      return refundSlidingWindow(state, consumed);
    case 'token-bucket':
      return refundTokenBucket(limit, state, consumed);
  }
}

/** `step` or `peek`, as the demand says: for limiters, which make the one demand for all limits of a call. */
export function decide(limit: Limit, state: LimitState | null, demand: CountedDemand): Decision {
  switch (limit.algorithm) {
    case 'fixed-window':
      return decideFixedWindow(limit, state, demand);
    case 'sliding-window':
      return decideSlidingWindow(limit, state, demand);
    case 'token-bucket':
      return decideTokenBucket(limit, state, demand);
  }
}
