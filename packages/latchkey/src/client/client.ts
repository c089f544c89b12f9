/** What a client offers: the calls of `Latchkey`, with a token in clear text where one is made. */
import type { LogHead } from '../domain/event.js';
import type { Names } from '../domain/names.js';
import type {
  ChainReport,
  ChangedKey,
  ChangedOwner,
  ChangedTier,
  ClusterView,
  CreateKeyInput,
  EventView,
  KeyView,
  ListEventsQuery,
  ListKeysQuery,
  ListOwnersQuery,
  OwnerView,
  Page,
  Propagation,
  PutTierInput,
  RevokedAll,
  RevokeKeyInput,
  RotateKeyInput,
  TierView,
  UpdateKeyInput,
  UpdateOwnerInput,
  UsageReport,
  UsageRequest,
} from '../engine/api.js';
import type { Verifier, VerifyRequest } from '../ports/verifier.js';
import type { Token } from '../domain/token.js';
import type { Verdict } from '../domain/verdict.js';
import type { Issued } from './issued.js';

/**
 * Every call rejects with an error of `domain/errors.ts`: what the service refused, as it would have been
 * thrown in process, or an UnavailableError (dependency `service`) where no usable answer came.
 */
export interface Client<N extends Names = Names> extends Verifier<N> {
  /**
   * Every outcome is a verdict. A verification charges limits and credits, so one that may have reached the service is never
   * repeated by itself: where the connection is lost before the answer, the call rejects with an UnavailableError, and whether
   * it was charged is not known. It is made once more where the connection was refused, and for a dry run, which charges nothing.
   */
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>, options?: RequestOptions): Promise<Verdict>;
  /**
   * Up to 100 verifications in one request, one after the other; the verdicts are in the order of the questions. Rejects with an
   * InvalidInputError where one of them is wrong: those before it have been charged. Never answered from a cache.
   */
  verifyBatch(questions: readonly BatchQuestion<N>[], options?: RequestOptions): Promise<readonly Verdict[]>;
  readonly keys: ClientKeys<N>;
  readonly owners: ClientOwners;
  readonly tiers: ClientTiers<N>;
  readonly events: ClientEvents;
  readonly usage: ClientUsage;
  /** The nodes of the service, and how far each has come. */
  cluster(options?: RequestOptions): Promise<ClusterView>;
  /** Resolves when the service can do its work; rejects with an UnavailableError while it cannot. */
  ready(options?: RequestOptions): Promise<void>;
}

export interface BatchQuestion<N extends Names = Names> extends VerifyRequest<N> {
  readonly token: string | Token | null | undefined;
}

export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChangeOptions extends RequestOptions {
  /**
   * Whether a change that takes authority away is answered only when it holds on every node; by default it is, which may take
   * as long as a lease. With `false` the answer names the nodes that it has not reached yet.
   */
  readonly wait?: boolean | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and has it repeated, once, where no answer came. */
  readonly idempotencyKey?: string | undefined;
}

/** A key with its token in clear text: the one time that it is shown. */
export type IssuedKey = Issued<KeyView>;

/** The same, with how far the end of the old token has reached. */
export interface ReissuedKey extends IssuedKey {
  readonly propagation: Propagation;
}

export interface ClientKeys<N extends Names = Names> {
  create(input: CreateKeyInput<N>, options?: IssueOptions): Promise<IssuedKey>;
  get(id: string, options?: RequestOptions): Promise<KeyView>;
  list(query?: ListKeysQuery<N>, options?: RequestOptions): Promise<Page<KeyView>>;
  update(id: string, patch: UpdateKeyInput<N>, options?: ChangeOptions): Promise<ChangedKey>;
  rotate(id: string, input?: RotateKeyInput, options?: IssueOptions & ChangeOptions): Promise<ReissuedKey>;
  revoke(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<ChangedKey>;
  disable(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<ChangedKey>;
  enable(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<ChangedKey>;
}

export interface ClientOwners {
  get(id: string, options?: RequestOptions): Promise<OwnerView>;
  list(query?: ListOwnersQuery, options?: RequestOptions): Promise<Page<OwnerView>>;
  update(id: string, patch: UpdateOwnerInput, options?: ChangeOptions): Promise<ChangedOwner>;
  suspend(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<ChangedOwner>;
  resume(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<ChangedOwner>;
  revokeAll(id: string, input?: RevokeKeyInput, options?: ChangeOptions): Promise<RevokedAll>;
}

export interface ClientTiers<N extends Names = Names> {
  get(name: N['tier'], options?: RequestOptions): Promise<TierView>;
  list(options?: RequestOptions): Promise<readonly TierView[]>;
  put(name: N['tier'], input: PutTierInput, options?: ChangeOptions): Promise<ChangedTier>;
  remove(name: N['tier'], options?: RequestOptions): Promise<void>;
}

export interface ClientEvents {
  list(query?: ListEventsQuery, options?: RequestOptions): Promise<Page<EventView>>;
  head(options?: RequestOptions): Promise<LogHead | null>;
  verify(expectedHead?: LogHead, options?: RequestOptions): Promise<ChainReport>;
}

export interface ClientUsage {
  read(query?: UsageRequest, options?: RequestOptions): Promise<UsageReport>;
}
