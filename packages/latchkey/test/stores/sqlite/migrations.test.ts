import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../../tools/services/sqlite.js';
import { ConfigurationError } from '../../../src/domain/errors.js';
import { MIGRATIONS } from '../../../src/stores/sql/migrate.js';
import type { Migration } from '../../../src/stores/sql/migrations/migration.js';
import { migrateSqlite, migrateWith } from '../../../src/stores/sqlite/migrate.js';
import { createMutex } from '../../../src/domain/mutex.js';
import { openSqliteStorage } from '../../../src/stores/sqlite/open.js';
import { createWriter } from '../../../src/stores/sqlite/writer.js';
import { COUNTED_BY_AN_OLDER_NODE, EARLIER_USAGE, expectTakenOver } from '../earlier-usage.js';
import { COUNT_ALL, COUNT_TIERS, KEYS_OF_TIERS, REVOKED_BY_AN_OLDER_NODE } from '../keys-of-tiers.js';
import { withDatabaseFile } from '../temporary-database.js';
import { migrateFromProcesses } from '../migrate-from-processes.js';

const IDS = MIGRATIONS.map((migration) => migration.id);
const SCRIPT = fileURLToPath(new URL('migrate-process.js', import.meta.url));
const PROCESSES = 4;
const addNote: Migration = {
  id: '9000-note',
  since: '0.2.0',
  up: async (db) => void (await sql`alter table tiers add column note text`.execute(db)),
};
const failing: Migration = {
  id: '9001-failing',
  since: '0.3.0',
  async up(db) {
    await sql`alter table tiers add column half text`.execute(db);
    await sql`alter table no_such_table add column other text`.execute(db);
  },
};

