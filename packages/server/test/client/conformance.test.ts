import { openSqliteStorage } from 'latchkey/internal';
import { latchkeySuite, type OpenedStorage } from 'latchkey/testing';
import { describe, it } from 'vitest';
import { serviceOn } from './service-on.js';

describe('a client of a service on SQLite', () => {
  latchkeySuite({ describe, it }, serviceOn(openInMemory));
});

describe('a client with a cache, through which all changes are made', () => {
  latchkeySuite({ describe, it }, serviceOn(openInMemory, { ttlMs: 60_000 }));
});

async function openInMemory(): Promise<OpenedStorage> {
  const storage = await openSqliteStorage({ file: ':memory:' });
  return { storage, dispose: () => storage.close() };
}
