/** What a client offers: the calls of `Latchkey`, with a token in clear text where one is made. */
import type { LogHead } from '../domain/event.js';
import type {
  ChainReport,
  ChangedKey,
  ChangedOwner,
  CreateKeyInput,
  EventView,
  KeyView,
  ListEventsQuery,
  ListKeysQuery,
  ListOwnersQuery,
  OwnerView,
  Page,
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
export interface Client extends Verifier {
  /**
   * Every outcome is a verdict. A verification charges limits and credits, so one that may have reached the service is never
   * repeated by itself: where the connection is lost before the answer, the call rejects with an UnavailableError, and whether
   * it was charged is not known. It is made once more where the connection was refused, and for a dry run, which charges nothing.
   */
  verify(token: string | Token | null | undefined, request?: VerifyRequest, options?: RequestOptions): Promise<Verdict>;
  /**
   * Up to 100 verifications in one request, one after the other; the verdicts are in the order of the questions. Rejects with an
   * InvalidInputError where one of them is wrong: those before it have been charged. Never answered from a cache.
   */
  verifyBatch(questions: readonly BatchQuestion[], options?: RequestOptions): Promise<readonly Verdict[]>;
  readonly keys: ClientKeys;
  readonly owners: ClientOwners;
  readonly tiers: ClientTiers;
  readonly events: ClientEvents;
  readonly usage: ClientUsage;
  /** Resolves when the service can do its work; rejects with an UnavailableError while it cannot. */
  ready(options?: RequestOptions): Promise<void>;
}

export interface BatchQuestion extends VerifyRequest {
  readonly token: string | Token | null | undefined;
}

export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and has it repeated, once, where no answer came. */
  readonly idempotencyKey?: string | undefined;
}

/** A key with its token in clear text: the one time that it is shown. */
export type IssuedKey = Issued<KeyView>;

export interface ClientKeys {
  create(input: CreateKeyInput, options?: IssueOptions): Promise<IssuedKey>;
  get(id: string, options?: RequestOptions): Promise<KeyView>;
  list(query?: ListKeysQuery, options?: RequestOptions): Promise<Page<KeyView>>;
  update(id: string, patch: UpdateKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  rotate(id: string, input?: RotateKeyInput, options?: IssueOptions): Promise<IssuedKey>;
  revoke(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  disable(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  enable(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
}

export interface ClientOwners {
  get(id: string, options?: RequestOptions): Promise<OwnerView>;
  list(query?: ListOwnersQuery, options?: RequestOptions): Promise<Page<OwnerView>>;
  update(id: string, patch: UpdateOwnerInput, options?: RequestOptions): Promise<ChangedOwner>;
  suspend(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedOwner>;
  resume(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedOwner>;
  revokeAll(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<RevokedAll>;
}

export interface ClientTiers {
  get(name: string, options?: RequestOptions): Promise<TierView>;
  list(options?: RequestOptions): Promise<readonly TierView[]>;
  put(name: string, input: PutTierInput, options?: RequestOptions): Promise<TierView>;
  remove(name: string, options?: RequestOptions): Promise<void>;
}

export interface ClientEvents {
  list(query?: ListEventsQuery, options?: RequestOptions): Promise<Page<EventView>>;
  head(options?: RequestOptions): Promise<LogHead | null>;
  verify(expectedHead?: LogHead, options?: RequestOptions): Promise<ChainReport>;
}

export interface ClientUsage {
  read(query?: UsageRequest, options?: RequestOptions): Promise<UsageReport>;
}
