/**
 * engine/api/ owns the engine as its users see it: the calls, what they take, and what they give. The HTTP service, the
 * command line and the dashboard offer the same calls in the same shapes.
 *
 * Times that are shown are ISO 8601 in UTC; durations are text such as `"90d"`, or milliseconds.
 */
import type { CallContext } from '../../domain/actor.js';
import type { EventView } from '../../domain/event.js';
import type { Names } from '../../domain/names.js';
import type { Token } from '../../domain/token.js';
import type { Verdict, VerdictCode } from '../../domain/verdict.js';
import type { Verifier, VerifyRequest } from '../../ports/verifier.js';
import type { CallOptions } from '../../contract/call-options.js';
import type { EventCalls, ListEventsQuery } from '../../contract/types/events.js';
import type { KeyCalls, KeyView } from '../../contract/types/keys.js';
import type { OwnerCalls } from '../../contract/types/owners.js';
import type { ServiceCalls } from '../../contract/types/service.js';
import type { TierCalls } from '../../contract/types/tiers.js';
import type { UsageCalls } from '../../contract/types/usage.js';
import type { ImportKeyInput } from './import.js';
import type { SelfService, SelfServicePolicy } from './self-service.js';
import type { Sessions } from './sessions.js';

export type { Propagation } from '../../domain/propagation.js';
export type { CallOptions, Repeatable } from '../../contract/call-options.js';
export type { ClusterNode, ClusterView } from '../../domain/cluster-view.js';
export type { EventView } from '../../domain/event.js';
export type * from '../../contract/types/events.js';
export type * from '../../contract/types/keys.js';
export type * from '../../contract/types/own-keys.js';
export type * from '../../contract/types/owners.js';
export type * from '../../contract/types/service.js';
export type * from '../../contract/types/tiers.js';
export type * from '../../contract/types/usage.js';
export type * from './import.js';
export type * from './self-service.js';
export type * from './sessions.js';

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

export interface Latchkey<N extends Names = Names> extends Verifier<N>, Pick<ServiceCalls, 'overview' | 'cluster'> {
  /** With an operator as `actor`, in their name: a key outside the operator's bounds is `not_found`, and nothing of it is charged. */
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>, options?: CallOptions): Promise<Verdict>;
  readonly keys: Keys<N>;
  readonly owners: Owners;
  readonly tiers: Tiers<N>;
  readonly events: Events;
  readonly usage: Usage;
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

export interface Events extends EventCalls {
  /** Every entry that the filters admit, the oldest first, read little by little as it is asked for. Throws an InvalidInputError. */
  walk(query?: EventFilters, options?: CallOptions): AsyncIterable<EventView>;
}

/** Which entries of the audit log. */
export type EventFilters = Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>;

export type Usage = UsageCalls;

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
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
