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
import { createHorizon, type Horizon } from './horizon.js';

/** The counters of one subject. A limit's counter is known by its name, algorithm and window. */
export interface Subject {
  readonly id: string;
  readonly counters: Counter[];
  /** Changed since it was last handed to the store. */
  unsaved: boolean;
  /** Handed to the store, which has not answered yet. */
  saving: boolean;
}

export interface Counter {
  readonly name: string;
  state: LimitState;
  /** Epoch milliseconds from which the state says nothing any more. */
  expiresAt: number;
}

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
  readonly #subjects = new Map<string, Subject>();
  readonly #loading = new Map<string, Promise<void>>();
  #unsaved: Subject[] = [];
  #cursor = this.#subjects.values();
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

  find(id: string): Subject | undefined {
    return this.#subjects.get(id);
  }

  /** Makes an empty subject. Throws an UnavailableError where the table is full of counters that still count. */
  add(id: string): Subject {
    if (!this.#makeRoom()) throw new UnavailableError('limiter');
    return this.#put(id, []);
  }

  /** Brings subjects in from the store, with one read for each however many wait for it. Rejects with an UnavailableError. */
  async load(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !this.#subjects.has(id) && !this.#loading.has(id));
    if (missing.length > 0) {
      const read = this.#read(missing).finally(() => {
        for (const id of missing) this.#loading.delete(id);
      });
      for (const id of missing) this.#loading.set(id, read);
    }
    await Promise.all(ids.flatMap((id) => this.#loading.get(id) ?? []));
  }

  /** Keeps the state that a decision leads to, and sees to it that it is saved. */
  record(subject: Subject, limit: Limit, { next, resetAt }: Pick<Decision, 'next' | 'resetAt'>): void {
    if (next === null) return;
    const counter = counterOf(subject, limit);
    if (counter === undefined) {
      if (subject.counters.length >= COUNTERS_KEPT) this.#dropExpired(subject);
      subject.counters.push({ name: limit.name, state: next, expiresAt: resetAt });
    } else {
      counter.state = next;
      counter.expiresAt = resetAt;
    }
    if (this.persistent && !subject.unsaved) this.#markUnsaved(subject);
  }

  /** Saves what has changed so far. Rejects with an UnavailableError; what was not saved is tried again later. */
  async flush(): Promise<void> {
    // A save that is under way may have begun before the latest change.
    await this.#saving?.catch(() => undefined);
    if (this.#unsaved.length === 0) return;
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
    return { subjects: this.#subjects.size, unsaved: this.#unsaved.length, failedSaves: this.#failedSaves };
  }

  #put(id: string, counters: Counter[]): Subject {
    const subject = { id, counters, unsaved: false, saving: false };
    this.#subjects.set(id, subject);
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

  #markUnsaved(subject: Subject): void {
    subject.unsaved = true;
    this.#unsaved.push(subject);
    this.#scheduleRound();
  }

  async #save(): Promise<void> {
    // In the order in which the database keeps them: what one transaction writes lies together.
    this.#unsaved.sort((a, b) => (a.id < b.id ? -1 : 1));
    while (this.#unsaved.length > 0) {
      const batch = this.#unsaved.slice(0, ROWS_PER_SAVE);
      this.#unsaved = this.#unsaved.slice(ROWS_PER_SAVE);
      for (const subject of batch) {
        subject.unsaved = false;
        subject.saving = true;
      }
      try {
        await this.#saveSubjects(batch);
      } catch (cause) {
        this.#failedSaves += 1;
        for (const subject of batch) if (!subject.unsaved) this.#markUnsaved(subject);
        throw new UnavailableError('limiter', { cause });
      } finally {
        for (const subject of batch) subject.saving = false;
      }
    }
  }

  async #saveSubjects(subjects: readonly Subject[]): Promise<void> {
    let rows: CounterRow[] = [];
    let characters = 0;
    for (const subject of subjects) {
      // Copied, as calls may add and drop counters while a part is being saved.
      for (const counter of subject.counters.slice()) {
        const row = rowOf(subject, counter);
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
    if (this.#subjects.size > 0) this.#scheduleRound();
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
    if (this.#subjects.size < maxSubjects || this.#sweep(ROOM_STEPS, 1) > 0) return true;
    if (this.persistent) return this.#dropSaved();
    // Looking at all of them is dear, so it is done once in a while.
    if (clock.monotonicMs() - this.#sweptAt < flushMs) return false;
    this.#sweptAt = clock.monotonicMs();
    return this.#sweep(this.#subjects.size, this.#subjects.size) > 0;
  }

  #dropSaved(): boolean {
    for (let step = 0; step < ROOM_STEPS; step++) {
      const subject = this.#nextSubject();
      if (subject !== undefined && !subject.unsaved && !subject.saving) return this.#subjects.delete(subject.id);
    }
    return false;
  }

  /** Looks at the next `steps` subjects and drops at most `max` that say nothing any more; returns how many. */
  #sweep(steps: number, max: number): number {
    const now = this.#options.clock.now();
    let dropped = 0;
    for (let step = Math.min(steps, this.#subjects.size); step > 0 && dropped < max; step--) {
      const subject = this.#nextSubject();
      if (subject === undefined || subject.unsaved || subject.saving) continue;
      if (!subject.counters.every((counter) => counter.expiresAt <= now)) continue;
      this.#subjects.delete(subject.id);
      dropped += 1;
    }
    // Where they are kept in a store, they are found there again.
    if (dropped > 0 && !this.persistent) this.horizon.reach(now);
    return dropped;
  }

  #dropExpired(subject: Subject): void {
    const now = this.#options.clock.now();
    const live = subject.counters.filter((counter) => counter.expiresAt > now);
    if (live.length < subject.counters.length) this.horizon.reach(now);
    subject.counters.splice(0, subject.counters.length, ...live);
  }

  /** Goes round all subjects, those that come and go meanwhile included. */
  #nextSubject(): Subject | undefined {
    const next = this.#cursor.next();
    if (next.done !== true) return next.value;
    this.#cursor = this.#subjects.values();
    return this.#cursor.next().value;
  }
}

/** The counter of a limit: that of its name, algorithm and window, so that limits of one name cannot reset each other. */
export function counterOf({ counters }: Subject, limit: Limit): Counter | undefined {
  for (const counter of counters) {
    const { state } = counter;
    if (counter.name === limit.name && state.windowMs === limit.windowMs && state.algorithm === limit.algorithm) return counter;
  }
  return undefined;
}

function rowOf({ id }: Subject, { name, state, expiresAt }: Counter): CounterRow {
  return { subject: id, name: `${name}:${state.algorithm}:${state.windowMs}`, state: encodeState(state), expiresAt };
}

/** Resolves when the event loop has been round. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function limitNameOf(row: CounterRow): string {
  return row.name.slice(0, row.name.indexOf(':'));
}
