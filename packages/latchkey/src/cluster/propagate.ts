import type { Clock } from '../ports/clock.js';
import type { Propagation } from '../ports/coherence.js';
import type { NodeRecord, NodeStore } from '../ports/node-store.js';
import { withDeadline } from './deadline.js';
import type { KnownNodes } from './lease.js';

export interface PropagateParts {
  readonly nodes: NodeStore;
  readonly clock: Clock;
  /** The node that asks, which has applied its own changes already; null where it has no lease to lose. */
  readonly selfId: string | null;
  /** The nodes that were known last: all that can be said of them where the store cannot be asked any more. */
  readonly known: () => KnownNodes;
}

/** How soon the nodes are looked at again: at first a round trip is what it takes, later nobody is in a hurry. */
const FIRST_LOOK_MS = 2;
const LAST_LOOK_MS = 50;

/**
 * Waits until no node answers from before the entry at `place`, or, where it is null, before the last entry that there is.
 *
 * Who is to be waited for is read after the change was committed: a node that is not on record then is told of the change
 * before it serves anything. Each is waited for until it has acknowledged, or until the length of its lease has passed on this
 * process's own monotonic clock: a lease that was granted before the commit has run out by then, and one that was granted
 * after it came with the change. A node that has not renewed for as long as that is taken off the record, so that the next
 * change need not wait for it.
 */
export function createPropagate(parts: PropagateParts): (place: number | null, wait: boolean) => Promise<Propagation> {
  const { clock, selfId, known } = parts;

  return async (asked, wait) => {
    const begunAt = clock.monotonicMs();
    let place = asked;
    let watched: Watched | null = null;
    let outcome: Propagation | null = null;
    let lookMs = FIRST_LOOK_MS;
    const leftMs = (): number => longestLease(watched?.others ?? null, known()) - (clock.monotonicMs() - begunAt);
    for (;;) {
      const seen = await look(parts, { place, leftMs: leftMs() });
      if (seen !== null) {
        ({ place } = seen);
        watched ??= { others: seen.nodes.filter(({ id }) => id !== selfId), sinceMs: clock.monotonicMs() };
        outcome = outcomeOf(watched.others, seen);
      }
      if (!wait) return outcome ?? { applied: 1, lapsed: 0, pending: [UNKNOWN_NODES] };
      if (outcome?.pending.length === 0) return outcome;
      if (leftMs() <= 0) return lapse(parts, watched, outcome);
      await pause(clock, Math.min(lookMs, leftMs()));
      lookMs = Math.min(lookMs * 2, LAST_LOOK_MS);
    }
  };
}

/** The other nodes as they were seen first, and since when, on this process's monotonic clock. */
interface Watched {
  readonly others: readonly NodeRecord[];
  readonly sinceMs: number;
}

function longestLease(others: readonly NodeRecord[] | null, { longestLeaseMs }: KnownNodes): number {
  return others === null ? longestLeaseMs : Math.max(0, ...others.map(({ leaseMs }) => leaseMs));
}

/** Stands for nodes that could not be asked after. */
const UNKNOWN_NODES = 'unknown';

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
function outcomeOf(others: readonly NodeRecord[], { place, nodes }: Look): Propagation {
  const now = new Map(nodes.map((node) => [node.id, node.applied]));
  const applied = others.filter(({ id }) => (now.get(id) ?? -1) >= place);
  const pending = others.filter(({ id }) => (now.get(id) ?? Infinity) < place).map(({ id }) => id);
  return { applied: 1 + applied.length, lapsed: others.length - applied.length - pending.length, pending };
}

/** The leases of those that are still pending have run out. */
function lapse({ nodes, clock, known }: PropagateParts, watched: Watched | null, outcome: Propagation | null): Propagation {
  if (watched === null || outcome === null) return { applied: 1, lapsed: Math.max(0, known().nodes - 1), pending: [] };
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
