/**
 * engine/api/ owns the engine as its users see it: the calls, what they take, and what they give. The HTTP service, the
 * command line and the dashboard offer the same calls in the same shapes.
 *
 * Times that are shown are ISO 8601 in UTC; durations are text such as `"90d"`, or milliseconds.
 */
import type { CallContext } from '../../domain/actor.js';
import type { EventAction, LogEvent, LogHead } from '../../domain/event.js';
import type { CheckpointSignature } from '../../domain/log-checkpoint.js';
import type { Names } from '../../domain/names.js';
import type { Token } from '../../domain/token.js';
import type { Verdict, VerdictCode } from '../../domain/verdict.js';
import type { Verifier, VerifyRequest } from '../../ports/verifier.js';
import type { ClusterView } from '../../ports/coherence.js';
import type { BusiestKeys, BusiestRequest, Overview, UsageByKey, UsageByKeyRequest } from './insight.js';
import type { KeyCalls, KeyView } from '../../contract/types/keys.js';
import type { OwnerCalls } from '../../contract/types/owners.js';
import type { TierCalls } from '../../contract/types/tiers.js';
import type { ImportKeyInput } from './import.js';
import type { SelfService, SelfServicePolicy } from './self-service.js';
import type { Sessions } from './sessions.js';
import type { UsageReport, UsageRequest } from './usage.js';

export type { Propagation } from '../../domain/propagation.js';
export type { ClusterNode, ClusterView } from '../../ports/coherence.js';
export type * from './insight.js';
export type * from '../../contract/types/keys.js';
export type * from '../../contract/types/owners.js';
export type * from '../../contract/types/tiers.js';
export type * from './import.js';
export type * from './self-service.js';
export type * from './sessions.js';
export type * from './usage.js';

