/** What a client offers: the calls of `Latchkey`, with a token in clear text where one is made. */
import type { LogHead } from '../domain/event.js';
import type {
  BusiestKeys,
  BusiestRequest,
  ChainReport,
  ChangedKey,
  ChangedOwner,
  CreatedKey,
  CreateKeyInput,
  EventView,
  ExplainKeyInput,
  KeyLimits,
  KeyPage,
  KeyView,
  ListEventsQuery,
  ListKeysQuery,
  ListOwnersQuery,
  Overview,
  OwnerView,
  Page,
  PreviewTierInput,
  PutTierInput,
  RevokedAll,
  RevokedKeys,
  RevokeKeyInput,
  RevokeKeysInput,
  RotateKeyInput,
  TierPreview,
  TierView,
  UpdateKeyInput,
  UpdateOwnerInput,
  UsageByKey,
  UsageByKeyRequest,
  UsageReport,
  UsageRequest,
} from '../engine/api.js';
import type { Verifier, VerifyRequest } from '../ports/verifier.js';
import type { Token } from '../domain/token.js';
import type { Verdict } from '../domain/verdict.js';
import type { IssueOptions, RequestOptions } from './call-options.js';
import type { ServiceSettings } from './service-settings.js';
import type { ClientMe, ClientPortal, ClientSessions } from './sessions.js';

/**
 * Every call rejects with an error of `domain/errors.ts`: what the service refused, as it would have been
 * thrown in process, or an UnavailableError (dependency `service`) where no usable answer came.
 */
export interface Client extends Verifier {
  verify(token: string | Token | null | undefined, request?: VerifyRequest, options?: RequestOptions): Promise<Verdict>;
  readonly keys: ClientKeys;
  readonly owners: ClientOwners;
  readonly tiers: ClientTiers;
  readonly events: ClientEvents;
  readonly usage: ClientUsage;
  /** Counts of everything, for a first look. */
  overview(options?: RequestOptions): Promise<Overview>;
  /** How the service is set up. */
  settings(options?: RequestOptions): Promise<ServiceSettings>;
  /** Without `adminKey` and `token`, a browser's client acts by the session in its cookies. */
  readonly sessions: ClientSessions;
  readonly portal: ClientPortal;
  readonly me: ClientMe;
}

/** A key with its token in clear text: the one time that it is shown. */
export interface IssuedKey extends Omit<CreatedKey, 'token'> {
  /** Null only where a repeated request is answered again and the token can no longer be shown. */
  readonly token: string | null;
}

export interface ClientKeys {
  create(input: CreateKeyInput, options?: IssueOptions): Promise<IssuedKey>;
  get(id: string, options?: RequestOptions): Promise<KeyView>;
  list(query?: ListKeysQuery, options?: RequestOptions): Promise<KeyPage>;
  update(id: string, patch: UpdateKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  rotate(id: string, input?: RotateKeyInput, options?: IssueOptions): Promise<IssuedKey>;
  revoke(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  disable(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  enable(id: string, input?: RevokeKeyInput, options?: RequestOptions): Promise<ChangedKey>;
  /** Ends at once a secret that a rotation left valid. */
  retireSecret(id: string, secretId: string, options?: RequestOptions): Promise<ChangedKey>;
  revokeMany(input: RevokeKeysInput, options?: RequestOptions): Promise<RevokedKeys>;
  limits(id: string, options?: RequestOptions): Promise<KeyLimits>;
  /** The verdict that the key's current token would get, step by step; charges nothing. */
  explain(id: string, input?: ExplainKeyInput, options?: RequestOptions): Promise<Verdict>;
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
  /** What other limits would do to the keys that have the tier; changes nothing. */
  preview(name: string, input: PreviewTierInput, options?: RequestOptions): Promise<TierPreview>;
}

export interface ClientEvents {
  list(query?: ListEventsQuery, options?: RequestOptions): Promise<Page<EventView>>;
  head(options?: RequestOptions): Promise<LogHead | null>;
  verify(expectedHead?: LogHead, options?: RequestOptions): Promise<ChainReport>;
  /** Where the log is to be downloaded, oldest first: JSON lines as `latchkey events --verify` takes them, or CSV. */
  exportUrl(format: 'jsonl' | 'csv', query?: Omit<ListEventsQuery, 'order' | 'limit' | 'cursor'>): string;
}

export interface ClientUsage {
  read(query?: UsageRequest, options?: RequestOptions): Promise<UsageReport>;
  byKey(query: UsageByKeyRequest, options?: RequestOptions): Promise<UsageByKey>;
  busiest(query?: BusiestRequest, options?: RequestOptions): Promise<BusiestKeys>;
}
