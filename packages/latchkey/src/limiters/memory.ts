/**
 * The limiter in memory: exact on one node, with no I/O and no promise for a subject that is in memory. With a
 * counter store, counters are loaded when a subject first comes and written behind, so that they survive a restart
 * (a crash loses what was counted within the last `flushMs`). The rules are those of domain/limit-arithmetic.ts.
 */
import { ConfigurationError, UnavailableError } from '../domain/errors.js';
import { decideLimit, freeAt, refund, type CountedDemand, type Decision, type Demand } from '../domain/limit-arithmetic.js';
import { optionProblems } from '../domain/unknown-options.js';
import type { Clock } from '../ports/clock.js';
import type { CounterStore } from '../ports/counter-store.js';
import type { Charge, Consumption, Limiter } from '../ports/limiter.js';
import { CounterTable, type CounterTableStats } from './counter-table.js';
import { checkCost, checkDistinct, decideTogether, readingOf, type CountedLimit } from './decide-together.js';

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

interface SubjectEntry extends CountedLimit {
  readonly id: string;
}

/** How often a call loads subjects that were dropped again before it could charge them. */
const LOADS_MAX = 8;

const OPTIONS: Readonly<Record<keyof MemoryLimiterOptions, true>> = { counters: true, clock: true, maxSubjects: true, flushMs: true };

/** Throws a ConfigurationError for options that cannot work. */
export function createMemoryLimiter(options: MemoryLimiterOptions): MemoryLimiter {
  const { counters, clock, maxSubjects = 1_000_000, flushMs = 1_000 } = options;
  const problems = optionProblems(options, OPTIONS);
  for (const [name, value] of Object.entries({ maxSubjects, flushMs }))
    if (!Number.isSafeInteger(value) || value < 1) problems.push(`${name}: use a whole number of at least 1.`);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const table = new CounterTable({ store: counters, clock, maxSubjects, flushMs });
  let closed = false;

  function answer(charges: readonly Charge[], demand: CountedDemand): Consumption | Promise<Consumption> {
    if (closed) throw new UnavailableError('limiter');
    checkCost(demand.cost);
    return decideAtOnce(table, charges, demand) ?? decideWhenLoaded(table, charges, demand);
  }

  return {
    consume: (charges, cost, now) => answer(charges, { now, cost, charge: true }),
    peek: (charges, cost, now) => answer(charges, { now, cost, charge: false }),
    refund(charges, cost, { countedAt }) {
      const missing = table.persistent ? missingSubjects(table, charges) : [];
      if (missing.length === 0) return refundAll(table, charges, { now: countedAt, cost });
      return table.load(missing).then(() => refundAll(table, charges, { now: countedAt, cost }));
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
  const state = subject === undefined ? null : table.stateOf(subject, limit);
  const decision = decideLimit(limit, state, demand);
  const { allowed, retryAfterMs } = decision;
  if (decision.next !== state) table.record(subject ?? table.add(first.subject), limit, decision);
  return {
    allowed,
    readings: [readingOf(limit, decision)],
    retryAfterMs: allowed ? null : retryAfterMs,
    degraded: false,
    countedAt: demand.now,
  };
}

function decideAll(table: CounterTable, charges: readonly Charge[], asked: CountedDemand): Consumption | null {
  if (table.persistent && missingSubjects(table, charges).length > 0) return null;
  const entries = entriesOf(table, charges, asked);
  const { consumption, decisions, charged } = decideTogether(entries, asked);
  if (charged) reserve(table, charges);
  if (asked.charge) keep(table, entries, decisions);
  return consumption;
}

function keep(table: CounterTable, entries: readonly SubjectEntry[], decisions: readonly Decision[]): void {
  entries.forEach(({ id, limit, state }, index) => {
    const decision = decisions[index];
    const subject = table.find(id);
    if (decision !== undefined && decision.next !== state && subject !== undefined) table.record(subject, limit, decision);
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

function entriesOf(table: CounterTable, charges: readonly Charge[], demand: CountedDemand): SubjectEntry[] {
  checkDistinct(charges);
  return charges.flatMap(({ subject: id, limits }) => {
    const subject = table.find(id);
    return limits.map((limit) => {
      const state = subject === undefined ? null : table.stateOf(subject, limit);
      return entryOf(table, { id, limit, state, demand });
    });
  });
}

/** Where the clock has been set back behind what was given up, the time or the state that the table knows instead. */
function entryOf(table: CounterTable, entry: SubjectEntry): SubjectEntry {
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
      const state = subject === undefined ? null : table.stateOf(subject, limit);
      const next = refund(limit, state, consumed);
      if (subject === undefined || next === null || next === state) continue;
      table.record(subject, limit, { next, resetAt: freeAt(limit, next) });
    }
  }
}
