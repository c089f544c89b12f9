/**
 * engine/api/ owns the engine as its users see it: the calls, what they take, and what they give. The HTTP service, the
 * command line and the dashboard offer the same calls in the same shapes.
 *
 * Times that are shown are ISO 8601 in UTC; durations are text such as `"90d"`, or milliseconds.
 */
import type { CallContext } from '../../domain/actor.js';
import type { OperatorBounds } from '../../domain/operator-bounds.js';
import type { EventAction, LogEvent, LogHead } from '../../domain/event.js';
import type { JsonObject } from '../../domain/json.js';
import type { CheckpointSignature } from '../../domain/log-checkpoint.js';
import type { KeyStatus } from '../../domain/key.js';
import type { Limit, LimitInput } from '../../domain/limit.js';
import type { Names } from '../../domain/names.js';
import type { Token } from '../../domain/token.js';
import type { Verdict, VerdictCode } from '../../domain/verdict.js';
import type { Verifier, VerifyRequest } from '../../ports/verifier.js';
import type { ClusterView, Propagation } from '../../ports/coherence.js';
import type {
  BusiestKeys,
  BusiestRequest,
  ExplainKeyInput,
  KeyLimits,
  Overview,
  PreviewTierInput,
  RevokedKeys,
  RevokeKeysInput,
  TierPreview,
  UsageByKey,
  UsageByKeyRequest,
} from './insight.js';
import type { CreateKeyInput, ImportKeyInput, RevokeKeyInput, RotateKeyInput, UpdateKeyInput } from './key-input.js';
import type { SecretView } from './secret.js';
import type { SelfService, SelfServicePolicy } from './self-service.js';
import type { Sessions } from './sessions.js';
import type { UsageReport, UsageRequest } from './usage.js';

export type { ClusterNode, ClusterView, Propagation } from '../../ports/coherence.js';
export type * from './insight.js';
export type * from './key-input.js';
export type * from './secret.js';
export type * from './self-service.js';
export type * from './sessions.js';
export type * from './usage.js';

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
}

