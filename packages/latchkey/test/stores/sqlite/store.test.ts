import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { driver, openSqlite } from '../../../../../tools/services/sqlite.js';
import { ConfigurationError, UnavailableError } from '../../../src/domain/errors.js';
import { createJsonMemo } from '../../../src/stores/sql/json-memo.js';
import { findDriver, openReader, openWriter } from '../../../src/stores/sqlite/connections.js';
import type { Connection } from '../../../src/stores/sqlite/driver.js';
import { createSqliteKeyStore } from '../../../src/stores/sqlite/key-store.js';
import { migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createMutex } from '../../../src/stores/sqlite/mutex.js';
import { openSqliteStorage } from '../../../src/stores/sqlite/open.js';
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

const builtIn = process.getBuiltinModule('node:sqlite' as 'node:fs') !== undefined;

describe('opening a database', () => {
  it('makes its files readable by their owner alone, whatever the mask', async () => {
    const mask = process.umask(0o000);
    try {
      await withFileStorage(async (storage, file) => {
        await storeKeys(storage, [sampleKey(1)]);
        const names = await readdir(dirname(file));
        expect(names).toEqual(expect.arrayContaining(['latchkey.db', 'latchkey.db-wal', 'latchkey.db-shm']));
        for (const name of names) expect(((await stat(join(dirname(file), name))).mode & 0o777).toString(8)).toBe('600');
      });
    } finally {
      process.umask(mask);
    }
  });

  it('leaves the rights of a file that exists as they are', async () => {
    await withDatabaseFile(async (file) => {
      await writeFile(file, '');
      await chmod(file, 0o640);
      await (await openSqliteStorage({ file })).close();
      expect((await stat(file)).mode & 0o777).toBe(0o640);
    });
  });

  it('SQLite: the connection that verifications read from maps the file into memory', async () => {
    await withFileStorage(async (_storage, file) => {
      const reading = openReader(await findDriver(), file);
      expect(Number(reading.pragma('mmap_size'))).toBeGreaterThan(1_000_000_000);
      reading.close();
    });
  });

  it('says what to do where it cannot', async () => {
    await withDatabaseFile(async (file) => {
      await writeFile(file, 'this is no database, and long enough to be taken for the header of one; '.repeat(20));
      await expect(openSqliteStorage({ file })).rejects.toThrow('is not a SQLite database');
      await expect(openSqliteStorage({ file, readOnly: true })).rejects.toThrow('is not a SQLite database');
      await expect(openSqliteStorage({ file: join(file, 'below', 'x.db') })).rejects.toThrow('folder of the database does not exist');
      await mkdir(`${file}-folder`);
      await expect(openSqliteStorage({ file: `${file}-folder` })).rejects.toThrow('cannot be opened');
      await expect(openSqliteStorage({ file: `${file}-none`, readOnly: true })).rejects.toThrow('cannot be opened');
      await expect(openSqliteStorage({ file: '' })).rejects.toBeInstanceOf(ConfigurationError);
    });
  });

  it.each([
    ['is missing', () => Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }))],
    ['is an empty module, as bundlers put in its place', () => ({ DatabaseSync: undefined })],
  ])('names the package to install where the driver %s', async (_how, load) => {
    const builtIn = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    vi.doMock('@photostructure/sqlite', load);
    try {
      const refusal = findDriver();
      await expect(refusal).rejects.toBeInstanceOf(ConfigurationError);
      await expect(refusal).rejects.toThrow('npm install @photostructure/sqlite@1');
    } finally {
      vi.doUnmock('@photostructure/sqlite');
      builtIn.mockRestore();
    }
  });

  it('tries again where another process switches a new file to WAL at the same instant', async () => {
    await withDatabaseFile(async (file) => {
      let refusals = 3;
      class Contended extends driver {
        override prepare(text: string): ReturnType<InstanceType<typeof driver>['prepare']> {
          if (text.includes('journal_mode') && refusals-- > 0) throw Object.assign(new Error('database is locked'), { errcode: 5 });
          return super.prepare(text);
        }
      }
      const connection = openWriter(Contended, file);
      expect(refusals).toBeLessThan(0);
      expect(connection.pragma('journal_mode')).toBe('wal');
      connection.close();
    });
  });

  it('uses WAL, foreign keys and secure deletion', async () => {
    await withFileStorage(async (storage, file) => {
      const connection = openSqlite(file);
      expect(connection.pragma('journal_mode')).toBe('wal');
      connection.close();
      await expect(storage.keys.change((change) => change.secrets.insert(sampleSecret(1)))).rejects.toBeInstanceOf(UnavailableError);
    });
  });

  it('wipes sealed tokens from the file when they are pruned', async () => {
    await withDatabaseFile(async (file) => {
      const mark = 'sealed-token-that-must-not-stay-behind';
      const storage = await openSqliteStorage({ file });
      await storage.keys.change(async (change) => {
        for (let number = 0; number < 100; number++) {
          const sealedToken = Buffer.from(mark.repeat(1 + (number % 7)));
          await change.idempotency.insert(sampleIdempotency(number, { sealedToken, expiresAt: START + (number % 3) * 1_000 }));
        }
      });
      await storage.close();
      expect((await readFile(file)).includes(mark)).toBe(true);
      const again = await openSqliteStorage({ file });
      await again.keys.change((change) => change.idempotency.prune(START + 1_000));
      await again.close();
      expect((await readFile(file)).includes(mark)).toBe(false);
    });
  });

  it('leaves nothing but the database when it is closed', async () => {
    await withDatabaseFile(async (file) => {
      const storage = await openSqliteStorage({ file });
      await storeKeys(storage, [sampleKey(1)]);
      await storage.close();
      // The package for Node 20 releases a connection when its statements are collected: until then empty files may stay, and
      // may go between the two looks at them.
      const left = (await readdir(dirname(file))).filter((name) => builtIn || name === 'latchkey.db' || name.endsWith('-wal'));
      const sizeOf = async (name: string) => (await stat(join(dirname(file), name)).catch(() => null))?.size ?? 0;
      const filled = await Promise.all(left.map(async (name) => ((await sizeOf(name)) > 0 ? [name] : [])));
      expect(filled.flat()).toEqual(['latchkey.db']);
    });
  });
});

