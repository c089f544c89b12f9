/**
 * The counters of the limiter in memory: which subjects are there, which must be saved, which may be dropped.
 *
 * A subject whose counters have changed is saved within `flushMs` and dropped no sooner. Idle subjects whose
 * counters say nothing any more are dropped as time goes by; where the table is full, saved ones are as well.
 */
import { UnavailableError } from '../domain/errors.js';
import { decodeState, encodeState, type Decision, type LimitState } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';
import type { Clock } from '../ports/clock.js';
import type { CounterRow, CounterStore } from '../ports/counter-store.js';
import type { Counter, Kept, Place } from './counter-columns.js';
import { createHorizon, type Horizon } from './horizon.js';
import { createPackedCounters } from './packed-counters.js';

export interface CounterTableStats {
  readonly subjects: number;
  /** Subjects with changes that are not in the store yet. */
  readonly unsaved: number;
  readonly failedSaves: number;
}

export interface CounterTableOptions {
  readonly store: CounterStore | null;
  readonly clock: Clock;
  readonly maxSubjects: number;
  readonly flushMs: number;
}

const ROWS_PER_SAVE = 1_000;
/** Subjects that are put into order at once: some ten milliseconds. */
const ORDERED_AT_ONCE = 20_000;
/** Characters encoded and handed to the store before the event loop has its turn: a few milliseconds. */
const CHARACTERS_PER_SAVE = 256 * 1_024;
/** Subjects looked at in each round of cleaning, for each millisecond between two; and for each one that needs room. */
const SWEEP_STEPS_PER_MS = 10;
const ROOM_STEPS = 64;
/** From so many counters of a subject on, a further one takes the place of those that say nothing any more. */
const COUNTERS_KEPT = 16;
const PRUNE_EVERY_MS = 600_000;
/** Rows stay this much longer in the store, so that a clock that was ahead and is set right finds them. */
const PRUNE_MARGIN_MS = 86_400_000;
/** The row that says up to when rows were pruned; no subject has its name. */
const PRUNED = 'pruned:';

export class CounterTable {
  /** Whether counters are kept in a store; if so, a subject must be loaded before it is found. */
  readonly persistent: boolean;
  /** The latest time up to which counters were given up: by this table, or from its store. */
  readonly horizon: Horizon = createHorizon();

  readonly #options: CounterTableOptions;
  readonly #counters = createPackedCounters();
  readonly #loading = new Map<string, Promise<void>>();
  /** Subjects that have changed since they were last handed to the store. */
  readonly #unsaved = new Set<Place>();
  /** Subjects that were handed to the store, which has not answered yet. */
  readonly #beingSaved = new Set<Place>();
  #cursor: Place = 0;
  #failedSaves = 0;
  #saving: Promise<void> | null = null;
  #cancelRound: (() => void) | null = null;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #prunedAt: number;
  #knowsPruned = false;
  #closed = false;

  constructor(options: CounterTableOptions) {
    this.#options = options;
    this.#prunedAt = options.clock.monotonicMs();
    this.persistent = options.store !== null;
  }

  find(id: string): Place | undefined {
    return this.#counters.find(id);
  }

  /** The state of the limit's counter; null where it has none. */
  stateOf(subject: Place, limit: Limit): LimitState | null {
    return this.#counters.stateOf(subject, limit);
  }

