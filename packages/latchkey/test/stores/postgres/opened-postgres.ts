/** Stores on a real PostgreSQL, each in a schema of its own. */
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { PostgresAccess } from '../../../../../tools/services/postgres.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { openPostgresStorage, type PostgresStoreOptions } from '../../../src/stores/postgres/open.js';
import type { OpenedStorage } from '../../../src/testing/storage-suite.js';

/** What a test does not ask after is not to fail it on a busy machine. */
export const PATIENT_MS = 30_000;

let schemas = 0;

interface OpenedPostgres extends Required<OpenedStorage> {
  /** With the schema. */
  readonly url: string;
}

/** In a schema that no other test uses. */
export function openOwnSchema(url: string, options: Partial<PostgresStoreOptions> = {}): Promise<OpenedPostgres> {
  const own = new URL(url);
  own.searchParams.set('schema', `test_${process.pid}_${++schemas}`);
  return openSchema(own.href, options);
}

export async function openSchema(url: string, options: Partial<PostgresStoreOptions> = {}): Promise<OpenedPostgres> {
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

/**
 * Opens stores that stay open, and are emptied and used again: to open one takes longer than most tests. `way` leads to
 * the same server as `postgres`. To be called while tests are declared.
 */
export function openPooled(postgres: PostgresAccess, way: string): () => Promise<OpenedPostgres> {
  const idle: OpenedPostgres[] = [];
  // One session empties all of them: to open a session takes longer.
  const cleaner = new pg.Client({ connectionString: postgres.url(new URL(way).pathname.slice(1)) });
  beforeAll(() => cleaner.connect());
  afterAll(async () => {
    await Promise.all([cleaner.end(), ...idle.map(({ dispose }) => dispose())]);
  });
  return async () => {
    const used = idle.pop();
    if (used !== undefined) await emptySchema(cleaner, used.url);
    const opened = used ?? (await openOwnSchema(way));
    let { storage } = opened;
    return {
      ...opened,
      async reopen() {
        storage = await opened.reopen();
        return storage;
      },
      async dispose() {
        // Some tests close their store.
        const isOpen = await storage.check().then(
          () => true,
          () => false,
        );
        if (isOpen) idle.push({ ...opened, storage });
      },
    };
  };
}

/** Deletes the rows of all tables but the record of migrations, and begins usage anew. Only a replica's session may empty the audit log. */
async function emptySchema(cleaner: pg.Client, url: string): Promise<void> {
  const schema = new URL(url).searchParams.get('schema') ?? '';
  await cleaner.query(`do $$ declare name text; begin
    set local session_replication_role = replica;
    for name in select tablename from pg_tables where schemaname = '${schema}' and tablename <> 'latchkey_migrations' loop
      execute format('delete from "${schema}".%I', name);
    end loop;
    insert into "${schema}".usage_progress values (1, 0, '', '', 0, 0);
  end $$`);
}

/** The same database by another way. */
export function throughPort(url: string, port: number): string {
  const other = new URL(url);
  other.port = String(port);
  return other.href;
}