describe('a store that was opened to read', () => {
  it('sees a running service’s changes, and makes none', async () => {
    await withFileStorage(async (storage, file) => {
      await storeKeys(storage, [sampleKey(1)]);
      const reader = await openSqliteStorage({ file, readOnly: true });
      try {
        const { hash } = await storage.keys.change((change) => change.append(sampleEvent(1)));
        expect(await reader.events.readHead()).toEqual({ seq: 1, hash });
        expect((await reader.keys.readKey('key_0001'))?.key).toEqual(sampleKey(1));
        await reader.check();
        await expect(reader.keys.change((change) => change.append(sampleEvent(2)))).rejects.toBeInstanceOf(ConfigurationError);
        await expect(reader.credits.spend('key_0001', 1, START)).rejects.toBeInstanceOf(ConfigurationError);
      } finally {
        await reader.close();
      }
    });
  });

  it('reads a database that a killed process left behind', async () => {
    await withDatabaseFile(async (file) => {
      const storage = await openSqliteStorage({ file });
      await storage.keys.change((change) => change.append(sampleEvent(1)));
      // What a killed process leaves: the file with its WAL, not moved into it.
      for (const end of ['', '-wal', '-shm']) await writeFile(`${file}-left${end}`, await readFile(`${file}${end}`));
      await storage.close();
      const left = await openSqliteStorage({ file: `${file}-left`, readOnly: true });
      expect((await left.events.readHead())?.seq).toBe(1);
      await left.close();
    });
  });
});

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

describe('the change log in the file', () => {
  it('refuses every update, deletion and entry out of order, by whatever connection', async () => {
    await withFileStorage(async (storage, file) => {
      const event = await storage.keys.change((change) => change.append(sampleEvent(1)));
      const connection = openSqlite(file);
      try {
        expect(() => connection.exec("update events set reason = 'x'")).toThrow('append-only');
        expect(() => connection.exec('delete from events')).toThrow('append-only');
        expect(() => connection.exec('replace into events select * from events')).toThrow('append-only');
        const copy = Object.values(connection.prepare('select * from events').get() ?? {});
        const insert = connection.prepare(`insert into events values (${copy.map(() => '?').join(', ')})`);
        expect(() => insert.run(3, ...copy.slice(1))).toThrow('append-only');
      } finally {
        connection.close();
      }
      expect(await storage.events.readEvents({ limit: 5 })).toEqual([event]);
    });
  });

  it('lets go of what was archived and of nothing else, and refuses to change or take away a checkpoint', async () => {
    await withFileStorage(async (storage, file) => {
      await storage.keys.change(async (change) => {
        const events = [await change.append(sampleEvent(1)), await change.append(sampleEvent(2)), await change.append(sampleEvent(3))];
        await change.log.archive({ seq: 2, hash: events[1]?.hash ?? '', pepperId: null, signature: null }, START);
      });
      const connection = openSqlite(file);
      try {
        for (const statement of [
          'delete from events',
          'delete from events where seq = 3',
          "update events set reason = 'x' where seq = 1",
          'update log_checkpoints set seq = 3',
          'delete from log_checkpoints',
          "insert into log_checkpoints values (3, 'x', 1, null, null)",
          'replace into log_checkpoints select * from log_checkpoints',
        ]) {
          expect(() => connection.exec(statement), statement).toThrow('append-only');
        }
        connection.exec('delete from events where seq <= 2');
      } finally {
        connection.close();
      }
      expect((await storage.events.readEvents({ limit: 5 })).map(({ seq }) => seq)).toEqual([3]);
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

async function withConnection(body: (connection: Connection, writer: Writer, file: string) => Promise<void>): Promise<void> {
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
