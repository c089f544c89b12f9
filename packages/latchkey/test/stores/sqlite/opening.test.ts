import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { driver, openSqlite } from '../../../../../tools/services/sqlite.js';
import { ConfigurationError, UnavailableError } from '../../../src/domain/errors.js';
import { findDriver, openReader, openWriter } from '../../../src/stores/sqlite/connections.js';
import { openSqliteStorage } from '../../../src/stores/sqlite/open.js';
import { sampleEvent, sampleIdempotency, sampleKey, sampleSecret, START, storeKeys } from '../../../src/testing/storage-records.js';
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
