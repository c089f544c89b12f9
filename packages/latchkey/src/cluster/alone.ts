import type { Propagation } from '../domain/propagation.js';
import type { JoinCluster } from '../ports/coherence.js';

const REACHED: Propagation = Object.freeze({ applied: 1, lapsed: 0, pending: Object.freeze([]) });

/** The one node of a database that no other process can share: what it has forgotten, everybody has. */
export const alone: JoinCluster = async () => ({
  mayServe: () => true,
  lapsedMs: () => 0,
  made: () => undefined,
  propagate: async () => REACHED,
  view: async () => ({ mode: 'alone', leaseMs: null, holdsLease: true, place: 0, nodes: [] }),
  nodes: () => 1,
  close: async () => undefined,
});
