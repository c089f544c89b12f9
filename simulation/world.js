// @ts-check
/**
 * True time, which nobody in a run can read: what happens next, and the machines whose clocks run wrong. One step happens at an
 * instant, and all that it leads to at once is over before the next: a run is the same whenever it is made.
 *
 * @typedef {{ readonly at: number, readonly order: number, readonly run: () => unknown }} Step
 */

export function createWorld() {
  /** @type {Step[]} */
  const heap = [];
  let now = 0;
  let order = 0;
  let steps = 0;

  return {
    /** True milliseconds since the run began. */
    get now() {
      return now;
    },
    /** Tells steps of the same instant apart. */
    get steps() {
      return steps;
    },
    /**
     * @param {number} afterMs
     * @param {() => unknown} run
     * @returns {() => void} what cancels it
     */
    after(afterMs, run) {
      let cancelled = false;
      push(heap, { at: now + Math.max(0, afterMs), order: order++, run: () => (cancelled ? undefined : run()) });
      return () => {
        cancelled = true;
      };
    },
    /** @param {number} until */
    async runUntil(until) {
      for (let step = pop(heap, until); step !== undefined; step = pop(heap, until)) {
        now = step.at;
        steps += 1;
        step.run();
        await everythingAtOnce();
      }
      now = until;
    },
  };
}

/** @typedef {ReturnType<typeof createWorld>} World */

/** What is waited for without any time passing has all happened when the event loop has been round. */
function everythingAtOnce() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @param {Step} a @param {Step} b */
function isBefore(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** @param {Step[]} heap @param {Step} step */
function push(heap, step) {
  let index = heap.push(step) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(step, /** @type {Step} */ (heap[parent]))) break;
    heap[index] = /** @type {Step} */ (heap[parent]);
    index = parent;
  }
  heap[index] = step;
}

/** @param {Step[]} heap @param {number} until @returns {Step | undefined} */
function pop(heap, until) {
  const first = heap[0];
  if (first === undefined || first.at > until) return undefined;
  const last = /** @type {Step} */ (heap.pop());
  if (heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child = right < heap.length && isBefore(/** @type {Step} */ (heap[right]), /** @type {Step} */ (heap[left])) ? right : left;
    if (!isBefore(/** @type {Step} */ (heap[child]), last)) break;
    heap[index] = /** @type {Step} */ (heap[child]);
    index = child;
  }
  heap[index] = last;
  return first;
}
