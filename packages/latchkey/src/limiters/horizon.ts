/**
 * What a limiter may have forgotten: the latest time up to which it gave counters up, because they said nothing any
 * more by then. It owns what holds when the clock shows less than that, and has therefore been set back.
 */
import { fullState, type LimitState } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';

export interface Horizon {
  /** Epoch milliseconds; 0 while nothing was given up. */
  readonly at: number;
  /** Notes that counters which say nothing any more at `time` are given up. */
  reach(time: number): void;
  /**
   * For a `now` before the horizon: the time to decide a limit at, and the state of a counter that is not there. A
   * clock that was set back by no more than the limit's window stands still until the horizon. One that was set
   * back by more was wrong before: it is believed, and as a counter may be missing because it was given up too
   * soon, a missing one counts as full in the window in which the clock was set back.
   */
  behind(limit: Limit, now: number): { readonly now: number; readonly missing: LimitState | null };
}

/** When the clock was set back, by how much at the most, and the latest time up to which counters were given up since. */
interface SetBack {
  readonly to: number;
  readonly byMs: number;
  readonly reached: number;
}

export function createHorizon(): Horizon {
  let at = 0;
  let setBack: SetBack | null = null;
  return {
    get at() {
      return at;
    },
    reach(time) {
      if (time >= at) {
        at = time;
        setBack = null;
      } else if (setBack !== null && time > setBack.reached) {
        setBack = { ...setBack, reached: time };
      }
    },
    behind(limit, now) {
      if (setBack === null || now < setBack.reached) {
        // The distance is kept, so that a limit which believed the clock once goes on doing so.
        setBack = { to: now, byMs: Math.max(at - now, setBack?.byMs ?? 0), reached: now };
      }
      if (setBack.byMs <= limit.windowMs) return { now: at, missing: null };
      return { now, missing: fullState(limit, setBack.to) };
    },
  };
}