declare global {
  // As the types of Node declare them, for compilers whose `lib` lacks `esnext.disposable`: Node has the symbols since 20.5.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}

export interface Latchkey<N extends Names = Names> extends Verifier<N> {
  /** With a `context`, in the name of an operator: a key outside the operator's bounds is `not_found`, and nothing of it is charged. */
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>, context?: CallContext): Promise<Verdict>;
  readonly keys: Keys<N>;
  readonly owners: Owners;
  readonly tiers: Tiers<N>;
  readonly events: Events;
  readonly usage: Usage;
  /** Counts of everything. Those of usage are null for an operator who may not read it. */
  overview(context?: CallContext): Promise<Overview>;
  /** What every token that it makes begins with. */
  readonly prefix: string;
  /** The environments that a key may be of, the default one first. */
  readonly environments: readonly string[];
  /** The scopes that there are, as configured; null where any text of the form is one. */
  readonly scopes: readonly string[] | null;
  /** Sessions in cookies, for an edge that has any, and links to the portal. */
  readonly sessions: Sessions;
  /** What owners may do with their own keys, within what the operator lets them choose. Throws a ConfigurationError. */
  selfService(policy: SelfServicePolicy<N>): SelfService;
  stats(): EngineStats;
  /** The nodes that share the database, and how far each has come. */
  cluster(): Promise<ClusterView>;
  /** Resolves when changes and verifications can be served; rejects with an UnavailableError otherwise. */
  ready(): Promise<void>;
  /** Makes usage and counters durable, then releases everything. Calls after it are refused. */
  close(): Promise<void>;
  /** Closes the engine at the end of a block: `await using latchkey = await createLatchkey()`. Closing it twice does no harm. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Every call takes the context that the audit log is to keep; by default the library itself acts. */
export interface Keys<N extends Names = Names> extends KeyCalls<N> {
  /** Imports keys that were issued elsewhere: all of the records, or none. */
  import(records: readonly ImportKeyInput<N>[], context?: CallContext): Promise<readonly KeyView[]>;
}

export type Owners = OwnerCalls;

export type Tiers<N extends Names = Names> = TierCalls<N>;

export interface Events {
  list(query?: ListEventsQuery, context?: CallContext): Promise<Page<EventView>>;
  /** Null while the log is empty. */
  head(context?: CallContext): Promise<LogHead | null>;
  /** Every entry that the filters admit, the oldest first, read little by little as it is asked for. */
  walk(query?: Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>, context?: CallContext): AsyncIterable<EventView>;
  /**
   * Checks every link and every hash of the log, or of the part that is asked for. Entries are checked where they are stored, some
   * thousands at a time: verifications go on. To follow a long check, ask with a `limit`, and go on `after` the head of each report.
   */
  verify(query?: VerifyEventsQuery, context?: CallContext): Promise<ChainReport>;
  /**
   * Archives the log up to an entry, whose seq and hash an export of the log shows: from then on the log begins after it, and the
   * entries up to it leave the database within minutes. Export first: they cannot be brought back. Entries of the last hour stay.
   */
  archive(input: ArchiveLogInput, context?: CallContext): Promise<ArchivedLog>;
}

export interface Usage {
  read(query: UsageRequest, context?: CallContext): Promise<UsageReport>;
  /** Of several keys, beside one another. A key that there is not was never used. */
  byKey(query: UsageByKeyRequest, context?: CallContext): Promise<UsageByKey>;
  busiest(query?: BusiestRequest, context?: CallContext): Promise<BusiestKeys>;
}

export interface ListEventsQuery {
  readonly action?: EventAction | undefined;
  readonly key?: string | undefined;
  readonly owner?: string | undefined;
  readonly actor?: string | undefined;
  /** ISO 8601: from inclusive, until exclusive. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** `newest` (the default) or `oldest` first. */
  readonly order?: 'newest' | 'oldest' | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Which part of the log is checked, and against what. */
export interface VerifyEventsQuery {
  /** An entry that was kept elsewhere: with it, a cut tail and a log that was rewritten and hashed anew are found, too. */
  readonly expect?: LogHead | undefined;
  /** Only the entries after this one are checked, which must be in the log as it was kept: the head of an earlier report. */
  readonly after?: LogHead | undefined;
  /** Entries at most, 1 or more; by default all. */
  readonly limit?: number | undefined;
}

export interface ArchiveLogInput {
  /** The last entry that is archived. */
  readonly upTo: LogHead;
}

export interface ArchivedLog {
  /** The checkpoint that the log begins after. */
  readonly archived: LogHead;
  /** Entries that this call archived; 0 where they were before. */
  readonly entries: number;
}

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** An entry of the log, as shown: the time as ISO 8601. The hash is over the entry as it is stored. */
export interface EventView extends Omit<LogEvent, 'at'> {
  readonly at: string;
}

export interface ChainReport {
  readonly intact: boolean;
  /** Entries checked. */
  readonly entries: number;
  /** The last entry that was checked; where none was, the one that the check began after. */
  readonly head: LogHead | null;
  /** The first entry that is not as it was written, and why; null where the log is intact. */
  readonly broken: { readonly seq: number; readonly reason: string } | null;
  /** What left the log before its first entry; null where nothing did. */
  readonly archived: ArchivedPart | null;
  /** Whether the check came to the end of the log. Else it ended at a break, or at its limit: it goes on after `head`. */
  readonly complete: boolean;
}

/** The last entry of the archived part of the log, and what became of the check of its signature. */
export interface ArchivedPart extends LogHead {
  readonly signature: CheckpointSignature;
}

/** Counted since start, for metrics. */
export interface EngineStats {
  readonly verifications: Readonly<Record<VerdictCode, number>>;
  readonly cache: { readonly hits: number; readonly misses: number; readonly keys: number; readonly unknown: number };
  readonly changes: number;
  readonly storeFailures: number;
  /** Verifications that a failure policy answered, because limits could not be counted. */
  readonly limiterFailures: number;
  readonly pendingUsage: number;
}