describe('migrations', () => {
  it('each run once when several processes start at once on a fresh file', async () => {
    for (let round = 0; round < 2; round++) {
      await withDatabaseFile(async (file) => {
        expect(await migrateFromProcesses(SCRIPT, [file, '0'], PROCESSES)).toEqual(IDS);
        expect(readRecorded(file)).toEqual(IDS);
      });
    }
  });

  it('each run once when several processes start at once on a file of an older version', async () => {
    await withDatabaseFile(async (file) => {
      await migrateSqlite(file);
      const later = Array.from({ length: 6 }, (_, index) => `9${index}-later`);
      expect(await migrateFromProcesses(SCRIPT, [file, '6'], PROCESSES)).toEqual(later);
      expect(readRecorded(file)).toEqual([...IDS, ...later]);
    });
  });

  it('do nothing on a database that is up to date', async () => {
    await withDatabaseFile(async (file) => {
      expect(await migrateSqlite(file)).toEqual(IDS);
      const schema = readSchema(file);
      expect(await migrateSqlite(file)).toEqual([]);
      expect(readSchema(file)).toEqual(schema);
    });
  });

  it('apply only what is missing, in order', async () => {
    await withDatabaseFile(async (file) => {
      await migrateSqlite(file);
      expect(await migrateTo(file, [...MIGRATIONS, addNote])).toEqual(['9000-note']);
      expect(readRecorded(file)).toEqual([...IDS, '9000-note']);
    });
  });

  it('derive since when a key of an older version is idle', async () => {
    await withDatabaseFile(async (file) => {
      await migrateTo(file, MIGRATIONS.slice(0, 1));
      const connection = openSqlite(file);
      const insert = connection.prepare(
        `insert into keys (id, name, name_folded, owner, environment, scopes, created_at, created_by, ip_rules, limits, metadata)
         values (?, 'a', 'a', 'o', 'live', '[]', ?, 'admin', '[]', '[]', '{}')`,
      );
      insert.run('key_used', 1_000);
      insert.run('key_idle', 2_000);
      connection.prepare(`insert into last_uses (key_id, at) values ('key_used', 5000)`).run();
      connection.close();
      await migrateSqlite(file);
      expect(read(file, 'select id, first_used_at, idle_since from keys order by id')).toEqual([
        { id: 'key_idle', first_used_at: null, idle_since: 2_000 },
        { id: 'key_used', first_used_at: 5_000, idle_since: 5_000 },
      ]);
    });
  });

  it('count the keys of tiers of an older version, and keep the counts true beside a node of that version', async () => {
    await withDatabaseFile(async (file) => {
      await migrateTo(file, MIGRATIONS.slice(0, 6));
      const connection = openSqlite(file);
      connection.prepare(KEYS_OF_TIERS).run();
      await migrateSqlite(file);
      expect(read(file, COUNT_TIERS)).toEqual([
        { tier: 'free', keys: 1 },
        { tier: 'pro', keys: 2 },
      ]);
      const counts = (revoked: number) => [
        { name: 'keys', count: 5 },
        { name: 'owners', count: 0 },
        { name: 'revoked_keys', count: revoked },
      ];
      expect(read(file, COUNT_ALL)).toEqual(counts(1));
      connection.prepare(REVOKED_BY_AN_OLDER_NODE).run();
      connection.close();
      expect(read(file, COUNT_TIERS)).toContainEqual({ tier: 'pro', keys: 1 });
      expect(read(file, COUNT_ALL)).toEqual(counts(2));
    });
  });

  it('usage of an older version: it is taken over once, also what a node of that version still counts', async () => {
    await withDatabaseFile(async (file) => {
      await migrateTo(file, MIGRATIONS.slice(0, 7));
      for (const statement of EARLIER_USAGE) exec(file, statement);
      const storage = await openSqliteStorage({ file });
      await expectTakenOver(storage, 0);
      for (const statement of COUNTED_BY_AN_OLDER_NODE) exec(file, statement);
      await expectTakenOver(storage, 5);
      await storage.close();
    });
  });

  it('a failing one leaves the schema and the record unchanged', async () => {
    await withDatabaseFile(async (file) => {
      await migrateSqlite(file);
      const schema = readSchema(file);
      await expect(migrateTo(file, [...MIGRATIONS, failing])).rejects.toThrow('no_such_table');
      expect(readSchema(file)).toEqual(schema);
      expect(readRecorded(file)).toEqual(IDS);
    });
  });

  it('refuse a database of a newer version, and say which version it needs', async () => {
    await withDatabaseFile(async (file) => {
      await migrateTo(file, [...MIGRATIONS, addNote]);
      const schema = readSchema(file);
      for (const open of [
        () => migrateSqlite(file),
        () => openSqliteStorage({ file }),
        () => openSqliteStorage({ file, readOnly: true }),
      ]) {
        const refusal = await open().then(
          () => null,
          (error: unknown) => error,
        );
        expect(refusal).toBeInstanceOf(ConfigurationError);
        expect(String(refusal)).toContain('Latchkey 0.2.0 or later');
      }
      expect(readSchema(file)).toEqual(schema);
    });
  });

  it('are never run on a database that is opened to be read: the error asks for them', async () => {
    await withDatabaseFile(async (file) => {
      exec(file, 'create table other (a)');
      await expect(openSqliteStorage({ file, readOnly: true })).rejects.toThrow('no tables of Latchkey');
      exec(file, 'create table latchkey_migrations (id text, since text)');
      await expect(openSqliteStorage({ file, readOnly: true })).rejects.toThrow('latchkey migrate');
    });
  });

  it('have ids in ascending order, each with the version that brought it', () => {
    expect(IDS).toEqual(IDS.toSorted());
    expect(new Set(IDS).size).toBe(IDS.length);
    for (const { since } of MIGRATIONS) expect(since).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

async function migrateTo(file: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  const connection = openSqlite(file);
  try {
    return await migrateWith(createWriter(connection, createMutex()), migrations);
  } finally {
    connection.close();
  }
}

function readRecorded(file: string): unknown {
  return read(file, 'select id from latchkey_migrations order by id').map((row) => (row as { id: string }).id);
}

function readSchema(file: string): unknown {
  return read(file, 'select type, name, sql from sqlite_schema order by name');
}

function exec(file: string, statements: string): void {
  const connection = openSqlite(file);
  connection.exec(statements);
  connection.close();
}

function read(file: string, query: string): unknown[] {
  const connection = openSqlite(file);
  try {
    return connection.prepare(query).all();
  } finally {
    connection.close();
  }
}
