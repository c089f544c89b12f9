/**
 * The library's composition root: the one place in this package where an engine is given its store, its
 * limiter, the system's clock and entropy. Everything else is handed its parts.
 */
import { ConfigurationError } from './domain/errors.js';
import type { LimitInput } from './domain/limit.js';
import type { Latchkey } from './engine/api.js';
import { createEngine } from './engine/engine.js';
import { readSettings } from './engine/settings.js';
import { systemClock, systemEntropy } from './engine/system.js';
import { createSlowHashes } from './hashing/slow-hashes.js';
import { createMemoryLimiter } from './limiters/memory.js';
import type { Clock } from './ports/clock.js';
import type { Entropy } from './ports/entropy.js';
import type { Storage } from './ports/storage.js';

/** A secret that is mixed into every stored digest, and is kept outside the database. */
export interface Pepper {
  /** 1 to 32 of `a-z 0-9 _ -`; stored beside each digest. */
  readonly id: string;
  /** At least 32 bytes, as text. */
  readonly secret: string;
}

export interface LatchkeyOptions {
  /** `file:<path>` or `:memory:`; by default `file:./latchkey.db`. */
  readonly database?: string | undefined;
  /** What every token begins with: `[a-z][a-z0-9]*(_[a-z0-9]+)*`, up to 24 characters; by default `lk`. */
  readonly prefix?: string | undefined;
  /** The environments that keys may be of, the default one first; by default `live` and `test`. */
  readonly environments?: readonly string[] | undefined;
  /** The environment that a verification is held to when it names none; by default any but `operator`. */
  readonly environment?: string | undefined;
  /** Tiers that the configuration declares; they are applied at start and changed only here. */
  readonly tiers?: Readonly<Record<string, readonly LimitInput[]>> | undefined;
  /** The newest first: it signs; the others still verify, and a secret moves to the newest on use. */
  readonly peppers?: readonly Pepper[] | undefined;
  /** Keys, neither revoked nor expired, that an owner may have unless its record says otherwise; by default no bound. */
  readonly maxKeysPerOwner?: number | null | undefined;
  /** Keys kept in memory; by default 100 000, about 350 bytes each. At least half of the most recently used stay. */
  readonly cacheKeys?: number | undefined;
  /** Unknown tokens remembered, apart from the keys; by default 10 000. */
  readonly cacheUnknown?: number | undefined;
  /** How long an unknown token is remembered, in milliseconds; by default 5 000. */
  readonly unknownTtlMs?: number | undefined;
  /** Unknown tokens that one address (an IPv6 /64) may try each minute before it is told to wait; by default 60. */
  readonly guessesPerMinute?: number | undefined;
  /** What a verification answers while the limiter cannot: refuse it (the default), or let it pass as `degraded`. */
  readonly onLimiterFailure?: 'deny' | 'allow' | undefined;
  /** For tests: the system's clock by default. */
  readonly clock?: Clock | undefined;
  /** For tests: the operating system's entropy by default. */
  readonly entropy?: Entropy | undefined;
}

/**
 * Opens the database (migrating it where needed) and starts an engine on it.
 *
 * Rejects with a ConfigurationError that lists every problem: an option that cannot be used, a pepper that is
 * not the one the database was made with, a database of a newer version, or one that another process serves.
 *
 * @example
 * const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'acme' });
 * const { key, token } = await latchkey.keys.create({ name: 'CI', owner: 'team-7' });
 * const verdict = await latchkey.verify(token?.reveal(), { scopes: ['articles:read'] });
 */
export async function createLatchkey(options: LatchkeyOptions = {}): Promise<Latchkey> {
  const settings = readSettings(options);
  const clock = options.clock ?? systemClock;
  const entropy = options.entropy ?? systemEntropy;
  const storage = await openStorage(options.database ?? 'file:./latchkey.db');
  try {
    const limiter = createMemoryLimiter({ counters: storage.counters, clock });
    return await createEngine({ storage, limiter, clock, entropy, slowHashes: createSlowHashes() }, settings);
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function openStorage(database: string): Promise<Storage> {
  if (database !== ':memory:' && !database.startsWith('file:')) {
    throw new ConfigurationError(['database: use "file:<path>" or ":memory:"; this version stores in SQLite alone.']);
  }
  const { openSqliteStorage } = await import('./stores/sqlite/open.js');
  return openSqliteStorage({ file: database === ':memory:' ? database : database.slice('file:'.length) });
}
