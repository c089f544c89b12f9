/** Databases in a folder of their own, which goes away with them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Storage } from '../../src/ports/storage.js';
import { migrateSqlite } from '../../src/stores/sqlite/migrate.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import type { OpenedStorage } from '../../src/testing/storage-suite.js';

/** A path for a database of this test; its folder is removed when the test is over. */
export async function databaseFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'latchkey.db');
}

export async function withDatabaseFile<T>(body: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
  try {
    return await body(join(folder, 'latchkey.db'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function withFileStorage<T>(body: (storage: Storage, file: string) => Promise<T>): Promise<T> {
  return withDatabaseFile(async (file) => {
    const storage = await openSqliteStorage({ file });
    try {
      return await body(storage, file);
    } finally {
      await storage.close();
    }
  });
}

let migrated: Promise<Buffer> | null = null;

/** Returns the bytes of a database without records. Made once: the migrations take ten times as long as to write a copy. */
function migratedFile(): Promise<Buffer> {
  migrated ??= withDatabaseFile(async (file) => {
    await migrateSqlite(file);
    return readFile(file);
  });
  return migrated;
}

/** Opens an empty store in a file that was migrated before: for tests of what a store holds, not of how it is opened. */
export async function openTemporaryFile(): Promise<Required<OpenedStorage>> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-store-'));
  const file = join(folder, 'latchkey.db');
  await writeFile(file, await migratedFile());
  const open = async (): Promise<Storage> => {
    try {
      return await openSqliteStorage({ file });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  };
  let storage = await open();
  return {
    storage,
    async reopen() {
      await storage.close();
      storage = await open();
      return storage;
    },
    async dispose() {
      try {
        await storage.close();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
