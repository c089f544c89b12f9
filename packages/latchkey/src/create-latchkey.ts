/**
 * The library's composition root: the one place in this package where an engine is given its store, its
 * limiter, the system's clock and entropy. Everything else is handed its parts.
 */
import type { Latchkey } from './engine/api.js';
import { createEngine } from './engine/engine.js';
import { readSettings, type SettingsInput } from './engine/settings.js';
import { systemClock, systemEntropy } from './engine/system.js';
import { createSlowHashes } from './hashing/slow-hashes.js';
import { createMemoryLimiter } from './limiters/memory.js';
import { openStorage, type DatabaseOptions } from './open-storage.js';
import type { Clock } from './ports/clock.js';
import type { Entropy } from './ports/entropy.js';

export interface LatchkeyOptions extends SettingsInput, DatabaseOptions {
  /** `file:<path>`, `:memory:`, or `postgres://user:password@host:5432/database`; by default `file:./latchkey.db`. */
  readonly database?: string | undefined;
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
  const { database = 'file:./latchkey.db', databasePool, databaseTimeoutMs } = options;
  const storage = await openStorage(database, { databasePool, databaseTimeoutMs });
  try {
    const limiter = createMemoryLimiter({ counters: storage.counters, clock });
    return await createEngine({ storage, limiter, clock, entropy, slowHashes: createSlowHashes() }, settings);
  } catch (error) {
    await storage.close();
    throw error;
  }
}
