import { describe, expect, it } from 'vitest';
import { openSqliteStorage } from '../../../src/stores/sqlite/open.js';
import { storageSuite, type OpenedStorage } from '../../../src/testing/storage-suite.js';
import { openTemporaryFile } from '../temporary-database.js';

const reason = 'a database in memory ends with its connection';

describe('SQLite in a file', () => {
  storageSuite({ describe, it }, { open: openTemporaryFile });
});

describe('SQLite in memory', () => {
  storageSuite(
    { describe, it },
    {
      open: openInMemory,
      skips: [
        { test: 'everything that was answered is there when the store is opened again', reason },
        { test: 'the log goes on where it ended', reason },
        { test: 'a store that was opened again has lost none of its guards', reason },
      ],
    },
  );
});

describe('the storage suite', () => {
  it('refuses to skip a test that it does not have', () => {
    const silent = { describe: (_name: string, body: () => void) => body(), it: () => undefined };
    expect(() => storageSuite(silent, { open: openInMemory, skips: [{ test: 'no such test', reason }] })).toThrow('no such test');
  });
});

async function openInMemory(): Promise<OpenedStorage> {
  const storage = await openSqliteStorage({ file: ':memory:' });
  return { storage, dispose: () => storage.close() };
}
