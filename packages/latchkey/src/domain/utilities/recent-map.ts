/** A map that keeps what was used last, by two generations: no list to maintain, and a hit costs one look-up. */

/**
 * Holds an entry at least until `generation` others were used after it, and at most twice as many entries. A full young generation becomes the old one, whose
 * entries are dropped; an entry of the old one returns to the young one when it is used. A class, because verifications read
 * one: its methods are compiled into their callers.
 */
export class RecentMap<Key, Value extends {}> {
  readonly #generation: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(generation: number) {
    this.#generation = generation;
  }

  /** Entries held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Returns the value, which from then on counts as just used; undefined for an unknown key. */
  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    return value === undefined ? this.#getOld(key) : value;
  }

  /** Keeps a value, which counts as just used. */
  set(key: Key, value: Value): void {
    this.#old.delete(key);
    this.#keep(key, value);
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #getOld(key: Key): Value | undefined {
    const value = this.#old.get(key);
    if (value === undefined) return undefined;
    this.#old.delete(key);
    this.#keep(key, value);
    return value;
  }

  #keep(key: Key, value: Value): void {
    if (this.#young.size >= this.#generation && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