/** Every call takes the circumstances that the log is to keep; by default the library itself acts. */
export interface Keys<N extends Names = Names> {
  create(input: CreateKeyInput<N>, context?: CallContext): Promise<CreatedKey>;
  /** All of the records, or none. */
  import(records: readonly ImportKeyInput<N>[], context?: CallContext): Promise<readonly KeyView[]>;
  get(id: string, context?: CallContext): Promise<KeyView>;
  list(query?: ListKeysQuery<N>, context?: CallContext): Promise<KeyPage>;
  update(id: string, patch: UpdateKeyInput<N>, context?: CallContext): Promise<ChangedKey>;
  rotate(id: string, options?: RotateKeyInput, context?: CallContext): Promise<RotatedKey>;
  revoke(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<ChangedKey>;
  disable(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<ChangedKey>;
  enable(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<ChangedKey>;
  /** Ends at once a secret that a rotation left valid. Conflicts for the current one; safe to repeat. */
  retireSecret(id: string, secretId: string, context?: CallContext): Promise<ChangedKey>;
  /** Revokes up to 100 keys as one change. Those that are not there, or are revoked already, are named and left alone. */
  revokeMany(input: RevokeKeysInput, context?: CallContext): Promise<RevokedKeys>;
  /** How its limits and credits stand; charges nothing. */
  limits(id: string, context?: CallContext): Promise<KeyLimits>;
  /** The verdict that the key's current token would get, with each step told; charges and records nothing. */
  explain(id: string, input?: ExplainKeyInput, context?: CallContext): Promise<Verdict>;
}

export interface Owners {
  get(id: string, context?: CallContext): Promise<OwnerView>;
  list(query?: ListOwnersQuery, context?: CallContext): Promise<Page<OwnerView>>;
  /** Makes the record where there is none. */
  update(id: string, patch: UpdateOwnerInput, context?: CallContext): Promise<ChangedOwner>;
  suspend(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<ChangedOwner>;
  resume(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<ChangedOwner>;
  /**
   * Revokes every key that is not revoked yet; those that are stay as they are. When it resolves, every one of them is refused.
   * Of more than 100 keys the records follow in batches, of which the owner's `revoking` tells.
   */
  revokeAll(id: string, options?: RevokeKeyInput, context?: CallContext): Promise<RevokedAll>;
}

export interface Tiers<N extends Names = Names> {
  get(name: N['tier'], context?: CallContext): Promise<TierView>;
  list(context?: CallContext): Promise<readonly TierView[]>;
  /** Makes the tier, or replaces its limits. Takes effect on all its keys at once. */
  put(name: N['tier'], input: PutTierInput, context?: CallContext): Promise<ChangedTier>;
  /** Refused while keys that are not revoked have the tier. */
  remove(name: N['tier'], context?: CallContext): Promise<void>;
  /** What other limits would do to the keys that have the tier; changes and charges nothing. */
  preview(name: N['tier'], input: PreviewTierInput, context?: CallContext): Promise<TierPreview>;
}

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

export interface ListKeysQuery<N extends Names = Names> {
  readonly owner?: string | undefined;
  readonly tier?: N['tier'] | undefined;
  readonly environment?: N['environment'] | undefined;
  readonly status?: KeyStatus | undefined;
  /**
   * A whole id, a hint or its last 4 characters, a token (of which nothing is kept), or a part of the name, whatever the case. One or two
   * characters are looked for among the first 50 000 keys of the list.
   */
  readonly search?: string | undefined;
  /** Keys, neither revoked nor expired, that expire within this duration: the soonest first. */
  readonly expiresWithin?: string | number | undefined;
  /**
   * Keys, neither revoked nor expired, that nobody used for this duration (a day at the least), and that are as old:
   * those that have been idle longest first.
   */
  readonly unusedFor?: string | number | undefined;
  /** Keys, neither revoked nor expired, that were never used. */
  readonly neverUsed?: boolean | undefined;
  /** 1 to 100, by default 20. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface ListOwnersQuery {
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
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

export interface UpdateOwnerInput {
  readonly name?: string | null | undefined;
  readonly limits?: readonly LimitInput[] | undefined;
  readonly maxKeys?: number | null | undefined;
  readonly metadata?: JsonObject | undefined;
}

export interface PutTierInput {
  readonly limits: readonly LimitInput[];
}

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export interface KeyPage extends Page<KeyView> {
  /** How many keys the whole list has; on its first page alone, and only where that costs little to know. */
  readonly total?: number;
}

export interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly tier: string | null;
  readonly environment: string;
  readonly scopes: readonly string[];
  readonly hint: string;
  readonly status: KeyStatus;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly notBefore: string | null;
  readonly expiresAt: string | null;
  /** Whole days, rounded up; 0 once expired; null where it never expires. */
  readonly daysUntilExpiry: number | null;
  readonly lastUsedAt: string | null;
  readonly lastUsedFrom: { readonly address: string | null; readonly userAgent: string | null } | null;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
  readonly ipRules: readonly string[];
  readonly limits: readonly Limit[];
  readonly credits: CreditsView | null;
  readonly metadata: JsonObject;
  /** Of an operator token that is bound: the keys that there are for it. Else null. */
  readonly bounds: OperatorBounds | null;
  /** The current one first, then the newest; ten at the most, among them every valid one. */
  readonly secrets: readonly SecretView[];
}

export interface CreditsView {
  readonly remaining: number;
  readonly refill: { readonly amount: number; readonly mode: 'set' | 'add'; readonly every: string; readonly day?: number } | null;
  readonly nextRefillAt: string | null;
}

/** A key with its token: the one time that the token is shown. */
export interface CreatedKey {
  readonly key: KeyView;
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: Token | null;
  /** Whether this is the answer to a request that was made before, with the same idempotency key. */
  readonly replayed: boolean;
}

export interface RotatedKey extends CreatedKey {
  readonly propagation: Propagation;
}

export interface ChangedKey {
  readonly key: KeyView;
  readonly propagation: Propagation;
}

export interface OwnerView {
  readonly id: string;
  readonly name: string | null;
  readonly status: 'active' | 'suspended';
  readonly limits: readonly Limit[];
  readonly maxKeys: number | null;
  readonly metadata: JsonObject;
  readonly createdAt: string;
  readonly suspendedAt: string | null;
  readonly suspendedReason: string | null;
  /** `live`: neither revoked nor expired. */
  readonly keys: { readonly total: number; readonly live: number };
  /** How far a revocation of all keys has come; null where none is under way. */
  readonly revoking: RevokingView | null;
}

/**
 * A revocation of all keys of an owner. Each of them is refused, and shown as revoked, since `at`. Their records follow in
 * batches: until they have, lists that filter by status, and counts over all owners, still take them for what they were.
 */
export interface RevokingView {
  readonly at: string;
  /** The keys that it revokes, and those whose records are left. */
  readonly keys: number;
  readonly left: number;
}

export interface ChangedOwner {
  readonly owner: OwnerView;
  readonly propagation: Propagation;
}

export interface RevokedAll {
  readonly owner: OwnerView;
  /** How many keys this call revoked. */
  readonly revoked: number;
  readonly propagation: Propagation;
}

export interface TierView {
  readonly name: string;
  readonly limits: readonly Limit[];
  /** Declared in the configuration, and changed only there. */
  readonly configured: boolean;
  readonly keys: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ChangedTier extends TierView {
  readonly propagation: Propagation;
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
