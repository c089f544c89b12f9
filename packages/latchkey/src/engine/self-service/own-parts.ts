/**
 * The parts of a use case as an owner may use them: a store in which there are no keys but its own, and changes that begin
 * with whether the owner may still act. What is not there cannot be shown, changed or told from what never was.
 */
import { type Actor, OPERATOR_ENVIRONMENT } from '../../domain/actor.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { KeyRecord, OwnerRecord } from '../../domain/key.js';
import type { Change, KeyStore } from '../../ports/key-store.js';
import type { ApplyChange } from '../changes/change.js';
import type { UseCaseParts } from '../changes/context.js';
import type { Repeats } from '../changes/idempotency.js';
import type { Principal } from '../api/self-service.js';

export interface OwnRules {
  readonly principal: Principal;
  /** The most keys that policy lets an owner have. */
  readonly maxKeys: number;
  /** Whether a token comes of it, which an owner that is suspended does not get. */
  readonly mints?: boolean;
  /** What else must hold, judged within the change. */
  readonly before?: (change: Change) => Promise<void>;
  /** Why nothing new may be done: only a request that was answered before is answered again. */
  readonly onlyAgain?: Error;
}

export function ownParts(parts: UseCaseParts, rules: OwnRules): UseCaseParts {
  const { storage } = parts;
  const { ownerId } = rules.principal;
  return {
    ...parts,
    apply: ownChanges(parts, rules),
    repeats: rules.onlyAgain === undefined ? parts.repeats : onlyRepeats(parts.repeats, rules.onlyAgain),
    storage: {
      keys: ownKeyStore(storage.keys, ownerId),
      catalog: storage.catalog,
      census: storage.census,
      events: storage.events,
      credits: storage.credits,
      counters: storage.counters,
      sharedCounters: storage.sharedCounters,
      usage: storage.usage,
      nodes: storage.nodes,
      sessions: storage.sessions,
      check: () => storage.check(),
      close: () => storage.close(),
    },
  };
}

export function ownerActor({ ownerId }: Principal): Actor {
  return { type: 'owner', id: ownerId, scopes: [] };
}

/** A session or a JWT is good before the instant at which it ends, and not at it. */
export function assertNotEnded({ expiresAt }: Principal, now: number): void {
  if (expiresAt !== null && !(now < expiresAt)) throw new ForbiddenError('Your session has ended. Sign in again.');
}

/** The keys that an owner may have when it makes them by itself: never more than policy lets any owner have. */
export function ownMaxKeys(
  owner: Pick<OwnerRecord, 'maxKeys'> | null,
  { settings, maxKeys }: Pick<UseCaseParts, 'settings'> & Pick<OwnRules, 'maxKeys'>,
): number {
  return Math.min(owner?.maxKeys ?? settings.maxKeysPerOwner ?? maxKeys, maxKeys);
}

function ownChanges({ apply, settings }: UseCaseParts, { principal, maxKeys, mints = false, before }: OwnRules): ApplyChange {
  return ({ context }, work) =>
    apply({ context, scope: null }, async (change, now, may) => {
      assertNotEnded(principal, now);
      if (mints && (await change.owners.find(principal.ownerId))?.suspendedAt != null) {
        throw new ForbiddenError('You are suspended, and get no new tokens. Ask whoever runs this API.');
      }
      const own: Change = {
        ...change,
        keys: { ...change.keys, find: async (id) => ownOrNull(await change.keys.find(id), principal.ownerId) },
        owners: {
          ...change.owners,
          async ensure(id, at) {
            const owner = await change.owners.ensure(id, at);
            return { ...owner, maxKeys: ownMaxKeys(owner, { settings, maxKeys }) };
          },
        },
      };
      await before?.(own);
      return work(own, now, may);
    });
}

function onlyRepeats(repeats: Repeats, whyNotNew: Error): Repeats {
  return {
    ...repeats,
    async find(...asked) {
      const repeated = await repeats.find(...asked);
      if (repeated === null) throw whyNotNew;
      return repeated;
    },
  };
}

function ownKeyStore(keys: KeyStore, owner: string): KeyStore {
  const own = { owner, exceptEnvironment: OPERATOR_ENVIRONMENT };
  return {
    ...keys,
    async readKey(id, aside) {
      const detail = await keys.readKey(id, aside);
      return detail === null || ownOrNull(detail.key, owner) === null ? null : detail;
    },
    listKeys: (query) => keys.listKeys({ ...query, ...own }),
    listIds: (query) => keys.listIds({ ...query, ...own }),
    countKeys: (query) => keys.countKeys({ ...query, ...own }),
  };
}

/** An operator token opens Latchkey's own API: whom a JWT of the host names as its owner must not get a new one. */
function ownOrNull(key: KeyRecord | null, owner: string): KeyRecord | null {
  return key !== null && key.owner === owner && key.environment !== OPERATOR_ENVIRONMENT ? key : null;
}
