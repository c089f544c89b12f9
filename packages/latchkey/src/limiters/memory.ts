/**
 * The limiter in memory: exact on one node, with no I/O and no promise for a subject that is in memory. With a
 * counter store, counters are loaded when a subject first comes and written behind, so that they survive a restart
 * (a crash loses what was counted within the last `flushMs`). The rules are those of domain/limit-arithmetic.ts.
 */
import { InvalidInputError, UnavailableError } from '../domain/errors.js';
import {
  decide,
  freeAt,
  peek,
  refund,
  type CountedDemand,
  type Decision,
  type Demand,
  type LimitState,
} from '../domain/limit-arithmetic.js';
import type { Limit, LimitReading } from '../domain/limit.js';
import type { Clock } from '../ports/clock.js';
import type { CounterStore } from '../ports/counter-store.js';
import type { Charge, Consumption, Limiter } from '../ports/limiter.js';
import { CounterTable, counterOf, type CounterTableStats } from './counter-table.js';

export interface MemoryLimiterOptions {
  /** Where counters are kept; null: they are gone when the process is. */
  readonly counters: CounterStore | null;
  readonly clock: Clock;
  /**
   * Subjects kept at once, by default 1 000 000. Beyond it, saved ones make room; without a store, or while it
   * fails, calls for further subjects reject with an UnavailableError.
   */
  readonly maxSubjects?: number | undefined;
  /** How soon a change is written behind, in milliseconds; by default 1 000. */
  readonly flushMs?: number | undefined;
}

export interface MemoryLimiter extends Limiter {
  /** Saves what has changed so far; rejects with an UnavailableError where that failed, and it is tried again later. */
  flush(): Promise<void>;
  stats(): CounterTableStats;
}

/** A limit of the call, with the state that it is decided by. */
interface Entry {
  readonly id: string;
  readonly limit: Limit;
  readonly state: LimitState | null;
  readonly demand: CountedDemand;
}

/** How often a call loads subjects that were dropped again before it could charge them. */
const LOADS_MAX = 8;

export function createMemoryLimiter(options: MemoryLimiterOptions): MemoryLimiter {
  const { counters, clock, maxSubjects = 1_000_000, flushMs = 1_000 } = options;
  const table = new CounterTable({ store: counters, clock, maxSubjects, flushMs });
  let closed = false;

  function answer(charges: readonly Charge[], demand: CountedDemand): Consumption | Promise<Consumption> {
    if (closed) throw new UnavailableError('limiter');
    if (!Number.isSafeInteger(demand.cost) || demand.cost < 0) {
      throw new InvalidInputError([{ pointer: '/cost', message: 'Use an integer of at least 0.' }]);
    }
    return decideAtOnce(table, charges, demand) ?? decideWhenLoaded(table, charges, demand);
  }

  return {
    consume: (charges, cost, now) => answer(charges, { now, cost, charge: true }),
    peek: (charges, cost, now) => answer(charges, { now, cost, charge: false }),
    refund(charges, cost, consumedAt) {
      const missing = table.persistent ? missingSubjects(table, charges) : [];
      if (missing.length === 0) return refundAll(table, charges, { now: consumedAt, cost });
      return table.load(missing).then(() => refundAll(table, charges, { now: consumedAt, cost }));
    },
    flush: () => table.flush(),
    async close() {
      closed = true;
      await table.close();
    },
    stats: () => table.stats(),
  };
}

/** The answer, given and charged in one synchronous step; null where a subject is to be loaded first. */
function decideAtOnce(table: CounterTable, charges: readonly Charge[], demand: CountedDemand): Consumption | null {
  // By index: an iterator for each of these lists would cost as much as the decision.
  const first = charges[0];
  const limit = first?.limits[0];
  if (first === undefined || limit === undefined || charges.length > 1 || first.limits.length > 1 || demand.now < table.horizon.at)
    return decideAll(table, charges, demand);
  const subject = table.find(first.subject);
  if (subject === undefined && table.persistent) return null;
  const counter = subject === undefined ? undefined : counterOf(subject, limit);
  const state = counter === undefined ? null : counter.state;
  const decision = decide(limit, state, demand);
  const { allowed, retryAfterMs } = decision;
  if (decision.next !== state) table.record(subject ?? table.add(first.subject), limit, decision);
  return { allowed, readings: [reading(limit, decision)], retryAfterMs: allowed ? null : retryAfterMs, degraded: false };
}

