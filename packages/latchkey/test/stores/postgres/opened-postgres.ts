/** Stores on a real PostgreSQL, each in a schema of its own. */
import { systemClock } from '../../../src/engine/system.js';
import { openPostgresStorage, type PostgresOptions } from '../../../src/stores/postgres/open.js';
import type { OpenedStorage } from '../../../src/testing/storage-suite.js';

let schemas = 0;

/** The URL with a schema that no other test uses. */
function ownSchema(url: string): string {
  const own = new URL(url);
  own.searchParams.set('schema', `test_${process.pid}_${++schemas}`);
  return own.href;
}

export async function openOwnSchema(url: string, options: Partial<PostgresOptions> = {}): Promise<Required<OpenedStorage>> {
  const own = { clock: systemClock, poolSize: 4, ...options, url: ownSchema(url) };
  let storage = await openPostgresStorage(own);
  return {
    storage,
    async reopen() {
      await storage.close();
      storage = await openPostgresStorage(own);
      return storage;
    },
    dispose: () => storage.close(),
  };
}
