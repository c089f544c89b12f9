import type { LogHead } from '../domain/event.js';
import type { Clock } from '../ports/clock.js';
import type { Entries, Memory } from '../ports/coherence.js';
import type { NodeRecord, NodeStore, Renewed } from '../ports/node-store.js';
import { withDeadline } from '../domain/utilities/deadline.js';

/**
 * By how much of its length a node gives its lease up early: clocks may run wrong by 5 % on either side, so that
 * (1 - margin) / 0.95 must not exceed 1 / 1.05.
 */
const DRIFT_MARGIN = 0.12;

export interface LeaseParts {
  readonly nodes: NodeStore;
  readonly clock: Clock;
  readonly memory: Memory;
  readonly self: Pick<NodeRecord, 'id' | 'label' | 'version'>;
  readonly leaseMs: number;
  /** How often the place of the log is asked for where there are other nodes: what carries a change when hints are lost. */
  readonly pollMs: number;
}

export interface Lease {
  mayServe(): boolean;
  lapsedMs(): number;
  /** The place in the log up to which nothing older is in memory. */
  applied(): number;
  /** Entries of a change of this node's own, which has forgotten what they touch. */
  made(entries: Entries): void;
  /** Renews, so as to be told of what others have changed. */
  catchUp(): void;
  /** How many nodes there were at the last renewal, and the longest lease among theirs. */
  known(): KnownNodes;
  /** Resolves when the first renewal was answered, or has failed. */
  start(): Promise<void>;
  /** From this call on nothing may be served. */
  stop(): void;
}

export interface KnownNodes {
  readonly nodes: number;
  readonly longestLeaseMs: number;
}

/** Until when what is in memory may be served, on either clock. */
interface Until {
  readonly monotonic: number;
  readonly wall: number;
}

const NEVER: Until = { monotonic: -Infinity, wall: -Infinity };

/**
 * The lease of one node. What it rests on, in this order:
 *
 * 1. The time that the lease is counted from is noted before the renewal is sent.
 * 2. With an answer, in one step: what the log says was changed is forgotten, the cursor moves, the lease is extended.
 * 3. Only then is that acknowledged.
 *
 * Both clocks must agree that the lease holds: the monotonic one may stand still while a machine sleeps, and the wall clock may be
 * set back, but whichever shows more time than has passed only ends the lease early.
 */
export function createLease({ nodes, clock, memory, self, leaseMs, pollMs }: LeaseParts): Lease {
  const startedAt = clock.now();
  let until = NEVER;
  let cursor: LogHead | null = null;
  let applied = 0;
  /** Own entries that something of others, or something that was answered later, lies before: from the first place to the last. */
  const ahead = new Map<number, number>();
  let renewal = 0;
  let known: KnownNodes = { nodes: 1, longestLeaseMs: leaseMs };
  let stopped = false;
  let renewing = false;
  let wanted = false;
  let cancelRenewal = (): void => undefined;
  let cancelPoll = (): void => undefined;
  let stopListening = (): void => undefined;

  async function renew(): Promise<boolean> {
    const sent = { monotonic: clock.monotonicMs(), wall: clock.now() };
    renewal += 1;
    try {
      const asked = nodes.renew({ ...self, startedAt, renewedAt: sent.wall, leaseMs, renewal, cursor });
      const renewed = await withDeadline(clock, leaseMs, asked);
      if (stopped) return false;
      take(renewed, sent);
      return true;
    } catch {
      // Without an answer the lease runs out, and every verification asks the store: nothing else is to be done.
      return false;
    }
  }

  function take({ events, head, ...others }: Renewed, sent: Until): void {
    const before = cursor;
    if (events === null) memory.forgetAll();
    else for (const event of events) memory.forget(event);
    cursor = head;
    // Own changes may be further on already, unless the log is another one.
    advance(Math.max(events === null ? 0 : applied, head?.seq ?? 0));
    known = others;
    const lengthMs = leaseMs * (1 - DRIFT_MARGIN);
    until = { monotonic: sent.monotonic + lengthMs, wall: sent.wall + lengthMs };
    // One that is lost is made up for by the next renewal, which carries the cursor.
    if (head !== null && head.seq !== before?.seq) nodes.acknowledge(self.id, head.seq).catch(() => undefined);
  }

  function advance(place: number): void {
    applied = place;
    for (let last = ahead.get(applied + 1); last !== undefined; last = ahead.get(applied + 1)) applied = last;
    for (const [first] of ahead) if (first <= applied) ahead.delete(first);
  }

  async function keepRenewing(): Promise<void> {
    wanted = true;
    if (renewing || stopped) return;
    renewing = true;
    cancelRenewal();
    let answered = true;
    while (wanted && answered && !stopped) {
      wanted = false;
      answered = await renew();
    }
    renewing = false;
    if (!stopped) cancelRenewal = clock.schedule(Math.floor(answered ? leaseMs / 3 : leaseMs / 10), () => void keepRenewing());
  }

  function keepPolling(): void {
    if (stopped) return;
    cancelPoll = clock.schedule(known.nodes > 1 ? pollMs : Math.floor(leaseMs / 3), () => void poll());
  }

  async function poll(): Promise<void> {
    try {
      const place = known.nodes > 1 ? await withDeadline(clock, leaseMs, nodes.readPlace()) : 0;
      if (place > (cursor?.seq ?? 0)) void keepRenewing();
    } catch {
      // The renewals find out by themselves that the store is away.
    }
    keepPolling();
  }

  return {
    mayServe: () => clock.now() < until.wall && clock.monotonicMs() < until.monotonic,
    lapsedMs: () => Math.max(0, clock.now() - until.wall, clock.monotonicMs() - until.monotonic),
    applied: () => applied,
    made({ first, last }) {
      ahead.set(first, last);
      advance(applied);
    },
    catchUp: () => void keepRenewing(),
    known: () => known,
    async start() {
      stopListening = nodes.listen(() => void keepRenewing());
      await keepRenewing();
      keepPolling();
    },
    stop() {
      stopped = true;
      until = NEVER;
      cancelRenewal();
      cancelPoll();
      stopListening();
    },
  };
}
