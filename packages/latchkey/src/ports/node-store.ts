import type { LogEvent, LogHead } from '../domain/event.js';

/** A process with an engine, as the database knows it. Times are epoch milliseconds, for people: no rule looks at them. */
export interface NodeRecord {
  /** `node_…`, drawn anew by each process that starts. */
  readonly id: string;
  /** What people know it by, such as `host:pid`. */
  readonly label: string;
  readonly version: string;
  readonly startedAt: number;
  readonly renewedAt: number;
  /** How long its leases are, in milliseconds. */
  readonly leaseMs: number;
  /** How often it has renewed; only ever grows. */
  readonly renewal: number;
  /** The place in the log up to which it has forgotten what changed; only ever grows. */
  readonly applied: number;
}

/** What a node asks with when it renews its lease: who it is, and the last entry of the log that it has applied. */
export interface Renewal extends Omit<NodeRecord, 'applied'> {
  /** Null before its first renewal, and while the log was empty. */
  readonly cursor: LogHead | null;
}

/** What a renewal is answered with. */
export interface Renewed {
  /**
   * Every entry after the cursor, in order. Null where that cannot be said, and all that is in memory is to be forgotten: the
   * node was not on record, its cursor is not in the log (another database, a restored backup), or it lacks too much.
   */
  readonly events: readonly Pick<LogEvent, 'seq' | 'action' | 'target'>[] | null;
  /** The last entry of the log; null while it is empty. */
  readonly head: LogHead | null;
  /** How many nodes are on record, this one included, and the longest lease among theirs. */
  readonly nodes: number;
  readonly longestLeaseMs: number;
}

/**
 * The database's side of the leases (cluster/). What all of it rests on: a change that the answer of a renewal does not
 * show is committed by somebody who, listing the nodes after that commit, finds the node there. So a node is told of a
 * change, or whoever made the change knows of the node. A node that was not on record when its renewal began may be found by neither;
 * it is told to forget everything, and what it reads after that it reads after it was on record.
 */
export interface NodeStore {
  /** One transaction: notes the renewal, and reads what the node lacks. An older renewal than the one on record changes nothing. */
  renew(renewal: Renewal): Promise<Renewed>;
  /** Notes how far a node has come. */
  acknowledge(id: string, applied: number): Promise<void>;
  /** From the primary, as of now. */
  listNodes(): Promise<readonly NodeRecord[]>;
  /** Takes a node off the record if it has not renewed beyond `renewal`; whatever it has, without one. */
  removeNode(id: string, renewal?: number): Promise<void>;
  /** The place of the last entry of the log, 0 while it is empty: cheap enough to be asked many times a second. */
  readPlace(): Promise<number>;
  /** Calls `hint` when others may have made the log grow, as soon as the database says so, if it does; returns what stops it. Hints may be lost. */
  listen(hint: () => void): () => void;
}
