// @ts-check
/**
 * The way from one machine to the database: it delays, loses and repeats what is sent, and may be cut: both ways, only for what
 * is asked from now on, or only for leases. Who waits for an answer that never
 * comes is told so after a while, as a driver with a timeout would.
 *
 * @typedef {import('../packages/latchkey/dist/ports/storage.js').Storage} Storage
 * @typedef {import('./authority.js').Authority} Authority
 * @typedef {import('./machine.js').Machine} Machine
 * @typedef {import('./random.js').Random} Random
 * @typedef {import('./world.js').World} World
 * @typedef {{ loss: number, repeat: number, delayMs: number, timeoutMs: number, hints: boolean }} Weather
 */
import { UnavailableError } from '../packages/latchkey/dist/index.js';

/**
 * @param {World} world
 * @param {Random} random
 * @param {{ machine: Machine, authority: Authority, storage: Storage, weather: Weather, onCommit: () => void }} ends
 */
export function createLink(world, random, { machine, authority, storage, weather, onCommit }) {
  const cutUntil = { all: 0, asking: 0, leases: 0 };
  let silentAfterRenewalMs = 0;
  /** @type {Set<() => void>} */
  const listeners = new Set();

  const isCut = () => world.now < cutUntil.all || !authority.up;
  const delay = () => (random.chance(0.7) ? random.between(0, weather.delayMs / 10) : random.between(0, weather.delayMs));

  /**
   * @template T
   * @param {() => Promise<T>} run
   * @param {{ repeatable?: boolean, afterMs?: (answer: T) => number, lease?: boolean }} [how]
   * @returns {Promise<T>}
   */
  function ask(run, { repeatable = false, afterMs = () => 0, lease = false } = {}) {
    return new Promise((resolve, reject) => {
      world.after(weather.timeoutMs, () => machine.wake(() => reject(new UnavailableError('store'))));
      if (world.now < cutUntil.asking || (lease && world.now < cutUntil.leases)) return;
      const arrive = () => {
        if (isCut() || random.chance(weather.loss)) return;
        /** @param {() => void} answer @param {number} ms */
        const reply = (answer, ms) => {
          if (random.chance(weather.loss)) return;
          world.after(ms + delay(), () => (isCut() ? undefined : machine.wake(answer)));
        };
        run().then(
          (answer) => reply(() => resolve(answer), afterMs(answer)),
          (error) => reply(() => reject(error), 0),
        );
      };
      world.after(delay(), arrive);
      if (repeatable && random.chance(weather.repeat)) world.after(delay() + random.between(0, weather.delayMs * 3), arrive);
    });
  }

  /** @template {object} Port @param {Port} port @returns {Port} */
  function over(port) {
    const entries = Object.entries(port).map(([name, method]) => [
      name,
      (/** @type {unknown[]} */ ...args) => ask(async () => method(...args)),
    ]);
    return /** @type {Port} */ (Object.fromEntries(entries));
  }

  /** @type {Storage} */
  const linked = {
    keys: {
      ...over(storage.keys),
      findByDigests: (digests) => ask(() => authority.findByDigests(digests)),
      change: async (work) => {
        await authority.noteNodes();
        return ask(async () => {
          const before = await storage.nodes.readPlace();
          const value = await storage.keys.change(work);
          if ((await storage.nodes.readPlace()) > before) onCommit();
          return value;
        });
      },
    },
    catalog: over(storage.catalog),
    events: over(storage.events),
    credits: over(storage.credits),
    counters: over(storage.counters),
    sharedCounters: storage.sharedCounters,
    // Figures are no part of what is tried here.
    census: over(storage.census),
    sessions: over(storage.sessions),
    usage: { ...over(storage.usage), recordUsage: async () => undefined },
    nodes: {
      renew: async (renewal) => {
        const { answer } = await ask(() => authority.renew(renewal), { repeatable: true, lease: true, afterMs: ({ afterMs }) => afterMs });
        if (silentAfterRenewalMs > 0) cutUntil.asking = world.now + silentAfterRenewalMs;
        silentAfterRenewalMs = 0;
        return answer;
      },
      acknowledge: (id, applied) => ask(() => storage.nodes.acknowledge(id, applied), { repeatable: true, lease: true }),
      listNodes: () => ask(() => authority.listNodes(), { lease: true }),
      removeNode: (id, renewal) => ask(() => authority.removeNode(id, renewal), { repeatable: true }),
      readPlace: () => ask(() => storage.nodes.readPlace()),
      listen(hint) {
        listeners.add(hint);
        return () => void listeners.delete(hint);
      },
    },
    check: () => ask(() => storage.check()),
    close: async () => undefined,
  };

  return {
    storage: linked,
    /** @param {keyof typeof cutUntil} what @param {number} ms */
    cut(what, ms) {
      cutUntil[what] = Math.max(cutUntil[what], world.now + ms);
    },
    /** Nothing is asked any more once the lease has been renewed: the node that is hardest to do without. @param {number} ms */
    silenceAfterRenewal(ms) {
      silentAfterRenewalMs = ms;
    },
    /** Somebody has changed something. */
    hint() {
      if (!weather.hints || isCut() || random.chance(weather.loss)) return;
      world.after(delay(), () => machine.wake(() => listeners.forEach((hint) => hint())));
    },
  };
}

/** @typedef {ReturnType<typeof createLink>} Link */
