/**
 * The counters of very many subjects in little memory: about 70 bytes for a subject with one counter, and 40 for each further one.
 *
 * A subject is the place of its first counter in the columns (counter-columns.ts), from which a chain leads to the others.
 */
import type { LimitState } from '../domain/limit-arithmetic.js';
import type { Limit } from '../domain/limit.js';
import { createCounterColumns, NOWHERE, type Counter, type Kept, type Place, type Ruled } from './counter-columns.js';

export interface PackedCounters {
  /** The number of subjects. */
  readonly size: number;
  /** Every place is below it. */
  readonly end: Place;
  find(id: string): Place | undefined;
  /** Makes a subject without a counter; it must not be there already. */
  add(id: string): Place;
  remove(subject: Place): void;
  /** The subject at a place; undefined for an empty place, and for one of a further counter. */
  idAt(place: Place): string | undefined;
  /** The state of the limit's counter, or null where there is none. */
  stateOf(subject: Place, limit: Limit): LimitState | null;
  /** Keeps the state of the counter of that name and of the state's algorithm and window, in place of the one before. */
  put(subject: Place, name: string, kept: Kept): void;
  /** As `put`, where such a counter is there; false, and nothing is kept, where it is not. */
  replace(subject: Place, name: string, kept: Kept): boolean;
  /** A copy, which later changes leave alone. */
  countersAt(subject: Place): readonly Counter[];
  countAt(subject: Place): number;
  /** Whether every counter says nothing any more at `now`. */
  isOver(subject: Place, now: number): boolean;
  /** Drops the counters that say nothing any more at `now`; returns whether there were any. */
  dropExpired(subject: Place, now: number): boolean;
}

export function createPackedCounters(): PackedCounters {
  const subjects = new Map<string, Place>();
  const columns = createCounterColumns();

  /** The place of such a counter in the chain of the subject, or `NOWHERE`. */
  function placeOf(subject: Place, name: string, ruled: Ruled): Place {
    for (let place = subject; place !== NOWHERE; place = columns.nextOf(place)) if (columns.isOf(place, name, ruled)) return place;
    return NOWHERE;
  }

  /** A place for a further counter: the subject's own where that has none, or one behind it. */
  function extend(subject: Place): Place {
    if (!columns.hasCounter(subject)) return subject;
    const place = columns.take(undefined);
    columns.lead(place, columns.nextOf(subject));
    columns.lead(subject, place);
    return place;
  }

  /** Takes all counters from the subject, which stays. */
  function clear(subject: Place): void {
    for (let place = columns.nextOf(subject); place !== NOWHERE;) {
      const next = columns.nextOf(place);
      columns.giveBack(place);
      place = next;
    }
    columns.clear(subject);
  }

  function put(subject: Place, name: string, kept: Kept): void {
    const known = placeOf(subject, name, kept.next);
    columns.write(known === NOWHERE ? extend(subject) : known, name, kept);
  }

  function countersAt(subject: Place): Counter[] {
    const counters: Counter[] = [];
    for (let place = subject; place !== NOWHERE; place = columns.nextOf(place)) {
      if (columns.hasCounter(place)) counters.push(columns.counterAt(place));
    }
    return counters;
  }

  return {
    get size() {
      return subjects.size;
    },
    get end() {
      return columns.end;
    },
    find: (id) => subjects.get(id),
    add(id) {
      const subject = columns.take(id);
      subjects.set(id, subject);
      return subject;
    },
    remove(subject) {
      const id = columns.idAt(subject);
      if (id === undefined) return;
      clear(subject);
      columns.giveBack(subject);
      subjects.delete(id);
      // Nobody is left: the memory is given back.
      if (subjects.size === 0) columns.reset();
    },
    idAt: columns.idAt,
    stateOf(subject, limit) {
      const place = placeOf(subject, limit.name, limit);
      return place === NOWHERE ? null : columns.stateAt(place);
    },
    put,
    replace(subject, name, kept) {
      const place = placeOf(subject, name, kept.next);
      if (place !== NOWHERE) columns.write(place, name, kept);
      return place !== NOWHERE;
    },
    countersAt,
    countAt(subject) {
      let count = 0;
      for (let place = subject; place !== NOWHERE; place = columns.nextOf(place)) if (columns.hasCounter(place)) count += 1;
      return count;
    },
    isOver(subject, now) {
      for (let place = subject; place !== NOWHERE; place = columns.nextOf(place)) {
        if (columns.hasCounter(place) && columns.endOf(place) > now) return false;
      }
      return true;
    },
    dropExpired(subject, now) {
      const counters = countersAt(subject);
      const live = counters.filter(({ expiresAt }) => expiresAt > now);
      if (live.length === counters.length) return false;
      clear(subject);
      for (const { name, state, expiresAt } of live) put(subject, name, { next: state, resetAt: expiresAt });
      return true;
    },
  };
}