function decideAll(table: CounterTable, charges: readonly Charge[], asked: CountedDemand): Consumption | null {
  if (table.persistent && missingSubjects(table, charges).length > 0) return null;
  const entries = entriesOf(table, charges, asked);
  const peeked = entries.map(({ limit, state, demand }) => peek(limit, state, demand));
  const charged = asked.charge && asked.cost > 0 && peeked.every((decision) => decision.allowed);
  if (charged) reserve(table, charges);
  const decisions = charged ? entries.map(({ limit, state, demand }) => decide(limit, state, demand)) : peeked;
  if (asked.charge) keep(table, entries, decisions);
  return consumption(entries, decisions, asked.now);
}

/** Keeps what the decisions lead to; where nothing was charged, that states too far ahead of time are not believed. */
function keep(table: CounterTable, entries: readonly Entry[], decisions: readonly Decision[]): void {
  entries.forEach(({ id, limit, state, demand }, index) => {
    const made = decisions[index];
    const decision = made === undefined || made.next === state ? decide(limit, state, { ...demand, cost: 0 }) : made;
    const subject = table.find(id);
    if (decision.next !== state && subject !== undefined) table.record(subject, limit, decision);
  });
}

async function decideWhenLoaded(table: CounterTable, charges: readonly Charge[], demand: CountedDemand): Promise<Consumption> {
  for (let loads = 0; loads < LOADS_MAX; loads++) {
    await table.load(missingSubjects(table, charges));
    const answer = decideAtOnce(table, charges, demand);
    if (answer !== null) return answer;
  }
  throw new UnavailableError('limiter');
}

function missingSubjects(table: CounterTable, charges: readonly Charge[]): string[] {
  const missing: string[] = [];
  for (const { subject } of charges) if (table.find(subject) === undefined) missing.push(subject);
  return missing;
}

/** Every limit of every charge. One that stands twice would be charged twice and checked once: it is refused. */
function entriesOf(table: CounterTable, charges: readonly Charge[], demand: CountedDemand): Entry[] {
  const entries: Entry[] = [];
  for (const { subject: id, limits } of charges) {
    const subject = table.find(id);
    for (const limit of limits) {
      if (entries.some((entry) => entry.id === id && entry.limit.name === limit.name)) {
        throw new InvalidInputError([{ pointer: '/limits', message: 'Use each name once among the limits of a subject.' }]);
      }
      const counter = subject === undefined ? undefined : counterOf(subject, limit);
      entries.push(entryOf(table, { id, limit, state: counter?.state ?? null, demand }));
    }
  }
  return entries;
}

/** Where the clock has been set back behind what was given up, the time or the state that the table knows instead. */
function entryOf(table: CounterTable, entry: Entry): Entry {
  const { limit, state, demand } = entry;
  if (demand.now >= table.horizon.at) return entry;
  const { now, missing } = table.horizon.behind(limit, demand.now);
  return { ...entry, state: state ?? missing, demand: { ...demand, now } };
}

/** Makes the subjects that are missing, all of them before anything is charged. */
function reserve(table: CounterTable, charges: readonly Charge[]): void {
  for (const id of missingSubjects(table, charges)) if (table.find(id) === undefined) table.add(id);
  // In a table that is all but full, room for one may have been made at the cost of another.
  if (missingSubjects(table, charges).length > 0) throw new UnavailableError('limiter');
}

function refundAll(table: CounterTable, charges: readonly Charge[], consumed: Demand): void {
  for (const { subject: id, limits } of charges) {
    const subject = table.find(id);
    for (const limit of limits) {
      const counter = subject === undefined ? undefined : counterOf(subject, limit);
      const next = refund(limit, counter?.state ?? null, consumed);
      if (subject === undefined || next === null || next === counter?.state) continue;
      table.record(subject, limit, { next, resetAt: freeAt(limit, next) });
    }
  }
}

function consumption(entries: readonly Entry[], decisions: readonly Decision[], now: number): Consumption {
  const allowed = decisions.every((decision) => decision.allowed);
  let retryAfterMs: number | null = allowed ? null : 0;
  decisions.forEach((decision, index) => {
    if (decision.allowed || retryAfterMs === null) return;
    const lagMs = (entries[index] as Entry).demand.now - now;
    retryAfterMs = decision.retryAfterMs === null ? null : Math.max(retryAfterMs, decision.retryAfterMs + lagMs);
  });
  const readings = decisions.map((decision, index) => reading((entries[index] as Entry).limit, decision));
  return { allowed, readings, retryAfterMs, degraded: false };
}

function reading({ name, limit, algorithm, windowMs }: Limit, { remaining, resetAt }: Decision): LimitReading {
  return { name, limit, remaining, resetAt, algorithm, windowMs };
}
