// @ts-check
/**
 * One run: some nodes of the shipped engine on one database, in bad weather, asked about keys all the time, while authority is
 * taken away from one key after another. What must never be seen: a verification that began after such a change was
 * answered, and was valid by what was true before it.
 *
 * @typedef {import('../packages/latchkey/dist/ports/storage.js').Storage} Storage
 * @typedef {import('../packages/latchkey/dist/index.js').Latchkey} Latchkey
 * @typedef {import('./changes.js').Key} Key
 * @typedef {import('./changes.js').TakingAway} TakingAway
 * @typedef {import('./machine.js').Machine} Machine
 * @typedef {import('./link.js').Link} Link
 * @typedef {{ machine: Machine, link: Link, latchkey: Latchkey | null, abandon: Set<() => void> }} Node
 * @typedef {{ key: Key, taking: TakingAway, answeredAt: number | null }} Change
 * @typedef {{ seed: number, verifications: number, changes: number, violations: string[], longestWaitMs: number, lapsed: number, pending: number }} Report
 */
import { joinByLease } from '../packages/latchkey/dist/cluster/index.js';
import { createEngine, readSettings } from '../packages/latchkey/dist/internal/index.js';
import { createMemoryLimiter } from '../packages/latchkey/dist/limiters/memory.js';
import { createAuthority } from './authority.js';
import { CHANGES } from './changes.js';
import { createLink } from './link.js';
import { createMachine } from './machine.js';
import { createRandom } from './random.js';
import { createWorld } from './world.js';

const RUN_MS = 45_000;
const SLOW_HASHES = { matches: async () => false };

/**
 * @param {number} seed
 * @param {{ storage: Storage, issue: (owner: string) => Promise<Key>, wallStart: number, flaws: import('./authority.js').Flaws }} shared
 * @returns {Promise<Report>}
 */
