/**
 * The engine: what Latchkey does, one file per use case, over ports alone.
 *
 * Owns verification, the life of keys, owners and tiers, what a node remembers, and the rule that no answer
 * outlives the state that it was made from. Knows no database, no HTTP, no clock and no randomness of its own.
 */
import { UnavailableError } from '../domain/errors.js';
import { withWalk } from '../domain/utilities/walk-pages.js';
import type { Clock } from '../ports/clock.js';
import type { Coherence, JoinCluster, Memory } from '../ports/coherence.js';
import type { Entropy } from '../ports/entropy.js';
import type { Limiter } from '../ports/limiter.js';
import type { SlowHashes } from '../ports/slow-hashes.js';
import type { Storage } from '../ports/storage.js';
import type { Latchkey } from './api/index.js';
import { createApplyChange } from './changes/change.js';
import { type KeyUseCases, LIBRARY_CONTEXT, type UseCaseParts } from './changes/context.js';
import { ADDRESSES, readInput } from '../contract/index.js';
import { explainKeyInput } from '../contract/calls/key-inputs.js';
import { createChangeWhere } from './keys/change-where.js';
import { createCreateKey } from './keys/create-key.js';
import { createCredentialCache, type CredentialCache } from './cache/credential-cache.js';
import { createEvents } from './audit-log/events.js';
import { createExplain } from './verify/explain.js';
import { createCredentialFinder } from './cache/find-credential.js';
import { createForeignTokenTable, type ForeignTokenTable } from './cache/foreign-tokens.js';
import { createGuessThrottle } from './cache/guess-throttle.js';
import { startHousekeeping } from './housekeeping.js';
import { createRepeats } from './changes/idempotency.js';
import { createImportKeys } from './keys/import-keys.js';
import { createKeyLimits } from './verify/key-limits.js';
import { createGetKey, createListKeys } from './keys/list-keys.js';
import { createOverview } from './usage/overview.js';
import { createOwners } from './owners/owners.js';
import { reconcilePeppers } from './runtime/peppers.js';
import { createRetireSecret } from './keys/retire-secret.js';
import { createDisableKey, createEnableKey, createRevokeKey } from './keys/revoke-key.js';
import { createRevokeAll } from './owners/revoke-all.js';
import { createRevokeKeys } from './keys/revoke-keys.js';
import { createRotateKey } from './keys/rotate-key.js';
import { createSelfService } from './self-service/self-service.js';
import { createSessions } from './sessions/sessions.js';
import type { EngineSettings } from './runtime/settings.js';
import { createCallCharging } from './verify/charge-call.js';
import { createSlowLookup } from './cache/slow-lookup.js';
import { createStatistics } from './runtime/statistics.js';
import { createSteadyClock } from './runtime/steady-clock.js';
import { EVENT_CALLS, KEY_CALLS, OWNER_CALLS, SERVICE_CALLS, SESSION_CALLS, TIER_CALLS, USAGE_CALLS } from './call-shapes.js';
import { libraryContext, takesEach } from './fields/takes.js';
import { applyConfiguredTiers, createTiers } from './owners/tiers.js';
import { createUnknownTokens, type UnknownTokens } from './cache/unknown-tokens.js';
import { createUpdateKey } from './keys/update-key.js';
import { createUpgradeSecret } from './keys/upgrade-secret.js';
import { createUsage } from './usage/usage.js';
import { createUsageRecorder } from './usage/usage-recorder.js';
import { createVerifyKey } from './verify/verify-key.js';
import { createRequestReader } from './verify/verify-request.js';

export interface EngineParts {
  readonly storage: Storage;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly slowHashes: SlowHashes;
  /** How this engine keeps together with others on the same database. */
  readonly join: JoinCluster;
}

/** Starts an engine; it owns storage and limiter from then on and closes them. Rejects with a ConfigurationError. */
export async function createEngine(engineParts: EngineParts, settings: EngineSettings): Promise<Latchkey> {
  const { storage } = engineParts;
  const clock = createSteadyClock(engineParts.clock, await latestChange(storage));
  await reconcilePeppers(storage.keys, settings.peppers, clock.now());
  const remembered: Remembered = {
    cache: createCredentialCache(settings.cacheKeys),
    unknown: createUnknownTokens(settings.cacheUnknown, settings.unknownTtlMs, clock),
    foreign: createForeignTokenTable(storage.keys),
  };
  const memory = memoryOf(remembered);
  // A lease goes by what the machine's clock shows: one that is made to stand still hides the time that passes.
  const coherence = await engineParts.join({ memory, clock: engineParts.clock });
  try {
    return await assemble({ ...engineParts, clock, coherence, memory, remembered }, settings);
  } catch (error) {
    await coherence.close();
    throw error;
  }
}

/** All that a node remembers of what the store holds. */
interface Remembered {
  readonly cache: CredentialCache;
  readonly unknown: UnknownTokens;
  readonly foreign: ForeignTokenTable;
}

function memoryOf({ cache, unknown, foreign }: Remembered): Memory {
  return {
    forget({ action, target: { type, id } }) {
      // Nothing in memory depends on the log.
      if (type !== 'log') cache.invalidate({ type, id });
      if (action !== 'key.imported') return;
      foreign.forget();
      unknown.clear();
    },
    forgetAll() {
      cache.invalidateAll();
      foreign.forget();
      unknown.clear();
    },
  };
}

