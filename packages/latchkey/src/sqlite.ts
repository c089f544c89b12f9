/** The SQLite store on its own, for tools that migrate or read a database without an engine. Loaded when first used. */
import { systemClock, systemNotify } from './engine/runtime/system.js';
import type { Storage } from './ports/storage.js';
import type { DeepCheck, DeepCheckOptions } from './stores/sqlite/deep-check.js';
import type { SqliteInspection, TableWeight, UsageHeld } from './stores/sqlite/inspect.js';
import type { SqliteOptions } from './stores/sqlite/open.js';

export type { DeepCheck, SqliteInspection, SqliteOptions, TableWeight, UsageHeld };

/**
 * See `openSqliteStorage` in stores/sqlite/open.ts: what it guarantees and rejects with is the same. Without `notify`,
 * warnings are emitted as those of the process.
 */
export async function openSqliteStorage({ notify = systemNotify, ...options }: SqliteOptions): Promise<Storage> {
  const store = await import('./stores/sqlite/open.js');
  return store.openSqliteStorage({ ...options, notify });
}

/** See `migrateSqlite` in stores/sqlite/migrate.ts: returns the ids of the migrations that this call applied. */
export async function migrateSqlite(file: string): Promise<readonly string[]> {
  const store = await import('./stores/sqlite/migrate.js');
  return store.migrateSqlite(file);
}

/** Returns what `latchkey doctor` reads of a database file: see `inspectSqlite` in stores/sqlite/inspect.ts. */
export async function inspectSqlite(file: string): Promise<SqliteInspection> {
  const store = await import('./stores/sqlite/inspect.js');
  return store.inspectSqlite(file);
}

/** Reads a whole database file, beside a running service too: see `deepCheckSqlite` in stores/sqlite/deep-check.ts. */
export async function deepCheckSqlite(file: string, options: Omit<DeepCheckOptions, 'clock'> = {}): Promise<DeepCheck> {
  const store = await import('./stores/sqlite/deep-check.js');
  return store.deepCheckSqlite(file, { ...options, clock: systemClock });
}