export async function runSeed(seed, { storage, issue, wallStart, flaws }) {
  const random = createRandom(seed);
  const world = createWorld();
  const conditions = drawConditions(random);
  const authority = createAuthority(world, random, { storage, commitMs: conditions.commitMs, flaws, onInsert });
  const keys = await Promise.all(Array.from({ length: 12 }, (_, index) => issue(`owner-${seed}-${index}`)));
  /** @type {Node[]} */
  const nodes = [];
  /** @type {Change[]} */
  const changes = [];
  /** @type {Report} */
  const report = { seed, verifications: 0, changes: 0, violations: [], longestWaitMs: 0, lapsed: 0, pending: 0 };
  let order = 0;

  function addNode() {
    const machine = createMachine(world, {
      rate: conditions.rate(),
      wallStart: wallStart + (conditions.slowClocks && random.chance(0.5) ? -60_000 : random.between(-2_000, 2_000)),
    });
    const link = createLink(world, random, { machine, authority, storage, weather: conditions.weather, onCommit });
    /** @type {Node} */
    const node = { machine, link, latchkey: null, abandon: new Set() };
    nodes.push(node);
    void start(node);
  }

  /** @param {Node} node */
  async function start(node) {
    const { clock } = node.machine;
    const entropy = { bytes: random.bytes };
    const join = joinByLease({
      nodes: node.link.storage.nodes,
      entropy,
      label: 'simulated',
      version: '0',
      leaseMs: conditions.leaseMs(),
      pollMs: 1_000,
    });
    const limiter = createMemoryLimiter({ counters: null, clock });
    try {
      const parts = { storage: node.link.storage, limiter, clock, entropy, slowHashes: SLOW_HASHES, join };
      node.latchkey = await createEngine(parts, readSettings({ leaseMs: 5_000 }));
    } catch {
      if (node.machine.alive) world.after(500, () => node.machine.wake(() => start(node)));
    }
  }

  function onCommit() {
    for (const { link } of nodes) link.hint();
    // When something has changed, and not everybody knows it yet, is when trouble does most.
    for (const node of nodes) if (random.chance(conditions.troubleAtCommit)) random.pick(troublesOf(node))(random.between(500, 9_000));
    if (random.chance(conditions.killAtCommit)) kill(random.pick(nodes));
  }

  /** @param {Node} node @returns {((ms: number) => void)[]} */
  function troublesOf({ link, machine }) {
    return [
      (ms) => link.cut('all', ms),
      (ms) => link.cut('asking', ms),
      (ms) => link.cut('leases', ms),
      (ms) => link.silenceAfterRenewal(ms),
      (ms) => machine.pause(ms),
      // A machine that slept and whose clock was then set back by as much shows nobody that time has passed.
      (ms) => {
        if (conditions.sleeps) machine.sleep(ms);
        else world.after(ms / 3, () => machine.stepWallClock(random.between(-5_000, 1_500)));
      },
    ];
  }

  /** @param {Node} node */
  function kill(node) {
    if (!node.machine.alive) return;
    node.machine.kill();
    for (const abandon of node.abandon) abandon();
    world.after(random.between(100, 3_000), addNode);
  }

  /** @param {Node} node @param {Key} key @param {import('./changes.js').Question} question */
  async function verify(node, key, question) {
    const { latchkey } = node;
    if (latchkey === null) return;
    const begun = ++order;
    report.verifications += 1;
    const verdict = await latchkey.verify(key.token, question);
    if (!verdict.valid || verdict.degraded) return;
    for (const change of changes) {
      const forbids = sameTarget(change, key) && change.answeredAt !== null && change.answeredAt < begun;
      if (forbids && covers(question, change.taking.question)) {
        report.violations.push(
          `valid on node ${nodes.indexOf(node)} after "${change.taking.name}" was answered, at ${world.now.toFixed(1)} ms`,
        );
      }
    }
  }

  /** Puts every question that could show a breach, to every node, now and for as long as a lease may last. @param {Change} change */
  function probe({ key, taking }) {
    for (const node of nodes) {
      for (const afterMs of [0, 1, 30, 200, 600, 1_500, 3_000, 4_500, 6_000]) {
        world.after(afterMs + random.between(0, afterMs / 4), () => node.machine.wake(() => void verify(node, key, taking.question)));
      }
    }
  }

  /** @param {Change} change */
  async function carryOut(change) {
    for (let attempt = 0; attempt < 12; attempt++) {
      const node = random.pick(nodes);
      const { latchkey, machine } = node;
      if (latchkey === null || !machine.alive) {
        await new Promise((resolve) => void world.after(200, () => resolve(undefined)));
        continue;
      }
      const begunAt = world.now;
      try {
        const answer = await whileAlive(node, () => change.taking.make(latchkey, change.key));
        // What is not confirmed is promised to nobody: whoever wants to be sure asks again.
        if (/** @type {any} */ (answer).propagation.pending.length > 0) {
          report.pending += 1;
          continue;
        }
        change.answeredAt ??= ++order;
        report.changes += 1;
        report.longestWaitMs = Math.max(report.longestWaitMs, world.now - begunAt);
        report.lapsed += /** @type {any} */ (answer).propagation.lapsed;
        probe(change);
        return;
      } catch {
        await new Promise((resolve) => void world.after(random.between(0, 500), () => resolve(undefined)));
      }
    }
  }

  /** @template T @param {Node} node @param {() => Promise<T>} call @returns {Promise<T>} */
  function whileAlive(node, call) {
    return new Promise((resolve, reject) => {
      const abandon = () => reject(new Error('The node is gone.'));
      node.abandon.add(abandon);
      node.machine.wake(() => call().then(resolve, reject));
    });
  }

  function plan() {
    for (let count = 0; count < conditions.nodes; count++) addNode();
    keys.forEach((key, index) => {
      // The last of them wait for a node that comes: see onInsert.
      const changedAt = 3_000 + index * 5_000 + random.between(0, 3_000);
      // Some keys are in everybody's memory before they are changed; others are read for the first time just then.
      const first = random.chance(0.5) ? 1_500 : changedAt - random.between(0, conditions.weather.delayMs);
      for (let at = first; at < RUN_MS; at += random.between(1_000, 4_000)) askEverywhere(at, key);
      for (let count = 0; count < 4; count++) askEverywhere(Math.max(first, changedAt + random.between(-300, 300)), key);
      world.after(changedAt, () => begin(key));
    });
    for (let count = 0; count < conditions.troubles; count++) {
      world.after(random.between(2_000, RUN_MS - 5_000), () => random.pick(troublesOf(random.pick(nodes)))(random.between(200, 9_000)));
    }
    if (random.chance(0.5)) world.after(random.between(2_000, RUN_MS), () => kill(random.pick(nodes)));
    if (random.chance(0.3)) {
      world.after(random.between(2_000, RUN_MS), () => {
        authority.setUp(false);
        world.after(random.between(200, 7_000), () => authority.setUp(true));
      });
    }
  }

  /** A node that comes, or comes back, at the very moment of a change. */
  function onInsert() {
    const unchanged = keys.filter((key) => !changes.some((change) => change.key === key));
    if (unchanged.length > 0 && random.chance(0.5)) world.after(0, () => begin(random.pick(unchanged)));
  }

  /** @param {Key} key */
  function begin(key) {
    if (changes.some((change) => change.key === key)) return;
    const change = { key, taking: random.pick(CHANGES), answeredAt: null };
    changes.push(change);
    void carryOut(change);
    // Somebody else wants the same, or could not wait for the answer.
    if (conditions.impatient && random.chance(0.5)) world.after(random.between(0, 1_500), () => void carryOut(change));
  }

  /** @param {number} at @param {Key} key */
  function askEverywhere(at, key) {
    world.after(at, () => {
      for (const node of nodes) node.machine.wake(() => void verify(node, key, {}));
    });
  }

  plan();
  await world.runUntil(RUN_MS + 12_000);
  for (const { id } of await storage.nodes.listNodes()) await storage.nodes.removeNode(id);
  return report;
}

