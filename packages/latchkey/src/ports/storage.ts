/** All that a database provides, under one roof: what a store adapter returns and an engine is built on. */
import type { Catalog } from './catalog.js';
import type { Census } from './census.js';
import type { CounterStore } from './counter-store.js';
import type { CreditStore } from './credit-store.js';
import type { EventLog } from './event-log.js';
import type { KeyStore } from './key-store.js';
import type { NodeStore } from './node-store.js';
import type { SessionStore } from './session-store.js';
import type { SharedCounters } from './shared-counters.js';
import type { UsageStore } from './usage-store.js';

export interface Storage {
  readonly keys: KeyStore;
  readonly catalog: Catalog;
  readonly census: Census;
  readonly events: EventLog;
  readonly credits: CreditStore;
  readonly counters: CounterStore;
  /** Null where the database is of a kind that one machine uses: a limiter in memory keeps its counters in `counters`. */
  readonly sharedCounters: SharedCounters | null;
  readonly usage: UsageStore;
  readonly nodes: NodeStore;
  readonly sessions: SessionStore;
  /** Resolves when the database answers and can be written; rejects with an UnavailableError otherwise. */
  check(): Promise<void>;
  close(): Promise<void>;
}
