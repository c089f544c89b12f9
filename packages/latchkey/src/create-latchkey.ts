/**
 * The library's composition root: the one place in this package where an engine is given its store, its
 * limiter, the system's clock and entropy. Everything else is handed its parts.
 */
import { alone, joinByLease, joinStrictly } from './cluster/index.js';
import type { SettingsInput } from './contract/settings/setting-inputs.js';
import { ConfigurationError } from './domain/errors.js';
import type { Names, NamesGiven, WithWildcards } from './domain/names.js';
import type { Latchkey } from './engine/api/index.js';
import { createEngine } from './engine/engine.js';
import { systemClock, systemEntropy, systemLabel, systemNotify } from './engine/runtime/system.js';
import { createSlowHashes } from './hashing/slow-hashes.js';
import { openLimiter, warnOfLimitsPerNode, type LimiterParts } from './open-limiter.js';
import { openStorage } from './open-storage.js';
import type { Clock } from './ports/clock.js';
import type { Coherence, JoinCluster } from './ports/coherence.js';
import type { Entropy } from './ports/entropy.js';
import type { Limiter } from './ports/limiter.js';
import type { Notify } from './ports/notice.js';
import type { Storage } from './ports/storage.js';
import { isPostgresUrl } from './postgres.js';
import { readSettings, type Settings } from './read-settings.js';
import { VERSION } from './version.js';

/** Every option may be left out. The names that stand here are checked, by their types, in every call. */
export interface LatchkeyOptions<N extends Names = Names> extends SettingsInput<N> {
  /** Is told what whoever runs this should know, for a log; by default warnings are emitted as those of the process. */
  readonly onNotice?: Notify | undefined;
  /** For tests: the system's clock by default. */
  readonly clock?: Clock | undefined;
  /** For tests: the operating system's entropy by default. */
  readonly entropy?: Entropy | undefined;
}

/**
 * Opens the database (migrating it where needed) and starts an engine on it.
 *
 * The names of `tiers`, `scopes` and `environments` are checked by their types in every call; without them, any text is taken.
 *
 * Rejects with a ConfigurationError that lists every problem: an option that cannot be used, a pepper that is
 * not the one the database was made with, or a database of a newer version; a Redis that answers and cannot be used.
 * One that does not answer keeps nothing from starting.
 *
 * @example
 * const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'acme' });
 * const { key, token } = await latchkey.keys.create({ name: 'CI', owner: 'team-7' });
 * const verdict = await latchkey.verify(token, { scopes: ['articles:read'] });
 */
export async function createLatchkey<
  const Tier extends string = string,
  const Scope extends string = string,
  const Environment extends string = string,
>(
  options: LatchkeyOptions<{ readonly tier: Tier; readonly scope: Scope; readonly environment: Environment }> = {},
): Promise<
  Latchkey<{
    readonly tier: NamesGiven<{ tier: Tier }, 'tier'>;
    readonly scope: WithWildcards<Scope>;
    readonly environment: Environment;
  }>
> {
  const settings = readSettings(options, OTHER_OPTIONS);
  const { clock = systemClock, entropy = systemEntropy, onNotice = systemNotify } = options;
  if (typeof onNotice !== 'function') throw new ConfigurationError(['onNotice: use a function.']);
  const notify = unbreakable(onNotice);
  const { database, databasePool, databaseTimeoutMs } = settings;
  const storage = await openStorage(database, { databasePool, databaseTimeoutMs, notify });
  const cluster = watched(joinOf({ storage, entropy, settings }));
  let limiter: Limiter | null = null;
  try {
    const { writeBehindMs } = settings;
    const parts: LimiterParts = { ...storage, databaseTimeoutMs, writeBehindMs, nodes: cluster.nodes, clock, notify };
    limiter = await openLimiter(settings, parts);
    const engine = await createEngine({ storage, limiter, clock, entropy, slowHashes: createSlowHashes(), join: cluster.join }, settings);
    warnOfLimitsPerNode(settings, parts);
    return engine;
  } catch (error) {
    await limiter?.close().catch(() => undefined);
    await storage.close();
    throw error;
  }
}

/** Options that are no settings: programs alone can give them. */
const OTHER_OPTIONS: Readonly<Record<Exclude<keyof LatchkeyOptions, keyof SettingsInput>, true>> = {
  onNotice: true,
  clock: true,
  entropy: true,
};

/** A log that fails must not keep anything from being counted or answered. */
function unbreakable(notify: Notify): Notify {
  return (notice) => {
    try {
      notify(notice);
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** How many nodes there are, for the limiter, which is there before this node has joined them. */
function watched(join: JoinCluster): { readonly join: JoinCluster; readonly nodes: () => number } {
  let joined: Coherence | null = null;
  return { join: async (parts) => (joined = await join(parts)), nodes: () => joined?.nodes() ?? 1 };
}

interface JoinParts {
  readonly storage: Storage;
  readonly entropy: Entropy;
  readonly settings: Settings;
}

/** A database in memory is this process's own; any other may have other processes at work on it at any time. */
function joinOf({ storage, entropy, settings }: JoinParts): JoinCluster {
  const { database, consistency, leaseMs } = settings;
  const { nodes } = storage;
  if (consistency === 'strict') return joinStrictly({ nodes, leaseMs });
  if (database === ':memory:') return alone;
  const pollMs = isPostgresUrl(database) ? POSTGRES_POLL_MS : SQLITE_POLL_MS;
  return joinByLease({ nodes, entropy, label: systemLabel(), version: VERSION, leaseMs, pollMs });
}

/** SQLite tells no other process of a change, and looking costs it a few microseconds. */
const SQLITE_POLL_MS = 25;
/** PostgreSQL tells at once, but for what a pooler or a dead connection swallows. */
const POSTGRES_POLL_MS = 250;
