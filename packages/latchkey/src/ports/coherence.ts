import type { ClusterView } from '../domain/cluster-view.js';
import type { Clock } from './clock.js';
import type { Propagation } from '../domain/propagation.js';
import type { LogEvent } from '../domain/event.js';

/** What a node has in memory, as far as changes are concerned. Every call takes effect before it returns. */
export interface Memory {
  /** Forgets what the entry of the log touched. */
  forget(event: Pick<LogEvent, 'action' | 'target'>): void;
  forgetAll(): void;
}

/** The places in the log of the first and the last entry of a change, whose entries follow one another. */
export interface Entries {
  readonly first: number;
  readonly last: number;
}

/** Whether this node may answer from memory, and how far its changes have reached. */
export interface Coherence {
  /** Whether what is in memory may be served: asked in the step that serves it. */
  mayServe(): boolean;
  /** For how long it has not been so, in milliseconds; 0 while it is so, Infinity where it never was. */
  lapsedMs(): number;
  /** To be told of every change that this node has made, once it has forgotten what its entries touch. */
  made(entries: Entries): void;
  /**
   * To be called after a change was committed, with the place of its last entry in the log; null for one that had nothing
   * to write, which may repeat another whose answer was lost. Resolves when no node answers from before the change
   * any more, or with `pending` when that cannot be found out; with `wait: false` at once. Never rejects.
   */
  propagate(place: number | null, wait: boolean): Promise<Propagation>;
  view(): Promise<ClusterView>;
  /** How many nodes share the work, as far as this one knows; at least 1. */
  nodes(): number;
  /** From this call on nothing is served from memory. Never rejects. */
  close(): Promise<void>;
}

/** Makes a node of an engine, over what it has in memory. `clock` shows what the machine's does, also where that is set back. */
export type JoinCluster = (parts: { readonly memory: Memory; readonly clock: Clock }) => Promise<Coherence>;