  /** Makes an empty subject. Throws an UnavailableError where the table is full of counters that still count. */
  add(id: string): Place {
    if (!this.#makeRoom()) throw new UnavailableError('limiter');
    return this.#put(id, []);
  }

  /** Brings subjects in from the store, with one read for each however many wait for it. Rejects with an UnavailableError. */
  async load(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => this.#counters.find(id) === undefined && !this.#loading.has(id));
    if (missing.length > 0) {
      const read = this.#read(missing).finally(() => {
        for (const id of missing) this.#loading.delete(id);
      });
      for (const id of missing) this.#loading.set(id, read);
    }
    await Promise.all(ids.flatMap((id) => this.#loading.get(id) ?? []));
  }

  /** Keeps the state that a decision leads to, and sees to it that it is saved. */
  record(subject: Place, limit: Limit, decision: Pick<Decision, 'next' | 'resetAt'>): void {
    if (!isKept(decision)) return;
    if (!this.#counters.replace(subject, limit.name, decision)) {
      if (this.#counters.countAt(subject) >= COUNTERS_KEPT) this.#dropExpired(subject);
      this.#counters.put(subject, limit.name, decision);
    }
    if (this.persistent && !this.#unsaved.has(subject)) this.#markUnsaved(subject);
  }

  /** Saves what has changed so far. Rejects with an UnavailableError; what was not saved is tried again later. */
  async flush(): Promise<void> {
    // A save that is under way may have begun before the latest change.
    await this.#saving?.catch(() => undefined);
    if (this.#unsaved.size === 0) return;
    this.#saving ??= this.#save().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRound?.();
    await this.flush();
  }

  stats(): CounterTableStats {
    return { subjects: this.#counters.size, unsaved: this.#unsaved.size, failedSaves: this.#failedSaves };
  }

  #put(id: string, counters: readonly Counter[]): Place {
    const subject = this.#counters.add(id);
    for (const { name, state, expiresAt } of counters) this.#counters.put(subject, name, { next: state, resetAt: expiresAt });
    this.#scheduleRound();
    return subject;
  }

  async #read(ids: readonly string[]): Promise<void> {
    const found = new Map<string, Counter[]>(ids.map((id) => [id, []]));
    try {
      for (const row of (await this.#options.store?.loadCounters(this.#knowsPruned ? ids : [...ids, PRUNED])) ?? []) {
        if (row.subject === PRUNED) this.horizon.reach(Number(row.state));
        const state = decodeState(row.state);
        if (state !== null) found.get(row.subject)?.push({ name: limitNameOf(row), state, expiresAt: row.expiresAt });
      }
      this.#knowsPruned = true;
    } catch (cause) {
      throw new UnavailableError('limiter', { cause });
    }
    for (const [id, counters] of found) {
      // Where nothing can be dropped because nothing is saved, saving makes room.
      if (!this.#makeRoom()) await this.flush();
      if (!this.#makeRoom()) throw new UnavailableError('limiter');
      this.#put(id, counters);
    }
  }

  #markUnsaved(subject: Place): void {
    this.#unsaved.add(subject);
    this.#scheduleRound();
  }

  async #save(): Promise<void> {
    while (this.#unsaved.size > 0) {
      const some = this.#takeInOrder();
      for (let at = 0; at < some.length; at += ROWS_PER_SAVE) await this.#saveBatch(some.slice(at, at + ROWS_PER_SAVE));
    }
  }

  /** Returns unsaved subjects in the order in which the database keeps them: what one transaction writes lies together. */
  #takeInOrder(): readonly Place[] {
    const ids = new Map<Place, string>();
    for (const subject of this.#unsaved) {
      ids.set(subject, this.#counters.idAt(subject) ?? '');
      if (ids.size === ORDERED_AT_ONCE) break;
    }
    return [...ids].toSorted(([, a], [, b]) => (a < b ? -1 : 1)).map(([subject]) => subject);
  }

  async #saveBatch(batch: readonly Place[]): Promise<void> {
    for (const subject of batch) {
      this.#unsaved.delete(subject);
      this.#beingSaved.add(subject);
    }
    try {
      await this.#saveSubjects(batch);
    } catch (cause) {
      this.#failedSaves += 1;
      for (const subject of batch) this.#markUnsaved(subject);
      throw new UnavailableError('limiter', { cause });
    } finally {
      for (const subject of batch) this.#beingSaved.delete(subject);
    }
  }

  async #saveSubjects(subjects: readonly Place[]): Promise<void> {
    let rows: CounterRow[] = [];
    let characters = 0;
    for (const subject of subjects) {
      for (const counter of this.#counters.countersAt(subject)) {
        const row = rowOf(this.#counters.idAt(subject) ?? '', counter);
        rows.push(row);
        characters += row.state.length;
        if (rows.length < ROWS_PER_SAVE && characters < CHARACTERS_PER_SAVE) continue;
        await this.#options.store?.saveCounters(rows);
        await turn();
        rows = [];
        characters = 0;
      }
    }
    if (rows.length > 0) await this.#options.store?.saveCounters(rows);
  }

  #scheduleRound(): void {
    if (this.#cancelRound !== null || this.#closed) return;
    this.#cancelRound = this.#options.clock.schedule(this.#options.flushMs, () => void this.#round());
  }

  async #round(): Promise<void> {
    this.#cancelRound = null;
    const steps = SWEEP_STEPS_PER_MS * this.#options.flushMs;
    this.#sweep(steps, steps);
    try {
      await this.flush();
      await this.#prune();
    } catch {
      // Counted where it failed; what is unsaved stays so, and the next round tries again.
    }
    if (this.#counters.size > 0) this.#scheduleRound();
  }

  async #prune(): Promise<void> {
    const { store, clock } = this.#options;
    if (store === null || clock.monotonicMs() - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = clock.monotonicMs();
    const until = clock.now() - PRUNE_MARGIN_MS;
    this.horizon.reach(until);
    // Also for those who come after a restart: first what is given up, then giving it up.
    const row = { subject: PRUNED, name: PRUNED, state: String(this.horizon.at), expiresAt: Number.MAX_SAFE_INTEGER };
    await store.saveCounters([row]);
    await store.pruneCounters(until);
  }

  #makeRoom(): boolean {
    const { clock, maxSubjects, flushMs } = this.#options;
    if (this.#counters.size < maxSubjects || this.#sweep(ROOM_STEPS, 1) > 0) return true;
    if (this.persistent) return this.#dropSaved();
    // Looking at all of them is dear, so it is done once in a while.
    if (clock.monotonicMs() - this.#sweptAt < flushMs) return false;
    this.#sweptAt = clock.monotonicMs();
    return this.#sweep(this.#counters.end, this.#counters.end) > 0;
  }

  #dropSaved(): boolean {
    for (let step = 0; step < ROOM_STEPS; step++) {
      const subject = this.#nextPlace();
      if (this.#counters.idAt(subject) === undefined || this.#isWaiting(subject)) continue;
      this.#counters.remove(subject);
      return true;
    }
    return false;
  }

  /** Looks at the next `steps` places and drops at most `max` subjects that say nothing any more; returns how many. */
  #sweep(steps: number, max: number): number {
    const now = this.#options.clock.now();
    let dropped = 0;
    for (let step = Math.min(steps, this.#counters.end); step > 0 && dropped < max; step--) {
      const subject = this.#nextPlace();
      if (this.#counters.idAt(subject) === undefined || this.#isWaiting(subject) || !this.#counters.isOver(subject, now)) continue;
      this.#counters.remove(subject);
      dropped += 1;
    }
    // Where they are kept in a store, they are found there again.
    if (dropped > 0 && !this.persistent) this.horizon.reach(now);
    return dropped;
  }

  /** Returns whether the store still lacks the latest change of the subject's counters. */
  #isWaiting(subject: Place): boolean {
    return this.#unsaved.has(subject) || this.#beingSaved.has(subject);
  }

  #dropExpired(subject: Place): void {
    const now = this.#options.clock.now();
    if (this.#counters.dropExpired(subject, now)) this.horizon.reach(now);
  }

  /** Goes round all places, those that become used meanwhile included. */
  #nextPlace(): Place {
    this.#cursor = this.#cursor + 1 < this.#counters.end ? this.#cursor + 1 : 0;
    return this.#cursor;
  }
}

function isKept(decision: Pick<Decision, 'next' | 'resetAt'>): decision is Kept {
  return decision.next !== null;
}

function rowOf(subject: string, { name, state, expiresAt }: Counter): CounterRow {
  return { subject, name: `${name}:${state.algorithm}:${state.windowMs}`, state: encodeState(state), expiresAt };
}

/** Resolves when the event loop has been round. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function limitNameOf(row: CounterRow): string {
  return row.name.slice(0, row.name.indexOf(':'));
}
