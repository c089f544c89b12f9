/** What the suites ask of whatever verifies and administers: the calls that an engine and a client of a service have in common. */
import type { Actor, CallContext } from '../domain/actor.js';
import type { LogHead } from '../domain/event.js';
import type { Token } from '../domain/token.js';
import type {
  ChainReport,
  ChangedKey,
  ChangedOwner,
  ChangedTier,
  CreateKeyInput,
  EventView,
  KeyView,
  Latchkey,
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
  VerifyEventsQuery,
} from '../engine/api/index.js';
import type { Verifier } from '../ports/verifier.js';

/** A client of `latchkey/client` is one as it stands; of an engine, `administrationOf` makes one. */
export interface Administration extends Verifier {
  readonly keys: {
    create(input: CreateKeyInput, options?: Repeatable): Promise<IssuedSomehow<KeyView>>;
    get(id: string): Promise<KeyView>;
    list(query?: ListKeysQuery): Promise<Page<KeyView>>;
    update(id: string, patch: UpdateKeyInput): Promise<ChangedKey>;
    rotate(id: string, input?: RotateKeyInput, options?: Repeatable): Promise<IssuedSomehow<KeyView>>;
    retireSecret(id: string, secretId: string): Promise<ChangedKey>;
    revoke(id: string, input?: RevokeKeyInput): Promise<ChangedKey>;
    disable(id: string, input?: RevokeKeyInput): Promise<ChangedKey>;
    enable(id: string, input?: RevokeKeyInput): Promise<ChangedKey>;
  };
  readonly owners: {
    get(id: string): Promise<OwnerView>;
    list(query?: ListOwnersQuery): Promise<Page<OwnerView>>;
    update(id: string, patch: UpdateOwnerInput): Promise<ChangedOwner>;
    suspend(id: string, input?: RevokeKeyInput): Promise<ChangedOwner>;
    resume(id: string, input?: RevokeKeyInput): Promise<ChangedOwner>;
    revokeAll(id: string, input?: RevokeKeyInput): Promise<RevokedAll>;
  };
  readonly tiers: {
    get(name: string): Promise<TierView>;
    list(): Promise<readonly TierView[]>;
    put(name: string, input: PutTierInput): Promise<ChangedTier>;
    remove(name: string): Promise<void>;
  };
  readonly events: {
    list(query?: ListEventsQuery): Promise<Page<EventView>>;
    head(): Promise<LogHead | null>;
    verify(query?: VerifyEventsQuery): Promise<ChainReport>;
  };
  readonly usage: { read(query: UsageRequest): Promise<UsageReport> };
  ready(): Promise<void>;
}

export interface Repeatable {
  readonly idempotencyKey?: string | undefined;
}

/** The token wrapped, or in clear text, as who answers has it. */
export interface IssuedSomehow<View> {
  readonly key: View;
  readonly token: Token | string | null;
  readonly replayed: boolean;
}

/** An engine, as it is asked in the name of `actor`. */
export function administrationOf(latchkey: Latchkey, actor: Actor): Administration {
  const { keys, owners, tiers, events, usage } = latchkey;
  const by: CallContext = { actor };
  const repeatable = ({ idempotencyKey }: Repeatable = {}): CallContext => ({ actor, idempotencyKey });
  return {
    verify: (token, request) => latchkey.verify(token, request),
    ready: () => latchkey.ready(),
    keys: {
      create: (input, options) => keys.create(input, repeatable(options)),
      get: (id) => keys.get(id, by),
      list: (query) => keys.list(query, by),
      update: (id, patch) => keys.update(id, patch, by),
      rotate: (id, input, options) => keys.rotate(id, input, repeatable(options)),
      retireSecret: (id, secretId) => keys.retireSecret(id, secretId, by),
      revoke: (id, input) => keys.revoke(id, input, by),
      disable: (id, input) => keys.disable(id, input, by),
      enable: (id, input) => keys.enable(id, input, by),
    },
    owners: {
      get: (id) => owners.get(id, by),
      list: (query) => owners.list(query, by),
      update: (id, patch) => owners.update(id, patch, by),
      suspend: (id, input) => owners.suspend(id, input, by),
      resume: (id, input) => owners.resume(id, input, by),
      revokeAll: (id, input) => owners.revokeAll(id, input, by),
    },
    tiers: {
      get: (name) => tiers.get(name, by),
      list: () => tiers.list(by),
      put: (name, input) => tiers.put(name, input, by),
      remove: (name) => tiers.remove(name, by),
    },
    events: {
      list: (query) => events.list(query, by),
      head: () => events.head(by),
      verify: (query) => events.verify(query, by),
    },
    usage: { read: (query) => usage.read(query, by) },
  };
}
