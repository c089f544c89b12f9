/**
 * The library's composition root: the one place in this package where an engine is given its store, its
 * limiter, the system's clock and entropy. Everything else is handed its parts.
 */
import { ConfigurationError } from './domain/errors.js';
import type { Names, NamesGiven, WithWildcards } from './domain/names.js';
import type { Latchkey } from './engine/api.js';
import { createEngine } from './engine/engine.js';
import { readSettings, type SettingsInput } from './engine/settings.js';
import { systemClock, systemEntropy } from './engine/system.js';
import { createSlowHashes } from './hashing/slow-hashes.js';
import { createMemoryLimiter } from './limiters/memory.js';
import type { Clock } from './ports/clock.js';
import type { Entropy } from './ports/entropy.js';
import type { Storage } from './ports/storage.js';

export interface LatchkeyOptions<N extends Names = Names> extends SettingsInput<N> {
  /** `file:<path>` or `:memory:`; by default `file:./latchkey.db`. */
  readonly database?: string | undefined;
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
 * not the one the database was made with, a database of a newer version, or one that another process serves.
 *
 * @example
 * const latchkey = await createLatchkey({ database: 'file:./latchkey.db', prefix: 'acme' });
 * const { key, token } = await latchkey.keys.create({ name: 'CI', owner: 'team-7' });
 * const verdict = await latchkey.verify(token?.reveal(), { scopes: ['articles:read'] });
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