/** @param {Change} change @param {Key} key */
function sameTarget(change, key) {
  return change.key.id === key.id || change.key.owner === key.owner;
}

/** Whether a question asks for all that another one does. @param {import('./changes.js').Question} question @param {import('./changes.js').Question} other */
function covers(question, other) {
  return (other.scopes === undefined || other.scopes === question.scopes) && (other.ip === undefined || other.ip === question.ip);
}

/** Drawn from the extremes as often as from what lies between: it is there that a rule is needed. @param {import('./random.js').Random} random */
function drawConditions(random) {
  const extreme = random.chance(0.5);
  const otherLeases = random.chance(0.25);
  const rough = random.chance(0.6);
  return {
    nodes: 3 + random.below(3),
    rate: () => (extreme ? random.pick([0.95, 1.05]) : random.between(0.95, 1.05)),
    leaseMs: () => (otherLeases ? random.pick([2_000, 5_000, 8_000]) : 5_000),
    commitMs: random.pick([0, 40, 400]),
    sleeps: random.chance(0.4),
    /** Clocks of some machines have been wrong from the start. */
    slowClocks: random.chance(0.3),
    /** Changes are said again before the first was answered. */
    impatient: random.chance(0.3),
    troubles: random.below(6),
    troubleAtCommit: random.pick([0, 0.3, 0.7]),
    killAtCommit: random.pick([0, 0, 0.25]),
    weather: {
      loss: rough ? random.between(0, 0.3) : 0,
      repeat: rough ? 0.2 : 0,
      delayMs: random.pick([4, 100, 900, 2_500]),
      timeoutMs: random.pick([1_000, 4_000]),
      hints: random.chance(0.7),
    },
  };
}
