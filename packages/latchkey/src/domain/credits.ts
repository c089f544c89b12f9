/** Credits: a budget that is spent down and may refill. Pure arithmetic; time is an argument. */
import { BOUNDS } from './bounds.js';

/**
 * When and how a budget refills. `interval` counts from the moment the refill was set; `month` is the
 * given day of each calendar month at 00:00 UTC (the month's last day where it has fewer).
 */
export type CreditRefill = {
  readonly amount: number;
  /** `set`: back to `amount`. `add`: `amount` more, for every refill that was due. */
  readonly mode: 'set' | 'add';
} & ({ readonly every: 'interval'; readonly intervalMs: number } | { readonly every: 'month'; readonly day: number });

export interface CreditState {
  readonly remaining: number;
  readonly refill: CreditRefill | null;
  /** When the next refill is due; null without one. */
  readonly nextRefillAt: number | null;
}

/** When a refill that is set at `now` is due for the first time: strictly after `now`. */
export function firstRefillAt(refill: CreditRefill, now: number): number {
  return refill.every === 'interval' ? now + refill.intervalMs : monthDayAfter(refill.day, now);
}

/**
 * The budget once every refill that is due by `now` has been made, however many were missed. The same object
 * where none is due. `add` stops at `BOUNDS.credits`. Constant time.
 */
export function refillCredits(state: CreditState, now: number): CreditState {
  const { refill: rule, nextRefillAt: dueAt } = state;
  if (rule === null || dueAt === null || now < dueAt) return state;
  const missed = rule.every === 'interval' ? Math.floor((now - dueAt) / rule.intervalMs) : monthDaysBetween(rule.day, dueAt, now);
  const count = missed + 1;
  return {
    remaining: rule.mode === 'set' ? rule.amount : upTo(state.remaining, rule.amount * count),
    refill: rule,
    nextRefillAt: rule.every === 'interval' ? dueAt + count * rule.intervalMs : monthDayAfter(rule.day, now),
  };
}

/**
 * Takes `cost` from the budget as it stands at `now`, refills first, or takes nothing where it does not suffice.
 * A cost of 0 is always spent; one that is not an integer ≥ 0 never is. `state` is the very object that was given
 * where nothing changed.
 */
export function spend(state: CreditState, cost: number, now: number): { readonly state: CreditState; readonly spent: boolean } {
  const current = refillCredits(state, now);
  if (!Number.isSafeInteger(cost) || cost < 0) return { state: current, spent: false };
  if (cost === 0) return { state: current, spent: true };
  if (cost > current.remaining) return { state: current, spent: false };
  return { state: { ...current, remaining: current.remaining - cost }, spent: true };
}

/** The budget with the cost of a call back in it, up to the most that a budget holds. */
export function giveBack(state: CreditState, cost: number): CreditState {
  return { ...state, remaining: upTo(state.remaining, cost) };
}

/** A balance with so much more, up to the most that it may hold; one that holds more already keeps it. */
function upTo(balance: number, more: number): number {
  return Math.max(balance, Math.min(balance + more, BOUNDS.credits));
}

/** The first 00:00 UTC of the given day of a month that is after `instant`. */
function monthDayAfter(day: number, instant: number): number {
  const month = monthOf(instant);
  const thisMonth = monthDay(month, day);
  return thisMonth > instant ? thisMonth : monthDay(month + 1, day);
}

/** How many month days lie after `from`, up to and including `until`. */
function monthDaysBetween(day: number, from: number, until: number): number {
  return monthsReached(day, until) - monthsReached(day, from);
}

/** The last month (counted from year 0) whose day has come by `instant`. */
function monthsReached(day: number, instant: number): number {
  const month = monthOf(instant);
  return monthDay(month, day) <= instant ? month : month - 1;
}

function monthOf(instant: number): number {
  const date = new Date(instant);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** 00:00 UTC of the day, or of the month's last day where the month has fewer. */
function monthDay(month: number, day: number): number {
  const year = Math.floor(month / 12);
  const lastDay = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate();
  return Date.UTC(year, month % 12, Math.min(day, lastDay));
}
