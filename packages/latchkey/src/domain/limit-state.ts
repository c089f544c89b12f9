/** What is asked of one counter, what it answers, and what is kept of it, in memory and as text. The rules are in limit-arithmetic.ts. */

export type LimitState = FixedWindowState | SlidingWindowState | TokenBucketState;

export interface FixedWindowState {
  readonly algorithm: 'fixed-window';
  readonly windowMs: number;
  /** Where the window begins, and the units used in it. */
  readonly start: number;
  readonly used: number;
}

/** A log of charges: the part from `from` up to `to` of two lists that successive states share, and that only grow. */
export interface SlidingWindowState {
  readonly algorithm: 'sliding-window';
  readonly windowMs: number;
  /** When something was charged, never decreasing, and how much. */
  readonly times: number[];
  readonly costs: number[];
  readonly from: number;
  readonly to: number;
  /** The sum of the costs in the log. */
  readonly used: number;
}

export interface TokenBucketState {
  readonly algorithm: 'token-bucket';
  readonly windowMs: number;
  readonly at: number;
  /** What was owed at `at`; a unit is `windowMs`. */
  readonly debt: number;
}

export interface Decision {
  readonly allowed: boolean;
  /**
   * The state to keep: after the charge, or the one given where nothing was charged. Where that was too far ahead of
   * `now` to be believed, it is what stands in its place, also when the call was refused; but not for a peek.
   */
  readonly next: LimitState | null;
  /** Whole units that could be taken at once: after the charge, or as it stands where nothing was charged. */
  readonly remaining: number;
  /** When the limit is entirely free again, and the state says nothing any more. Epoch milliseconds. */
  readonly resetAt: number;
  /** 0 when allowed. Else the same call is admitted after exactly so long, other calls absent; null: never. */
  readonly retryAfterMs: number | null;
}

/** What is asked of a counter: so many units (an integer ≥ 0) at an instant (epoch milliseconds). */
export interface Demand {
  readonly now: number;
  readonly cost: number;
}

/** With `charge` unset, a decision leaves the state as it is, whatever its time. */
export interface CountedDemand extends Demand {
  readonly charge: boolean;
}

const INTEGER = /^(?:0|[1-9]\d{0,15})$/;
const LOG = /^[0-9a-z]{1,11}(?:\*[0-9a-z]{1,11})?(?:,[0-9a-z]{1,11}(?:\*[0-9a-z]{1,11})?)*$/;
const LOG_LENGTH_MAX = 1_000_000;

/**
 * The state as ASCII text: `f:<windowMs>:<start>:<used>`, `t:<windowMs>:<at>:<debt>`, or, with the charges as steps
 * in time (and `*<cost>` where it is not 1) in base 36, `s:<windowMs>:<first time>:<steps>`.
 */
export function encodeState(state: LimitState): string {
  switch (state.algorithm) {
    case 'fixed-window':
      return `f:${state.windowMs}:${state.start}:${state.used}`;
    case 'token-bucket':
      return `t:${state.windowMs}:${state.at}:${state.debt}`;
    case 'sliding-window':
      return `s:${state.windowMs}:${state.times[state.from] ?? 0}:${encodeLog(state)}`;
  }
}

/** The state that `encodeState` wrote, or null for any other text. */
export function decodeState(text: string): LimitState | null {
  const [kind, window = '', instant = '', rest = '', ...more] = text.split(':');
  const windowMs = toInteger(window);
  const at = toInteger(instant);
  if (more.length > 0 || windowMs === null || windowMs === 0 || at === null) return null;
  if (kind === 's') return decodeLog(windowMs, at, rest);
  const amount = toInteger(rest);
  if (amount === null) return null;
  if (kind === 'f') return { algorithm: 'fixed-window', windowMs, start: at, used: amount };
  return kind === 't' ? { algorithm: 'token-bucket', windowMs, at, debt: amount } : null;
}

function encodeLog({ times, costs, from, to }: SlidingWindowState): string {
  const entries: string[] = [];
  let before = times[from] ?? 0;
  for (let i = from; i < to; i++) {
    const time = times[i] ?? 0;
    let cost = costs[i] ?? 0;
    while (i + 1 < to && times[i + 1] === time) cost += costs[++i] ?? 0;
    entries.push((time - before).toString(36) + (cost === 1 ? '' : `*${cost.toString(36)}`));
    before = time;
  }
  return entries.join(',');
}

function decodeLog(windowMs: number, first: number, text: string): SlidingWindowState | null {
  const empty = { algorithm: 'sliding-window', windowMs, times: [], costs: [], from: 0, to: 0, used: 0 } as const;
  if (text === '') return { ...empty, times: [], costs: [] };
  if (text.length > LOG_LENGTH_MAX || !LOG.test(text)) return null;
  const times: number[] = [];
  const costs: number[] = [];
  let time = first;
  let used = 0;
  for (const entry of text.split(',')) {
    const [after = '', cost = '1'] = entry.split('*');
    time += Number.parseInt(after, 36);
    times.push(time);
    costs.push(Number.parseInt(cost, 36));
    used += Number.parseInt(cost, 36);
    if (!Number.isSafeInteger(time) || !Number.isSafeInteger(used)) return null;
  }
  return { ...empty, times, costs, to: times.length, used };
}

function toInteger(text: string): number | null {
  const value = INTEGER.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
