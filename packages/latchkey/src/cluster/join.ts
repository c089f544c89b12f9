import { randomBase62 } from '../domain/token.js';
import { toIso } from '../domain/time.js';
import type { Clock } from '../ports/clock.js';
import type { ClusterView } from '../domain/cluster-view.js';
import type { Coherence, JoinCluster } from '../ports/coherence.js';
import type { Entropy } from '../ports/entropy.js';
import type { NodeStore } from '../ports/node-store.js';
import { withDeadline } from '../domain/utilities/deadline.js';
import { createLease } from './lease.js';
import { createPropagate } from './propagate.js';

export interface ClusterOptions {
  readonly nodes: NodeStore;
  readonly entropy: Entropy;
  /** What people know this node by, such as `host:pid`. */
  readonly label: string;
  readonly version: string;
  /** How long this node's leases are, and so what a change waits at the most should it be gone. */
  readonly leaseMs: number;
  readonly pollMs: number;
}

/** A node that answers from memory while it holds a lease. */
export function joinByLease(options: ClusterOptions): JoinCluster {
  const { nodes, entropy, label, version, leaseMs, pollMs } = options;
  return async ({ memory, clock }) => {
    const id = `node_${randomBase62(16, (length) => entropy.bytes(length))}`;
    const lease = createLease({ nodes, clock, memory, self: { id, label, version }, leaseMs, pollMs });
    await lease.start();
    return {
      mayServe: () => lease.mayServe(),
      lapsedMs: () => lease.lapsedMs(),
      nodes: () => lease.known().nodes,
      made: (entries) => lease.made(entries),
      propagate: createPropagate({ nodes, clock, self: { id, leaseMs, lease }, known: () => lease.known() }),
      view: async () => ({ mode: 'lease', leaseMs, holdsLease: lease.mayServe(), ...(await viewOf(nodes, id)) }),
      async close() {
        lease.stop();
        // Nothing is served any more, so that nobody need wait for this node.
        await withDeadline(clock, leaseMs / 5, nodes.removeNode(id)).catch(() => undefined);
      },
    };
  };
}

/** A node that answers nothing from memory, so that nobody ever waits for it; its own changes wait for the others. */
export function joinStrictly({ nodes, leaseMs }: Pick<ClusterOptions, 'nodes' | 'leaseMs'>): JoinCluster {
  return async ({ clock }: { clock: Clock }): Promise<Coherence> => ({
    mayServe: () => false,
    lapsedMs: () => Infinity,
    nodes: () => 1,
    made: () => undefined,
    propagate: createPropagate({ nodes, clock, self: null, known: () => ({ nodes: 1, longestLeaseMs: leaseMs }) }),
    view: async () => ({ mode: 'strict', leaseMs: null, holdsLease: false, ...(await viewOf(nodes, null)) }),
    close: async () => undefined,
  });
}

async function viewOf(nodes: NodeStore, selfId: string | null): Promise<Pick<ClusterView, 'place' | 'nodes'>> {
  // In this order: no node can have applied what was not there yet.
  const records = await nodes.listNodes();
  const place = await nodes.readPlace();
  return {
    place,
    nodes: records.map(({ id, label, version, startedAt, renewedAt, applied }) => ({
      id,
      label,
      version,
      startedAt: toIso(startedAt),
      renewedAt: toIso(renewedAt),
      applied,
      behind: Math.max(0, place - applied),
      self: id === selfId,
    })),
  };
}
