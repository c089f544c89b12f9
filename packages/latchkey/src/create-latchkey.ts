/**
 * The library's composition root: the one place in this package where an engine is given its store, its
 * limiter, the system's clock and entropy. Everything else is handed its parts.
 */
import { ConfigurationError } from './domain/errors.js';
import type { Latchkey } from './engine/api.js';
import { createEngine } from './engine/engine.js';
import { readSettings, type EngineSettings, type SettingsInput } from './engine/settings.js';
import { systemClock, systemEntropy, systemNotify } from './engine/system.js';
import { createSlowHashes } from './hashing/slow-hashes.js';
import { createFailoverLimiter } from './limiters/failover.js';
import { createMemoryLimiter } from './limiters/memory.js';
import { MEANWHILE } from './limiters/outage-notices.js';
import { readLimiterSettings, type LimiterSettings, type LimiterSettingsInput } from './limiters/settings.js';
import type { Clock } from './ports/clock.js';
import type { Entropy } from './ports/entropy.js';
import type { Limiter } from './ports/limiter.js';
import type { Notify } from './ports/notice.js';
import type { Storage } from './ports/storage.js';

export interface LatchkeyOptions extends SettingsInput, LimiterSettingsInput {
  /** `file:<path>` or `:memory:`; by default `file:./latchkey.db`. */
  readonly database?: string | undefined;
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
 * Rejects with a ConfigurationError that lists every problem: an option that cannot be used, a pepper that is
 * not the one the database was made with, a database of a newer version, or one that another process serves; a
 * Redis that answers and cannot be used. One that does not answer keeps nothing from starting.
 *
 * @example
 * const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'acme' });
 * const { key, token } = await latchkey.keys.create({ name: 'CI', owner: 'team-7' });
 * const verdict = await latchkey.verify(token?.reveal(), { scopes: ['articles:read'] });
 */
export async function createLatchkey(options: LatchkeyOptions = {}): Promise<Latchkey> {
  const { settings, limits } = readOptions(options);
  const { clock = systemClock, entropy = systemEntropy } = options;
  const notify = unbreakable(options.onNotice ?? systemNotify);
  const storage = await openStorage(options.database ?? 'file:./latchkey.db');
  let limiter: Limiter | null = null;
  try {
    limiter = await openLimiter(limits, { storage, clock, notify });
    return await createEngine({ storage, limiter, clock, entropy, slowHashes: createSlowHashes() }, settings);
  } catch (error) {
    await limiter?.close().catch(() => undefined);
    await storage.close();
    throw error;
  }
}

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

function readOptions(options: LatchkeyOptions): { readonly settings: EngineSettings; readonly limits: LimiterSettings } {
  const problems: string[] = [];
  const settings = attempt(() => readSettings(options), problems);
  const limits = attempt(() => readLimiterSettings(options), problems);
  if (settings === null || limits === null) throw new ConfigurationError(problems);
  return { settings, limits };
}

function attempt<Settings>(read: () => Settings, problems: string[]): Settings | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

async function openStorage(database: string): Promise<Storage> {
  if (database !== ':memory:' && !database.startsWith('file:')) {
    throw new ConfigurationError(['database: use "file:<path>" or ":memory:"; this version stores in SQLite alone.']);
  }
  const { openSqliteStorage } = await import('./stores/sqlite/open.js');
  return openSqliteStorage({ file: database === ':memory:' ? database : database.slice('file:'.length) });
}

interface LimiterParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly notify: Notify;
}

/** Where limits are counted, and what becomes of calls while they cannot be. */
async function openLimiter(limits: LimiterSettings, parts: LimiterParts): Promise<Limiter> {
  return createFailoverLimiter({
    primary: await openPrimary(limits, parts),
    policy: limits.onLimiterFailure,
    local: createMemoryLimiter({ counters: null, clock: parts.clock }),
    nodes: () => limits.nodes,
  });
}

async function openPrimary(limits: LimiterSettings, { storage, clock, notify }: LimiterParts): Promise<Limiter> {
  const { redis, redisPrefix, limiterTimeoutMs, onLimiterFailure, nodes } = limits;
  if (redis !== null) {
    const { openRedisLimiter } = await import('./limiters/redis/open.js');
    const meanwhile = MEANWHILE[onLimiterFailure];
    return openRedisLimiter({ address: redis, prefix: redisPrefix, timeoutMs: limiterTimeoutMs, clock, notify, meanwhile });
  }
  if (nodes > 1) notify({ level: 'warn', code: 'limits_warning', message: LIMITS_PER_NODE });
  return createMemoryLimiter({ counters: storage.counters, clock });
}

const LIMITS_PER_NODE =
  'Several nodes, and neither Redis nor a database that they share: each node counts limits by itself, so that all of them together admit each limit once per node. Set redis.';
