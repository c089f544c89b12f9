/** The PostgreSQL store on its own, for tools that migrate or read a database without an engine. Loaded when first used. */
import { systemClock } from './engine/runtime/system.js';
import type { Storage } from './ports/storage.js';
import { isPostgresUrl, parsePostgresUrl } from './stores/postgres/address.js';
import type { PostgresInspection } from './stores/postgres/inspect.js';
import type { PostgresStoreOptions } from './stores/postgres/open.js';

export { isPostgresUrl, type PostgresInspection };

export type PostgresOptions = Omit<PostgresStoreOptions, 'clock'>;

/**
 * See `openPostgresStorage` in stores/postgres/open.ts: what it guarantees and rejects with is the same. What it waits for
 * is measured by the system's clock, whatever clock an engine on it is given.
 */
export async function openPostgresStorage(options: PostgresOptions): Promise<Storage> {
  const store = await import('./stores/postgres/open.js');
  return store.openPostgresStorage({ ...options, clock: systemClock });
}

/** See `migratePostgres` in stores/postgres/open.ts: returns the ids of the migrations that this call applied. */
export async function migratePostgres(options: Pick<PostgresOptions, 'url' | 'timeoutMs'>): Promise<readonly string[]> {
  const store = await import('./stores/postgres/open.js');
  return store.migratePostgres({ ...options, clock: systemClock });
}

/** See `inspectPostgres` in stores/postgres/inspect.ts: what can be said of a database and its server by reading alone. */
export async function inspectPostgres({ url, timeoutMs = 5_000 }: Pick<PostgresOptions, 'url' | 'timeoutMs'>): Promise<PostgresInspection> {
  const store = await import('./stores/postgres/inspect.js');
  return store.inspectPostgres({ url, timeoutMs, clock: systemClock });
}

/** The URL as it may be shown: without its password. Throws a ConfigurationError where it cannot be used. */
export function showPostgresUrl(url: string): string {
  return parsePostgresUrl(url).shown;
}
