/** The nodes that share a database, as they are shown. */
export interface ClusterNode {
  readonly id: string;
  readonly label: string;
  readonly version: string;
  /** ISO 8601, by the node's own clock. */
  readonly startedAt: string;
  readonly renewedAt: string;
  /** The place in the log up to which it has applied what changed. */
  readonly applied: number;
  /** Entries of the log that it lacks. */
  readonly behind: number;
  /** True for the node that answers. */
  readonly self: boolean;
}

/** The nodes on record, as one of them sees it. */
export interface ClusterView {
  /** `alone`: no other process can share the database. `strict`: this node answers nothing from memory. */
  readonly mode: 'alone' | 'lease' | 'strict';
  /** How long a lease is; null without leases. */
  readonly leaseMs: number | null;
  /** True if this node may answer from memory now. */
  readonly holdsLease: boolean;
  /** The place of the last entry of the log. */
  readonly place: number;
  readonly nodes: readonly ClusterNode[];
}
