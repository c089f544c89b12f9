// @ts-check
/**
 * Everything of a run that is left to chance, from one seed (Mulberry32, T. Ettinger, public domain).
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = (seed * 2_654_435_761) >>> 0;

  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    next,
    /** @param {number} probability */
    chance: (probability) => next() < probability,
    /** @param {number} from @param {number} until */
    between: (from, until) => from + next() * (until - from),
    /** @param {number} count */
    below: (count) => Math.floor(next() * count),
    /** @template T @param {readonly T[]} items @returns {T} */
    pick: (items) => /** @type {T} */ (items[Math.floor(next() * items.length)]),
    /** @param {number} length */
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
}

/** @typedef {ReturnType<typeof createRandom>} Random */
