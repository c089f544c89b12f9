// @ts-check
/**
 * The database that all nodes share: a real SQLite store in memory, of which a transaction of a renewal is made to look as it
 * does on a database with snapshots. What it reads it reads at one instant; what it writes is seen by others only when
 * it commits, a while later, and who wants to delete its row waits for that.
 *
 * @typedef {import('../packages/latchkey/dist/ports/storage.js').Storage} Storage
 * @typedef {import('../packages/latchkey/dist/ports/node-store.js').NodeRecord} NodeRecord
 * @typedef {import('../packages/latchkey/dist/ports/node-store.js').Renewal} Renewal
 * @typedef {import('../packages/latchkey/dist/ports/node-store.js').Renewed} Renewed
 * @typedef {import('./world.js').World} World
 * @typedef {import('./random.js').Random} Random
 * @typedef {{ staleReads?: boolean, gapsInOrder?: boolean, nodesBeforeCommit?: boolean }} Flaws
 */

/**
 * @param {World} world
 * @param {Random} random
 * @param {{ storage: Storage, commitMs: number, flaws: Flaws, onInsert: () => void }} options
 */
export function createAuthority(world, random, { storage, commitMs, flaws, onInsert }) {
  /** What others still see of rows whose transaction has not committed. @type {Map<string, NodeRecord | null>} */
  const hidden = new Map();
  /** @type {Map<string, (() => Promise<void>)[]>} */
  const waiting = new Map();
  /** @type {readonly NodeRecord[]} */
  let beforeChange = [];
  /** @type {readonly NodeRecord[]} */
  let seenLast = [];
  /** @type {Map<string, { at: number, answer: unknown }[]>} */
  const replica = new Map();
  let up = true;

  async function visibleNodes() {
    const rows = await storage.nodes.listNodes();
    return rows.flatMap((row) => (hidden.has(row.id) ? [hidden.get(row.id) ?? []].flat() : [row]));
  }

  /** Once the transaction on the row of the node has committed. @param {string} id @param {() => Promise<void>} run */
  function committed(id, run) {
    waiting.set(id, [...(waiting.get(id) ?? []), run]);
  }

  return {
    get up() {
      return up;
    },
    /** @param {boolean} is */
    setUp(is) {
      up = is;
    },

    /** When a change is asked for: the flaw goes by what was read when the one before was. */
    async noteNodes() {
      beforeChange = seenLast;
      seenLast = await visibleNodes();
    },

    /** @param {Renewal} renewal @returns {Promise<{ answer: Renewed, afterMs: number }>} */
    async renew(renewal) {
      // A second transaction on a row waits for the first, as a repeated message makes one.
      while (hidden.has(renewal.id)) await new Promise((resolve) => committed(renewal.id, async () => resolve(undefined)));
      const before = (await visibleNodes()).find(({ id }) => id === renewal.id) ?? null;
      const told = await storage.nodes.renew(renewal);
      const gap = flaws.gapsInOrder && told.events !== null && told.events.length > 1;
      const answer = gap ? { ...told, events: told.events.slice(1) } : told;
      const afterMs = random.chance(0.5) ? 0 : random.between(0, commitMs);
      if (before === null) onInsert();
      if (afterMs > 0 && !hidden.has(renewal.id)) {
        hidden.set(renewal.id, before);
        world.after(afterMs, async () => {
          hidden.delete(renewal.id);
          const blocked = waiting.get(renewal.id) ?? [];
          waiting.delete(renewal.id);
          for (const run of blocked) await run();
        });
      }
      return { answer, afterMs };
    },

    /** @param {string} id @param {number} [renewal] @returns {Promise<void>} */
    async removeNode(id, renewal) {
      if (!hidden.has(id)) return storage.nodes.removeNode(id, renewal);
      // No row that others see: there is nothing to delete yet, and nothing to wait for.
      if (hidden.get(id) === null) return undefined;
      return new Promise((resolve, reject) => {
        committed(id, async () => storage.nodes.removeNode(id, renewal).then(resolve, reject));
      });
    },

    async listNodes() {
      const now = await visibleNodes();
      if (!flaws.nodesBeforeCommit) return now;
      return beforeChange.map((row) => now.find(({ id }) => id === row.id) ?? row);
    },

    /** @param {readonly import('../packages/latchkey/dist/domain/digest.js').Digest[]} digests */
    async findByDigests(digests) {
      const answer = await storage.keys.findByDigests(digests);
      if (!flaws.staleReads) return answer;
      const seen = replica.get(digests[0]?.toString() ?? '') ?? [];
      seen.push({ at: world.now, answer });
      replica.set(digests[0]?.toString() ?? '', seen);
      const lagged = /** @type {typeof answer | undefined} */ (seen.find(({ at }) => at >= world.now - 300)?.answer);
      return lagged === undefined ? answer : lagged;
    },
  };
}

/** @typedef {ReturnType<typeof createAuthority>} Authority */
