/**
 * A bounded memo for values that can be made again.
 *
 * domain/utilities/ owns the few containers and timers that several parts share. They know no record and no rule.
 */

/**
 * A `Map` that drops all its entries before one more than `max` is added. Entries that are in demand return at once, so
 * this needs no order of use: a hit costs the same as in a `Map`. Use `createRecentMap` where an entry is expensive to lose.
 */
export class Memo<Key, Value> extends Map<Key, Value> {
  readonly #max: number;

  /** Holds at most `max` entries. */
  constructor(max: number) {
    super();
    this.#max = max;
  }

  override set(key: Key, value: Value): this {
    if (this.size >= this.#max && !this.has(key)) this.clear();
    return super.set(key, value);
  }
}
