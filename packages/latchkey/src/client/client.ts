/** What a client offers: the calls of `Latchkey`, with a token in clear text where one is made. */
import type { LogHead } from '../domain/event.js';
import type { Names } from '../domain/names.js';
import type {
  ChainReport,
  ChangedKey,
  ChangedOwner,
  CreatedKey,
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

/**
 * Every call rejects with an error of `domain/errors.ts`: what the service refused, as it would have been
 * thrown in process, or an UnavailableError (dependency `service`) where no usable answer came.
 */
export interface Client<N extends Names = Names> extends Verifier<N> {
  verify(token: string | Token | null | undefined, request?: VerifyRequest<N>, options?: RequestOptions): Promise<Verdict>;
  readonly keys: ClientKeys<N>;
  readonly owners: ClientOwners;
  readonly tiers: ClientTiers<N>;
  readonly events: ClientEvents;
  readonly usage: ClientUsage;
}

export interface RequestOptions {
  /** Gives up when aborted; the call then rejects with an UnavailableError. */
  readonly signal?: AbortSignal | undefined;
}

export interface IssueOptions extends RequestOptions {
  /** 1 to 255 visible ASCII characters, best random: makes the call safe to repeat, and lets it be repeated. */
  readonly idempotencyKey?: string | undefined;
}

/** A key with its token in clear text: the one time that it is shown. */
export interface IssuedKey extends Omit<CreatedKey, 'token'> {
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: string | null;
}

export interface ClientKeys<N extends Names = Names> {
  create(input: CreateKeyInput<N>, options?: IssueOptions): Promise<IssuedKey>;
  get(id: string, options?: RequestOptions): Promise<KeyView>;
  list(query?: ListKeysQuery<N>, options?: RequestOptions): Promise<Page<KeyView>>;
  update(id: string, patch: UpdateKeyInput<N>, options?: RequestOptions): Promise<ChangedKey>;
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

export interface ClientTiers<N extends Names = Names> {
  get(name: N['tier'], options?: RequestOptions): Promise<TierView>;
  list(options?: RequestOptions): Promise<readonly TierView[]>;
  put(name: N['tier'], input: PutTierInput, options?: RequestOptions): Promise<TierView>;
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
