/**
 * The arithmetic of every limiter: the state of one counter and the time in, the decision and the next state out.
 * One file for each algorithm: fixed-window.ts, sliding-window.ts, token-bucket.ts.
 *
 * All numbers are integers up to 2^53 (times in milliseconds; see limit-input.ts for the bounds), the operations
 * are +, -, *, floor division and comparison: the same rules run in a Redis script.
 *
 * Time never runs backwards for a counter: a `now` before its state counts as the state's own time. So a clock
 * that is set back admits no more than one that stands still. But a state that is ahead of `now` by more than one
 * window was made by a clock that was wrong, and would keep the limit shut until that time has really come: it
 * counts as a full one of `now`. So a clock that was ahead and is set right frees nothing, and shuts a limit for
 * one window at the most (a bucket, until it has refilled). Limits that change keep what was used; another
 * algorithm or another window starts afresh.
 */
import { decideFixedWindow, fullFixedWindow, refundFixedWindow } from './fixed-window.js';
import type { Limit } from './limit.js';
import type { CountedDemand, Decision, Demand, LimitState } from './limit-state.js';
import { decideSlidingWindow, fullSlidingWindow, refundSlidingWindow, slidingWindowFreeAt } from './sliding-window.js';
import { decideTokenBucket, emptiedBucket, refundTokenBucket } from './token-bucket.js';

export { decodeState, encodeState, type CountedDemand, type Decision, type Demand, type LimitState } from './limit-state.js';

/** Charges `cost` units if the limit admits them at `now`. A cost of 0 is always admitted, and charges nothing. */
export function step(limit: Limit, state: LimitState | null, { now, cost }: Demand): Decision {
  return decideLimit(limit, state, { now, cost, charge: true });
}

/** What `step` would decide, charging nothing: `remaining` and `resetAt` are those before the call. */
export function peek(limit: Limit, state: LimitState | null, { now, cost }: Demand): Decision {
  return decideLimit(limit, state, { now, cost, charge: false });
}

/**
 * The state without what a `step` with the same demand charged. Where that charge no longer counts, or it cannot
 * be told how much of it does, less is given back: a refund never makes room for more than the limit.
 */
export function refund(limit: Limit, state: LimitState | null, consumed: Demand): LimitState | null {
  if (state === null || consumed.cost === 0) return state;
  if (state.windowMs !== limit.windowMs || state.algorithm !== limit.algorithm) return state;
  switch (state.algorithm) {
    case 'fixed-window':
      return refundFixedWindow(state, consumed);
    case 'sliding-window':
      return refundSlidingWindow(state, consumed);
    case 'token-bucket':
      return refundTokenBucket(limit, state, consumed);
  }
}

/** The state that leaves nothing at `now`: what stands for a counter of which nothing can be known. */
export function fullState(limit: Limit, now: number): LimitState {
  switch (limit.algorithm) {
    case 'fixed-window':
      return fullFixedWindow(limit, now);
    case 'sliding-window':
      return fullSlidingWindow(limit, now);
    case 'token-bucket':
      return emptiedBucket(limit, now);
  }
}

/** When the limit is entirely free again, if nothing more is charged: from then on the state says nothing. */
export function freeAt(limit: Limit, state: LimitState): number {
  switch (state.algorithm) {
    case 'fixed-window':
      return state.start + state.windowMs;
    case 'sliding-window':
      return slidingWindowFreeAt(state);
    case 'token-bucket':
      return state.at + Math.ceil(state.debt / limit.limit);
  }
}

/** `step` or `peek`, as the demand says: for limiters, which make the one demand for all limits of a call. */
export function decideLimit(limit: Limit, state: LimitState | null, demand: CountedDemand): Decision {
  switch (limit.algorithm) {
    case 'fixed-window':
      return decideFixedWindow(limit, state, demand);
    case 'sliding-window':
      return decideSlidingWindow(limit, state, demand);
    case 'token-bucket':
      return decideTokenBucket(limit, state, demand);
  }
}
