/**
 * Limits in a database that nodes share: exact over all of them, by the database's clock, and slower than Redis. The
 * calls of a node are gathered: while one transaction runs, those that come wait, and the next decides them all, one
 * after the other. So the more calls there are the less each costs, and a counter that all want is locked once for many.
 */
import { UnavailableError } from '../domain/errors.js';
import { decodeState, encodeState, freeAt, refund, type CountedDemand, type LimitState } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';
import type { Clock } from '../ports/clock.js';
import type { CounterRow } from '../ports/counter-store.js';
import type { Charge, Consumption, Limiter } from '../ports/limiter.js';
import type { CounterId, SharedCounters } from '../ports/shared-counters.js';
import { checkCost, checkDistinct, decideTogether } from './decide-together.js';
import type { CircuitBreaker } from './circuit-breaker.js';

export interface SharedLimiterOptions {
  readonly counters: SharedCounters;
  readonly clock: Clock;
  readonly breaker: CircuitBreaker;
}

/** Calls decided in one transaction: it stays short, and so do its locks. */
const CALLS_PER_BATCH = 500;
const PRUNE_EVERY_MS = 600_000;
/** Rows stay this much longer, so that a clock that was ahead and is set right finds them. */
const PRUNE_MARGIN_MS = 86_400_000;

export function createSharedLimiter({ counters, clock, breaker }: SharedLimiterOptions): Limiter {
  let queue: Call[] = [];
  let working: Promise<void> | null = null;
  let closed = false;
  let prunedAt = clock.monotonicMs();
  /** What the database's clock showed last. */
  let databaseTime = 0;

  async function work(): Promise<void> {
    while (queue.length > 0) {
      // Whoever waited too long has been answered: to charge it now would be for nothing.
      const calls = queue.slice(0, CALLS_PER_BATCH).filter((call) => !call.isOver());
      queue = queue.slice(CALLS_PER_BATCH);
      if (calls.length > 0) databaseTime = await decideCalls(counters, calls);
      await prune();
    }
    // In the same turn as the look at the queue: who comes after it begins anew.
    working = null;
  }

  async function prune(): Promise<void> {
    if (clock.monotonicMs() - prunedAt < PRUNE_EVERY_MS) return;
    prunedAt = clock.monotonicMs();
    // What fails here is tried again in ten minutes, by this node or another.
    await counters.prune(databaseTime - PRUNE_MARGIN_MS).catch(() => undefined);
  }

  function enqueue<Result>(decide: Call['decide'], charges: readonly Charge[]): Promise<Result> {
    if (closed) return Promise.reject(new UnavailableError('limiter'));
    return breaker.run(
      (isOver) =>
        new Promise<Result>((resolve, reject) => {
          queue.push({ decide, charges, isOver, resolve: resolve as (answer: unknown) => void, reject });
          working ??= work();
        }),
    );
  }

  function ask(charge: boolean, charges: readonly Charge[], { cost, now }: { cost: number; now: number }): Promise<Consumption> {
    checkCost(cost);
    checkDistinct(charges);
    if (isFree(charges)) {
      return Promise.resolve({ allowed: true, readings: [], retryAfterMs: null, degraded: false, countedAt: now });
    }
    return enqueue((table, at) => table.ask(charges, { cost, charge, now: at }), charges);
  }

  return {
    consume: (charges, cost, now) => ask(true, charges, { cost, now }),
    peek: (charges, cost, now) => ask(false, charges, { cost, now }),
    async refund(charges, cost, { countedAt }) {
      if (cost === 0 || isFree(charges)) return;
      await enqueue((table) => table.giveBack(charges, { cost, now: countedAt }), charges);
    },
    async close() {
      closed = true;
      await working;
    },
  };
}

interface Call {
  readonly charges: readonly Charge[];
  readonly decide: (table: StateTable, now: number) => unknown;
  readonly isOver: () => boolean;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Decides all calls in one transaction, and answers each once that is committed. Gives the time of the database, 0 where it failed. */
async function decideCalls(counters: SharedCounters, calls: readonly Call[]): Promise<number> {
  const ids = idsOf(calls);
  let answers: readonly unknown[] = [];
  let time = 0;
  try {
    await counters.update(ids, (states, now) => {
      time = now;
      const table = createStateTable(ids, states);
      answers = calls.map((call) => call.decide(table, now));
      return table.changed();
    });
    calls.forEach((call, index) => call.resolve(answers[index]));
    return time;
  } catch (error) {
    for (const call of calls) call.reject(error);
    return 0;
  }
}

/** Each row once, in the one order of all nodes. */
function idsOf(calls: readonly Call[]): readonly CounterId[] {
  const ids = new Map<string, CounterId>();
  for (const { charges } of calls) {
    for (const { subject, limits } of charges) {
      for (const limit of limits) ids.set(keyOf(subject, limit), { subject, name: nameOf(limit) });
    }
  }
  return [...ids].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
}

interface StateTable {
  ask(charges: readonly Charge[], demand: CountedDemand): Consumption;
  giveBack(charges: readonly Charge[], consumed: { readonly cost: number; readonly now: number }): void;
  changed(): readonly CounterRow[];
}

/** The states that one transaction has read, as its calls change them one after the other. */
function createStateTable(ids: readonly CounterId[], states: readonly (string | null)[]): StateTable {
  const known = new Map<string, LimitState | null>();
  const changed = new Map<string, CounterRow>();
  ids.forEach(({ subject, name }, index) => known.set(`${subject}\n${name}`, decodeState(states[index] ?? '')));

  const entriesOf = (charges: readonly Charge[]) =>
    charges.flatMap(({ subject, limits }) =>
      limits.map((limit) => ({ subject, limit, key: keyOf(subject, limit), state: known.get(keyOf(subject, limit)) ?? null })),
    );

  function keep({ subject, limit, key }: { subject: string; limit: Limit; key: string }, next: LimitState | null): void {
    if (next === null || next === known.get(key)) return;
    known.set(key, next);
    changed.set(key, { subject, name: nameOf(limit), state: encodeState(next), expiresAt: freeAt(limit, next) });
  }

  return {
    ask(charges, demand) {
      const entries = entriesOf(charges).map((entry) => ({ ...entry, demand }));
      const { consumption, decisions } = decideTogether(entries, demand);
      if (demand.charge) entries.forEach((entry, index) => keep(entry, decisions[index]?.next ?? null));
      return consumption;
    },
    giveBack(charges, consumed) {
      for (const entry of entriesOf(charges)) keep(entry, refund(entry.limit, entry.state, consumed));
    },
    changed: () => [...changed.values()],
  };
}

function isFree(charges: readonly Charge[]): boolean {
  return charges.every(({ limits }) => limits.length === 0);
}

function keyOf(subject: string, limit: Limit): string {
  return `${subject}\n${nameOf(limit)}`;
}

/** As the limiter in memory names its rows: the two can follow each other on one database. */
function nameOf({ name, algorithm, windowMs }: Limit): string {
  return `${name}:${algorithm}:${windowMs}`;
}