interface AssembledParts extends Omit<EngineParts, 'join'> {
  readonly coherence: Coherence;
  readonly memory: Memory;
  readonly remembered: Remembered;
}

async function assemble(assembled: AssembledParts, settings: EngineSettings): Promise<Latchkey> {
  const { storage, limiter, clock, entropy, coherence, memory, slowHashes } = assembled;
  const { cache, unknown, foreign } = assembled.remembered;
  const statistics = createStatistics();
  const apply = createApplyChange({ keys: storage.keys, memory, coherence, statistics, clock });
  const repeats = createRepeats({ entropy, peppers: settings.peppers });
  const parts: UseCaseParts = { storage, apply, clock, entropy, repeats, settings };

  await applyConfiguredTiers(parts);
  await foreign.read();
  const upgrade = createUpgradeSecret(parts);
  const throttle = createGuessThrottle(settings.guessesPerMinute);
  const slowLookup = createSlowLookup({ keys: storage.keys, slowHashes, throttle, clock });
  const { peppers, staleIfErrorMs } = settings;
  const finder = createCredentialFinder({ keys: storage.keys, slowLookup, cache, coherence, clock, unknown, foreign, peppers, upgrade });
  const usage = createUsageRecorder({
    store: storage.usage,
    clock,
    writeBehindMs: settings.writeBehindMs,
    onFailure: () => void statistics.storeFailures++,
  });
  const { credits } = storage;
  const charging = createCallCharging({ limiter, credits });
  const readRequest = createRequestReader(settings);
  const verifyKey = createVerifyKey({ clock, cache, coherence, finder, charging, throttle, usage, statistics, staleIfErrorMs });
  const explain = createExplain({ clock, cache, coherence, finder, limiter, credits, keys: storage.keys });
  const { revokeAll, ...revocations } = createRevokeAll(parts);
  const housekeeping = startHousekeeping({ storage, clock, settings, resume: revocations.resume });
  const { walk, ...events } = createEvents({ ...parts, dropArchived: housekeeping.now });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      housekeeping.stop();
      await revocations.close();
      await coherence.close();
      // Each is closed whatever became of those before it: above all, the database is let go.
      const results = await Promise.allSettled([usage.close(), limiter.close()]);
      await storage.close();
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    })();
    return closing;
  };
  const before = (): void => {
    if (closing !== null) throw closed();
  };

  return {
    prefix: settings.prefix,
    environments: settings.environments,
    scopes: settings.scopes,
    verify(token, request, context) {
      try {
        if (closing !== null) return Promise.reject(closed());
        const within = context === undefined ? null : (libraryContext(context).actor.bounds ?? null);
        const read = within === null ? readRequest(request) : { ...readRequest(request), within };
        const verdict = request?.dryRun === true ? explain.token(token, read) : verifyKey.token(token, read);
        return verdict instanceof Promise ? verdict : Promise.resolve(verdict);
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    },
    keys: withWalk(
      takesEach<KeyUseCases>(
        {
          create: createCreateKey(parts),
          import: createImportKeys(parts),
          get: createGetKey(parts),
          list: createListKeys(parts),
          update: createUpdateKey(parts),
          rotate: createRotateKey(parts),
          revoke: createRevokeKey(parts),
          disable: createDisableKey(parts),
          enable: createEnableKey(parts),
          retireSecret: createRetireSecret(parts),
          revokeMany: createRevokeKeys(parts),
          ...createChangeWhere(parts),
          limits: createKeyLimits({ keys: storage.keys, finder, limiter, credits, clock }),
          explain: async (id, input = {}, context = LIBRARY_CONTEXT) =>
            explain.key(id, readRequest(readInput(explainKeyInput, input)), context),
        },
        KEY_CALLS,
        { addresses: ADDRESSES.keys, before },
      ),
    ) as Latchkey['keys'],
    owners: withWalk(takesEach(createOwners(parts, revokeAll), OWNER_CALLS, { addresses: ADDRESSES.owners, before })),
    tiers: takesEach(createTiers(parts, limiter), TIER_CALLS, { addresses: ADDRESSES.tiers, before }),
    events: { ...takesEach(events, EVENT_CALLS, { before }), walk },
    usage: takesEach(createUsage(parts), USAGE_CALLS, { before }),
    ...takesEach({ overview: createOverview(parts, coherence), cluster: async () => coherence.view() }, SERVICE_CALLS, { before }),
    sessions: takesEach(
      createSessions(parts, async (secretId, request) => verifyKey.secret(secretId, readRequest(request))),
      SESSION_CALLS,
      { before },
    ),
    selfService: (policy) => createSelfService({ ...parts, limiter }, policy),
    stats: () => ({
      verifications: { ...statistics.verifications },
      cache: { hits: statistics.cacheHits, misses: statistics.cacheMisses, keys: cache.size, unknown: unknown.size },
      changes: statistics.changes,
      storeFailures: statistics.storeFailures,
      limiterFailures: statistics.limiterFailures,
      pendingUsage: usage.pending,
    }),
    ready: () => (closing === null ? storage.check() : Promise.reject(closed())),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** When the last change was made, which no time after the start may lie before. */
async function latestChange(storage: Storage): Promise<number> {
  const [last] = await storage.events.readEvents({ order: 'newest', limit: 1 });
  return last?.at ?? 0;
}

/** Nobody who closed an engine is to try again. */
function closed(): UnavailableError {
  return new UnavailableError('store', { message: 'This Latchkey is closed. Create another one with createLatchkey().' });
}
