import type { Clock } from '../ports/clock.js';
import type { Propagation } from '../domain/propagation.js';
import type { NodeRecord, NodeStore } from '../ports/node-store.js';
import { withDeadline } from '../domain/utilities/deadline.js';
import type { KnownNodes, Lease } from './lease.js';

export interface PropagateParts {
  readonly nodes: NodeStore;
  readonly clock: Clock;
  /** The node that asks; null where it has nothing in memory. */
  readonly self: Self | null;
  /** The nodes that were known last: where the store cannot be asked, it says for how long to try. */
  readonly known: () => KnownNodes;
}

export interface Self {
  readonly id: string;
  readonly leaseMs: number;
  readonly lease: Pick<Lease, 'applied' | 'catchUp'>;
}

/**
 * How soon the nodes are looked at again. While a first look is under way, those that were told at once renew; they have
 * acknowledged when a part of its time has passed once more. Later nobody is in a hurry.
 */
const FIRST_LOOK_MS = 1;
const PART_OF_A_LOOK = 0.3;
const LATER = 1.5;
const LAST_LOOK_MS = 50;

/**
 * Waits until no node answers from before the entry at `place`, or, where it is null, before the last entry that there is.
 *
 * Who is to be waited for is read after the change was committed: a node that is not on record then is told of the change
 * before it serves anything. The node that asks has forgotten what its own entries touch, but not what entries of others do that
 * the change rests on, or repeats: it waits for itself, too, until it has applied all that comes before. Each is waited for until it has acknowledged, or until the length of its lease has passed on this
 * process's own monotonic clock: a lease that was granted before the commit has run out by then, and one that was granted
 * after it came with the change. A node that has not renewed for as long as that is taken off the record, so that the next
 * change need not wait for it. Where the store cannot be asked who the nodes are, nothing is known of how long they hold their leases
 * (one may have come since, configured otherwise), and the answer says so after a while.
 */
export function createPropagate(parts: PropagateParts): (place: number | null, wait: boolean) => Promise<Propagation> {
  const { clock, self, known } = parts;

  return async (asked, wait) => {
    const begunAt = clock.monotonicMs();
    let place = asked;
    let watched: Watched | null = null;
    let outcome: Propagation | null = null;
    let pauseMs: number | null = null;
    const leftMs = (): number => longestLease(self, watched?.others ?? null, known()) - (clock.monotonicMs() - begunAt);
    for (;;) {
      const lookedAt = clock.monotonicMs();
      const seen = await look(parts, { place, leftMs: leftMs() });
      if (seen !== null) {
        ({ place } = seen);
        watched ??= { others: seen.nodes.filter(({ id }) => id !== self?.id), sinceMs: clock.monotonicMs() };
        outcome = outcomeOf(self, watched.others, seen);
      }
      if (outcome?.pending.length === 0) return outcome;
      if (self !== null && outcome?.pending.includes(self.id) === true) self.lease.catchUp();
      if (!wait) return outcome ?? UNKNOWN;
      if (leftMs() <= 0) return watched === null || outcome === null ? UNKNOWN : lapse(parts, watched, outcome);
      pauseMs = Math.min(pauseMs === null ? firstPause(clock.monotonicMs() - lookedAt) : pauseMs * LATER, LAST_LOOK_MS);
      await pause(clock, Math.min(pauseMs, leftMs()));
    }
  };
}

function firstPause(tookMs: number): number {
  return Math.max(FIRST_LOOK_MS, tookMs * PART_OF_A_LOOK);
}

/** The other nodes as they were seen first, and since when, on this process's monotonic clock. */
interface Watched {
  readonly others: readonly NodeRecord[];
  readonly sinceMs: number;
}

function longestLease(self: Self | null, others: readonly NodeRecord[] | null, { longestLeaseMs }: KnownNodes): number {
  return others === null ? longestLeaseMs : Math.max(self?.leaseMs ?? 0, ...others.map(({ leaseMs }) => leaseMs));
}

/** Of nodes that could not be asked after. */
const UNKNOWN: Propagation = Object.freeze({ applied: 1, lapsed: 0, pending: Object.freeze(['unknown']) });

interface Look {
  readonly place: number;
  readonly nodes: readonly NodeRecord[];
}

/** Null where the store does not answer in time. */
async function look({ nodes, clock }: PropagateParts, { place, leftMs }: { place: number | null; leftMs: number }): Promise<Look | null> {
  try {
    const deadlineMs = Math.max(leftMs, 1);
    const known = place ?? (await withDeadline(clock, deadlineMs, nodes.readPlace()));
    return { place: known, nodes: await withDeadline(clock, deadlineMs, nodes.listNodes()) };
  } catch {
    return null;
  }
}

/** A node that is off the record by now has left, or was waited for by somebody else. */
function outcomeOf(self: Self | null, others: readonly NodeRecord[], { place, nodes }: Look): Propagation {
  const now = new Map(nodes.map((node) => [node.id, node.applied]));
  const applied = others.filter(({ id }) => (now.get(id) ?? -1) >= place);
  const pending = others.filter(({ id }) => (now.get(id) ?? Infinity) < place).map(({ id }) => id);
  const lapsed = others.length - applied.length - pending.length;
  if (self === null || self.lease.applied() >= place) return { applied: 1 + applied.length, lapsed, pending };
  return { applied: applied.length, lapsed, pending: [...pending, self.id] };
}

/** The leases of those that are still pending have run out. */
function lapse({ nodes, clock }: PropagateParts, watched: Watched, outcome: Propagation): Propagation {
  for (const { id, renewal, leaseMs } of watched.others) {
    if (!outcome.pending.includes(id)) continue;
    // A node may have renewed between the commit and when it was first seen: only one that has not since is gone. Should its
    // removal fail, the next change waits as this one did.
    const leftMs = leaseMs - (clock.monotonicMs() - watched.sinceMs);
    clock.schedule(leftMs, () => void nodes.removeNode(id, renewal).catch(() => undefined));
  }
  return { applied: outcome.applied, lapsed: outcome.lapsed + outcome.pending.length, pending: [] };
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(ms, resolve, 'hold'));
}
