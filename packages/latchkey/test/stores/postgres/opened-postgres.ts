/** Stores on a real PostgreSQL, each in a schema of its own. */
import { systemClock } from '../../../src/engine/system.js';
import { openPostgresStorage, type PostgresOptions } from '../../../src/stores/postgres/open.js';
import type { OpenedStorage } from '../../../src/testing/storage-suite.js';

/** What a test does not ask after is not to fail it on a busy machine. */
export const PATIENT_MS = 30_000;

let schemas = 0;

interface OpenedPostgres extends Required<OpenedStorage> {
  /** With the schema. */
  readonly url: string;
}

/** In a schema that no other test uses. */
export function openOwnSchema(url: string, options: Partial<PostgresOptions> = {}): Promise<OpenedPostgres> {
  const own = new URL(url);
  own.searchParams.set('schema', `test_${process.pid}_${++schemas}`);
  return openSchema(own.href, options);
}

export async function openSchema(url: string, options: Partial<PostgresOptions> = {}): Promise<OpenedPostgres> {
  const own = { clock: systemClock, poolSize: 4, timeoutMs: PATIENT_MS, ...options, url };
  let storage = await openPostgresStorage(own);
  return {
    url,
    storage,
    async reopen() {
      await storage.close();
      storage = await openPostgresStorage(own);
      return storage;
    },
    dispose: () => storage.close(),
  };
}

/** The same database by another way. */
export function throughPort(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}
