import { rename } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { driver, openSqlite } from '../../../../../tools/services/sqlite.js';
import { UnavailableError } from '../../../src/domain/errors.js';
import { createJsonMemo } from '../../../src/stores/sql/json-memo.js';
import { openWriter } from '../../../src/stores/sqlite/connections.js';
import type { SqliteConnection } from '../../../src/stores/sqlite/driver.js';
import { createSqliteKeyStore } from '../../../src/stores/sqlite/key-store.js';
import { migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createMutex } from '../../../src/domain/mutex.js';
import { createReader } from '../../../src/stores/sqlite/reader.js';
import { createWriter, type Writer } from '../../../src/stores/sqlite/writer.js';
import {
  sampleDigest,
  sampleEvent,
  sampleIdempotency,
  sampleKey,
  sampleSecret,
  START,
  storeKeys,
} from '../../../src/testing/storage-records.js';
import { withDatabaseFile, withFileStorage } from '../temporary-database.js';

describe('work that is long', () => {
  /** How often the event loop came round while `work` went on. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0;
    let ended = false;
    const count = (): void => {
      turns += 1;
      if (!ended) setImmediate(count);
    };
    setImmediate(count);
    await work;
    ended = true;
    return turns;
  }

  it('event loop: has its turn between two changes of a row of changes', async () => {
    await withFileStorage(async (storage) => {
      const changes = async (): Promise<void> => {
        for (let number = 1; number <= 10; number++) await storage.keys.change((change) => change.append(sampleEvent(number)));
      };
      expect(await turnsDuring(changes())).toBeGreaterThanOrEqual(9);
    });
  });

  it('lets the event loop have its turn: a change of many entries, and a long page of the log', async () => {
    await withFileStorage(async (storage) => {
      const append = storage.keys.change(async (change) => {
        for (let number = 1; number <= 500; number++) await change.append(sampleEvent(number));
      });
      expect(await turnsDuring(append)).toBeGreaterThanOrEqual(9);
      const pages = (async () => {
        for (let after = 0; after < 500; after += 100) await storage.events.readEvents({ after, order: 'oldest', limit: 100 });
      })();
      expect(await turnsDuring(pages)).toBeGreaterThanOrEqual(5);
    });
  });
});

describe('a search', () => {
  it('is refused as unavailable where its thread cannot open the database, and works again once it can', async () => {
    await withFileStorage(async (storage, file) => {
      await storeKeys(storage, [sampleKey(1)]);
      await rename(file, `${file}-away`);
      await expect(storage.keys.listKeys({ limit: 10, now: START })).rejects.toBeInstanceOf(UnavailableError);
      await rename(`${file}-away`, file);
      expect(await storage.keys.listKeys({ limit: 10, now: START })).toHaveLength(1);
    });
  });

  it('is refused so, too, where the event loop hears of the start and of the failure at once', async () => {
    await withFileStorage(async (storage, file) => {
      await storeKeys(storage, [sampleKey(1)]);
      await rename(file, `${file}-away`);
      const listing = storage.keys.listKeys({ limit: 10, now: START });
      const refused = expect(listing).rejects.toBeInstanceOf(UnavailableError);
      // Long enough for a thread to start and to fail; on a slower machine, less is shown.
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500));
      await refused;
      await rename(`${file}-away`, file);
      expect(await storage.keys.listKeys({ limit: 10, now: START })).toHaveLength(1);
    });
  });

  it('sees every change that was answered before it began', async () => {
    await withFileStorage(async (storage) => {
      for (let number = 1; number <= 50; number++) {
        await storeKeys(storage, [sampleKey(number)]);
        expect(await storage.keys.countKeys({ now: START })).toBe(number);
      }
    });
  });

  it('that is under way when the storage is closed ends, and none begins after that', async () => {
    await withFileStorage(async (storage) => {
      await storeKeys(storage, [sampleKey(1)]);
      const settled = storage.keys.listKeys({ limit: 10, now: START }).then(
        (found) => found.length,
        (error: unknown) => error instanceof UnavailableError,
      );
      await storage.close();
      expect([1, true]).toContain(await settled);
      await expect(storage.keys.listKeys({ limit: 10, now: START })).rejects.toBeInstanceOf(UnavailableError);
    });
  });
});

describe('the read of a verification', () => {
  it('is one statement, prepared once for each number of candidates', async () => {
    await withDatabaseFile(async (file) => {
      const prepared: string[] = [];
      class Watched extends driver {
        override prepare(text: string): ReturnType<InstanceType<typeof driver>['prepare']> {
          prepared.push(text);
          return super.prepare(text);
        }
      }
      const connection = openWriter(Watched, file);
      const writer = createWriter(connection, createMutex());
      await migrateWith(writer);
      const reader = createReader(connection, null);
      prepared.length = 0;
      const keys = createSqliteKeyStore({ reader, lists: reader, searches: reader, writer, memo: createJsonMemo() });
      for (let round = 0; round < 50; round++) await keys.findByDigests([sampleDigest(`unknown ${round}`)]);
      expect(prepared).toHaveLength(1);
      for (let round = 0; round < 50; round++) await keys.findByDigests([sampleDigest('a'), sampleDigest('b'), sampleDigest('c')]);
      expect(prepared).toHaveLength(2);
      connection.close();
    });
  });

  it('waits for no search, whatever that reads through', async () => {
    await withFileStorage(async (storage) => {
      await storeKeys(storage, [sampleKey(1)]);
      const answered: string[] = [];
      const searches = [
        storage.keys.listKeys({ limit: 100, now: START, search: { text: 'nothing' } }).then(() => answered.push('list')),
        storage.keys.countKeys({ now: START, search: { text: 'nothing' } }).then(() => answered.push('count')),
        storage.catalog.listOwners({ limit: 100, now: START }).then(() => answered.push('owners')),
        storage.events.readEvents({ limit: 100, actorId: 'nobody' }).then(() => answered.push('log')),
        storage.census.takeCensus({ now: START, expiresBy: [], unusedSince: START, countedUpTo: 1 }).then(() => answered.push('census')),
        storage.usage.readUsage({ from: 0, until: START, by: 'day' }).then(() => answered.push('usage')),
      ];
      // What is read on the event loop itself is read by the time that the loop has come round.
      await new Promise((resolve) => setImmediate(resolve));
      expect(await storage.keys.findByDigests([sampleDigest('secret 1')])).not.toBeNull();
      expect(answered).toEqual([]);
      await Promise.all(searches);
      expect(answered).toHaveLength(searches.length);
    });
  });

  it('gives the identical frozen value for the same text, so that many keys share it', async () => {
    await withFileStorage(async (storage) => {
      const scopes = ['articles:read', 'articles:write'];
      await storeKeys(storage, [sampleKey(1, { scopes }), sampleKey(2, { scopes, metadata: { nested: { a: [1] } } })]);
      const first = await storage.keys.findByDigests([sampleDigest('secret 1')]);
      const second = await storage.keys.findByDigests([sampleDigest('secret 2')]);
      expect(first?.key.scopes).toEqual(scopes);
      expect(first?.key.scopes).toBe(second?.key.scopes);
      expect(first?.key.limits).toBe(second?.key.ipRules);
      expect(Object.isFrozen(first?.key.scopes)).toBe(true);
      expect(Object.isFrozen(second?.key.metadata['nested'])).toBe(true);
    });
  });
});

describe('failures of the database', () => {
  it('never say the values of a statement', async () => {
    await withFileStorage(async (storage) => {
      const sealedToken = Buffer.from('canary-sealed');
      const record = sampleIdempotency(1, { id: 'canary-id', fingerprint: 'canary-fingerprint', sealedToken });
      await storage.keys.change((change) => change.idempotency.insert(record));
      await storeKeys(storage, [sampleKey(1, { name: 'canary-name' })]);
      const attempts = [
        storage.keys.change((change) => change.idempotency.insert(record)),
        storage.keys.change((change) => change.keys.insert(sampleKey(1, { name: 'canary-name' }))),
        storage.keys.change((change) => change.secrets.insert(sampleSecret(1, { hint: 'canary-hint' }))),
      ];
      for (const attempt of attempts) {
        const error = await attempt.then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(UnavailableError);
        expect(inspect(error, { depth: 10 })).not.toContain('canary');
        expect(inspect(error, { depth: 10 })).toContain('UNIQUE');
      }
    });
  });

  it('of a locked file are an UnavailableError, and pass', async () => {
    await withConnection(async (_connection, _writer, file) => {
      const impatient = openSqlite(file);
      impatient.pragma('busy_timeout = 0');
      const other = openSqlite(file);
      const writer = createWriter(impatient, createMutex());
      try {
        other.exec('begin immediate');
        await expect(writer.transaction('synced', () => 1)).rejects.toBeInstanceOf(UnavailableError);
        other.exec('rollback');
        expect(await writer.transaction('synced', () => 1)).toBe(1);
      } finally {
        other.close();
        impatient.close();
      }
    });
  });
});

describe('durability', () => {
  it('is full for changes and credits, and that of the operating system for figures', async () => {
    await withConnection(async (connection, writer) => {
      const level = (): unknown => connection.pragma('synchronous');
      const levels = [];
      for (const durability of ['synced', 'written', 'written', 'synced'] as const)
        levels.push(await writer.transaction(durability, level));
      expect(levels).toEqual([2, 1, 1, 2]);
    });
  });
});

async function withConnection(body: (connection: SqliteConnection, writer: Writer, file: string) => Promise<void>): Promise<void> {
  await withDatabaseFile(async (file) => {
    const connection = openSqlite(file);
    try {
      connection.pragma('journal_mode = WAL');
      const writer = createWriter(connection, createMutex());
      await migrateWith(writer);
      await body(connection, writer, file);
    } finally {
      connection.close();
    }
  });
}
