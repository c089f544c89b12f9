/**
 * At most `limit` units in any interval of `windowMs`, exactly: a log of what was charged when. A unit charged at
 * t counts until just before t + windowMs.
 */
import type { Limit } from './limit.js';
import type { CountedDemand, Decision, Demand, LimitState, SlidingWindowState } from './limit-state.js';

/** The log is copied, without what has left the window, when at least so many entries and half of all have left. */
const COMPACT_FROM = 32;

export function decideSlidingWindow(limit: Limit, state: LimitState | null, { now, cost, charge }: CountedDemand): Decision {
  const known = state !== null && state.algorithm === 'sliding-window' && state.windowMs === limit.windowMs ? state : null;
  const own = known !== null && lastTime(known, now) - now > limit.windowMs ? fullSlidingWindow(limit, now) : known;
  const log = inWindow(own ?? emptyLog(limit.windowMs), now);
  if (cost === 0 || !charge || log.used + cost > limit.limit) {
    const allowed = cost === 0 || log.used + cost <= limit.limit;
    const retryAfterMs = allowed ? 0 : cost > limit.limit ? null : freedAt(log, limit.limit - cost) - now;
    const next = charge ? (own ?? state) : state;
    return { allowed, next, remaining: Math.max(limit.limit - log.used, 0), resetAt: freedAt(log, 0, now), retryAfterMs };
  }
  const next = charged(log, now, cost);
  return { allowed: true, next, remaining: limit.limit - next.used, resetAt: freedAt(next, 0), retryAfterMs: 0 };
}

/** When everything that was charged has left the window; 0 where nothing was. */
export function slidingWindowFreeAt(state: SlidingWindowState): number {
  return freedAt(state, 0);
}

/** A log of the whole limit, charged at `now`. */
export function fullSlidingWindow({ limit, windowMs }: Limit, now: number): SlidingWindowState {
  return { algorithm: 'sliding-window', windowMs, times: [now], costs: [limit], from: 0, to: 1, used: limit };
}

/**
 * Takes `cost` out of what was charged at `now`. Where the clock had been set back, that was charged at the
 * log's time of then; the earliest entry since stands for it, so that nothing is freed before its time. The last
 * entry stays, be it with nothing in it: it is the log's time, which must not go back.
 */
export function refundSlidingWindow(state: SlidingWindowState, { now, cost }: Demand): SlidingWindowState {
  const { times, costs, from, to, windowMs } = state;
  let first = to;
  while (first > from && (times[first - 1] ?? 0) >= now) first -= 1;
  const time = times[first];
  if (first === to || time === undefined) return state;
  if (time !== now && (times[to - 1] ?? 0) >= now + windowMs) return state;
  const kept = { times: times.slice(from, first), costs: costs.slice(from, first) };
  let owed = cost;
  for (let i = first; i < to; i++) {
    const entry = costs[i] ?? 0;
    const given = times[i] === time ? Math.min(entry, owed) : 0;
    owed -= given;
    if (given === entry && i < to - 1) continue;
    kept.times.push(times[i] ?? 0);
    kept.costs.push(entry - given);
  }
  return { ...state, ...kept, from: 0, to: kept.times.length, used: state.used - (cost - owed) };
}

/** The log's time: that of its last entry, or `otherwise` where it has none. */
function lastTime({ times, from, to }: SlidingWindowState, otherwise: number): number {
  return to > from ? (times[to - 1] ?? otherwise) : otherwise;
}

function emptyLog(windowMs: number): SlidingWindowState {
  return { algorithm: 'sliding-window', windowMs, times: [], costs: [], from: 0, to: 0, used: 0 };
}

/** The log without what has left the window by `now`. The lists stay shared. */
function inWindow(log: SlidingWindowState, now: number): SlidingWindowState {
  const { times, costs, to, windowMs } = log;
  let { from, used } = log;
  while (from < to && (times[from] ?? 0) + windowMs <= now) {
    used -= costs[from] ?? 0;
    from += 1;
  }
  // Written out, as a spread is several times slower, and this runs with every call.
  return from === log.from ? log : { algorithm: 'sliding-window', windowMs, times, costs, from, to, used };
}

/** The log with a charge at `now`, or at its last entry's time where that is later. */
function charged(log: SlidingWindowState, now: number, cost: number): SlidingWindowState {
  const last = lastTime(log, now);
  // A list that has grown beyond this state belongs to another one that came of it: leave it alone.
  const shared = log.times.length === log.to && (log.from < COMPACT_FROM || log.from * 2 < log.to);
  const times = shared ? log.times : log.times.slice(log.from, log.to);
  const costs = shared ? log.costs : log.costs.slice(log.from, log.to);
  times.push(Math.max(now, last));
  costs.push(cost);
  return {
    algorithm: 'sliding-window',
    windowMs: log.windowMs,
    times,
    costs,
    from: shared ? log.from : 0,
    to: times.length,
    used: log.used + cost,
  };
}

/** When the log has come down to `units` or less, as time goes by; `otherwise` where it has already. */
function freedAt(log: SlidingWindowState, units: number, otherwise = 0): number {
  const { times, costs, windowMs } = log;
  let { from, to, used } = log;
  if (used <= units) return otherwise;
  if (units === 0) {
    while (costs[to - 1] === 0) to -= 1;
    return (times[to - 1] ?? 0) + windowMs;
  }
  for (; used > units && from < to; from++) used -= costs[from] ?? 0;
  return (times[from - 1] ?? 0) + windowMs;
}
