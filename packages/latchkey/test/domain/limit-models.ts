/**
 * Slow models of the three algorithms, written from their definitions and sharing nothing with the shipped code:
 * they keep every charge and look at all of them each time. What was charged more than a window ahead of `now`
 * they forget, for one charge of all there is, at `now`.
 */
import type { Limit } from '../../src/domain/limit.js';

export interface Demand {
  readonly now: number;
  readonly cost: number;
}

export interface Outcome {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly resetAt: number;
  readonly retryAfterMs: number | null;
}

export interface Model {
  peek(demand: Demand): Outcome;
  step(demand: Demand): Outcome;
  /** Whether what was charged last is more than a window ahead of `now`. */
  disbelieves(now: number): boolean;
  /** Notes that `now` was seen: forgets what is too far ahead of it. */
  see(now: number): void;
  /** The time that a charge at `now` counts from: a clock that was set back a little stands still. */
  chargedAt(now: number): number;
  /** Notes that something was charged, for `chargedAt`. */
  note(demand: Demand): void;
  /** Whether these charges together are within the limit. */
  conforms(charges: readonly Demand[]): boolean;
}

export function fixedWindowModel({ limit, windowMs }: Limit): Model {
  const week = 7 * 86_400_000;
  const monday = Date.UTC(2024, 0, 1);
  /** Where the window of an instant begins, from a Monday or from the epoch. */
  const windowOf = (now: number): number => {
    const origin = windowMs % week === 0 ? monday : 0;
    const into = (((now - origin) % windowMs) + windowMs) % windowMs;
    return now - into;
  };
  let charges: { readonly window: number; readonly cost: number }[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  const disbelieves = (now: number): boolean => latest - now > windowMs;

  function see(now: number): void {
    if (!disbelieves(now)) return;
    latest = windowOf(now);
    charges = [{ window: latest, cost: limit }];
  }

  function look({ now, cost }: Demand): Outcome & { readonly window: number } {
    const window = disbelieves(now) ? windowOf(now) : Math.max(windowOf(now), latest);
    const used = disbelieves(now) ? limit : usedIn(window);
    return answer({ now, cost }, window, used);
  }

  const usedIn = (window: number): number =>
    charges.filter((charge) => charge.window === window).reduce((sum, charge) => sum + charge.cost, 0);

  function answer({ now, cost }: Demand, window: number, used: number): Outcome & { readonly window: number } {
    const allowed = cost === 0 || used + cost <= limit;
    const retryAfterMs = allowed ? 0 : cost > limit ? null : window + windowMs - now;
    return { allowed, remaining: limit - used, resetAt: window + windowMs, retryAfterMs, window };
  }

  return {
    disbelieves,
    see,
    peek: (demand) => shown(look(demand)),
    step(demand) {
      see(demand.now);
      const seen = look(demand);
      if (!seen.allowed || demand.cost === 0) return shown(seen);
      latest = seen.window;
      charges.push({ window: seen.window, cost: demand.cost });
      return { ...shown(seen), remaining: seen.remaining - demand.cost };
    },
    chargedAt: (now) => (windowOf(now) < latest ? latest : now),
    note({ now }) {
      latest = Math.max(latest, windowOf(now));
    },
    conforms: (list) =>
      list.every(
        ({ now }) => list.filter((other) => windowOf(other.now) === windowOf(now)).reduce((sum, { cost }) => sum + cost, 0) <= limit,
      ),
  };
}

export function slidingWindowModel({ limit, windowMs }: Limit): Model {
  let charges: Demand[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  const disbelieves = (now: number): boolean => latest - now > windowMs;
  const usedAt = (instant: number): number =>
    charges.filter((charge) => charge.now > instant - windowMs).reduce((sum, charge) => sum + charge.cost, 0);

  function see(now: number): void {
    if (!disbelieves(now)) return;
    latest = now;
    charges = [{ now, cost: limit }];
  }

  function look({ now, cost }: Demand): Outcome {
    if (disbelieves(now)) {
      const allowed = cost === 0;
      const retryAfterMs = allowed ? 0 : cost > limit ? null : windowMs;
      return { allowed, remaining: 0, resetAt: now + windowMs, retryAfterMs };
    }
    const at = Math.max(now, latest);
    const used = usedAt(at);
    const allowed = cost === 0 || used + cost <= limit;
    const resetAt = used === 0 ? now : latest + windowMs;
    if (allowed) return { allowed, remaining: limit - used, resetAt, retryAfterMs: 0 };
    // The log changes only when a charge leaves it, so one of these instants is the first that admits the call.
    const leaving = charges.map((charge) => charge.now + windowMs).filter((instant) => instant > at);
    const first = leaving.find((instant) => usedAt(instant) + cost <= limit);
    return { allowed, remaining: limit - used, resetAt, retryAfterMs: first === undefined || cost > limit ? null : first - now };
  }

  return {
    disbelieves,
    see,
    peek: look,
    step(demand) {
      see(demand.now);
      const seen = look(demand);
      if (!seen.allowed || demand.cost === 0) return seen;
      latest = Math.max(latest, demand.now);
      charges.push({ now: latest, cost: demand.cost });
      return { ...seen, remaining: seen.remaining - demand.cost, resetAt: latest + windowMs };
    },
    chargedAt: (now) => Math.max(now, latest),
    note({ now }) {
      latest = Math.max(latest, now);
    },
    conforms: (list) =>
      list.every(
        ({ now: start }) =>
          list.filter((other) => other.now >= start && other.now < start + windowMs).reduce((sum, { cost }) => sum + cost, 0) <= limit,
      ),
  };
}

/** The generic cell rate algorithm in its other form, virtual scheduling, in exact fractions of a millisecond (1/limit). */
export function tokenBucketModel({ limit, windowMs, burst = limit }: Limit): Model {
  const perMs = BigInt(limit);
  const perUnit = BigInt(windowMs);
  const burstTime = BigInt(burst) * perUnit;
  let theoreticalArrival: bigint | null = null;
  let latest = Number.NEGATIVE_INFINITY;
  const ceil = (value: bigint, by: bigint): number => Number((value + by - 1n) / by);
  const disbelieves = (now: number): boolean => latest - now > windowMs;

  function see(now: number): void {
    if (!disbelieves(now)) return;
    latest = now;
    theoreticalArrival = BigInt(now) * perMs + burstTime;
  }

  function look({ now, cost }: Demand): Outcome & { readonly arrival: bigint } {
    const at = BigInt(disbelieves(now) ? now : Math.max(now, latest)) * perMs;
    const believed = disbelieves(now) ? at + burstTime : theoreticalArrival;
    const base = believed === null || believed < at ? at : believed;
    const arrival = base + BigInt(cost) * perUnit;
    const allowed = cost === 0 || arrival - burstTime <= at;
    const retryAfterMs = allowed ? 0 : cost > burst ? null : ceil(arrival - burstTime, perMs) - now;
    return { allowed, remaining: Number((burstTime - (base - at)) / perUnit), resetAt: ceil(base, perMs), retryAfterMs, arrival };
  }

  return {
    disbelieves,
    see,
    peek: (demand) => shown(look(demand)),
    step(demand) {
      see(demand.now);
      const { arrival, ...seen } = look(demand);
      if (!seen.allowed || demand.cost === 0) return shown(seen);
      latest = Math.max(latest, demand.now);
      theoreticalArrival = arrival;
      return { ...shown(seen), remaining: seen.remaining - demand.cost, resetAt: ceil(arrival, perMs) };
    },
    chargedAt: (now) => Math.max(now, latest),
    note({ now }) {
      latest = Math.max(latest, now);
    },
    // From any charge to any later one: the burst, and what came in between.
    conforms: (list) =>
      list.every((first, from) => {
        let units = 0n;
        return list.slice(from).every(({ now, cost }) => {
          units += BigInt(cost);
          return units * perUnit <= burstTime + BigInt(now - first.now) * perMs;
        });
      }),
  };
}

function shown({ allowed, remaining, resetAt, retryAfterMs }: Outcome): Outcome {
  return { allowed, remaining, resetAt, retryAfterMs };
}
