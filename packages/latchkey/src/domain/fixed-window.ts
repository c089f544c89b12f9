/**
 * At most `limit` units in each window. A window begins at a multiple of its length since the epoch, which puts
 * days at midnight UTC and hours at the full hour; one of whole weeks begins on a Monday.
 */
import type { Limit } from './limit.js';
import type { CountedDemand, Decision, Demand, FixedWindowState, LimitState } from './limit-state.js';

const WEEK_MS = 604_800_000;

/** The epoch was a Thursday; the first Monday came four days later. */
const FIRST_MONDAY = 345_600_000;

export function decideFixedWindow(limit: Limit, state: LimitState | null, { now, cost, charge }: CountedDemand): Decision {
  const { windowMs } = limit;
  const known = state !== null && state.algorithm === 'fixed-window' && state.windowMs === windowMs ? state : null;
  const own = known !== null && known.start - now > windowMs ? fullFixedWindow(limit, now) : known;
  const current = own !== null && now < own.start + windowMs ? own : null;
  const start = current === null ? windowStart(windowMs, now) : current.start;
  const used = current === null ? 0 : current.used;
  const resetAt = start + windowMs;
  if (cost === 0 || !charge || used + cost > limit.limit) {
    const allowed = cost === 0 || used + cost <= limit.limit;
    const retryAfterMs = allowed ? 0 : cost > limit.limit ? null : resetAt - now;
    return { allowed, next: charge ? (own ?? state) : state, remaining: Math.max(limit.limit - used, 0), resetAt, retryAfterMs };
  }
  const next: FixedWindowState = { algorithm: 'fixed-window', windowMs, start, used: used + cost };
  return { allowed: true, next, remaining: limit.limit - used - cost, resetAt, retryAfterMs: 0 };
}

/** The window of `now`, with nothing left in it. */
export function fullFixedWindow({ limit, windowMs }: Limit, now: number): FixedWindowState {
  return { algorithm: 'fixed-window', windowMs, start: windowStart(windowMs, now), used: limit };
}

/** Nothing is given back once another window has begun. */
export function refundFixedWindow(state: FixedWindowState, { now, cost }: Demand): FixedWindowState {
  if (state.start !== windowStart(state.windowMs, now)) return state;
  return { ...state, used: Math.max(state.used - cost, 0) };
}

function windowStart(windowMs: number, now: number): number {
  const origin = windowMs >= WEEK_MS && windowMs % WEEK_MS === 0 ? FIRST_MONDAY : 0;
  return Math.floor((now - origin) / windowMs) * windowMs + origin;
}
