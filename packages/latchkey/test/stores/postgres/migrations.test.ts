import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pg from 'pg';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { ConfigurationError } from '../../../src/domain/errors.js';
import { parsePostgresUrl } from '../../../src/stores/postgres/address.js';
import { migrateAt } from '../../../src/stores/postgres/migrate.js';
import { migratePostgres, openPostgresStorage } from '../../../src/stores/postgres/open.js';
import { MIGRATIONS } from '../../../src/stores/sql/migrate.js';
import type { Migration } from '../../../src/stores/sql/migrations/migration.js';
import { COUNTED_BY_AN_OLDER_NODE, EARLIER_USAGE, expectTakenOver } from '../earlier-usage.js';
import { COUNT_ALL, COUNT_TIERS, KEYS_OF_TIERS, REVOKED_BY_AN_OLDER_NODE } from '../keys-of-tiers.js';
import { migrateFromProcesses } from '../migrate-from-processes.js';
import { PATIENT_MS } from './opened-postgres.js';

const SCRIPT = fileURLToPath(new URL('migrate-process.js', import.meta.url));
const PROCESSES = 6;
const IDS = MIGRATIONS.map((migration) => migration.id);
const addNote: Migration = {
  id: '9000-note',
  since: '0.2.0',
  up: async (db) => void (await sql`alter table tiers add column note text`.execute(db)),
};
const failing: Migration = {
  id: '0003-failing',
  since: '0.3.0',
  async up(db) {
    await sql`alter table tiers add column half text`.execute(db);
    await sql`alter table no_such_table add column other text`.execute(db);
  },
};

describe.skipIf(findPostgres() === null)('migrations of PostgreSQL', () => {
  let postgres: PostgresAccess;
  let url: string;

  beforeAll(async () => {
    postgres = await sharedPostgres();
  });

  beforeEach(async () => {
    url = await postgres.createDatabase();
  });

  const migrate = (migrations: readonly Migration[]): Promise<readonly string[]> =>
    migrateAt({ driver: pg, address: parsePostgresUrl(url), timeoutMs: PATIENT_MS, clock: systemClock, migrations });
  const recorded = async (): Promise<unknown[]> =>
    (await postgres.query('select id from latchkey.latchkey_migrations order by id', url)).map((row) => row['id']);
  const columns = async (): Promise<unknown> =>
    postgres.query(
      "select table_name, column_name, collation_name from information_schema.columns where table_schema = 'latchkey' order by 1, 2",
      url,
    );

  it('each run once when several processes start at once on an empty database', async () => {
    expect(await migrateFromProcesses(SCRIPT, [url], PROCESSES)).toEqual(IDS);
    expect(await recorded()).toEqual(IDS);
  });

  it('do nothing when they are run again, apply only what is missing, and leave nothing of one that fails', async () => {
    expect(await migrate(MIGRATIONS)).toEqual(IDS);
    const before = await columns();
    expect(await migrate(MIGRATIONS)).toEqual([]);
    await expect(migrate([...MIGRATIONS, failing])).rejects.toThrow('no_such_table');
    expect([await columns(), await recorded()]).toEqual([before, IDS]);
    expect(await migrate([...MIGRATIONS, addNote])).toEqual(['9000-note']);
    expect(await recorded()).toEqual([...IDS, '9000-note']);
  });

  it('count the keys of tiers of an older version, and keep the counts true beside a node of that version', async () => {
    const within = async (statement: string) => postgres.query(`set search_path = latchkey; ${statement}`, url);
    const counts = (revoked: string) => [
      { name: 'keys', count: '5' },
      { name: 'owners', count: '0' },
      { name: 'revoked_keys', count: revoked },
    ];
    await migrate(MIGRATIONS.slice(0, 6));
    await within(KEYS_OF_TIERS);
    await migrate(MIGRATIONS);
    expect(await within(COUNT_TIERS)).toMatchObject([{ tier: 'free' }, { tier: 'pro', keys: '2' }]);
    expect(await within(COUNT_ALL)).toEqual(counts('1'));
    await within(REVOKED_BY_AN_OLDER_NODE);
    expect(await within(COUNT_ALL)).toEqual(counts('2'));
    expect(await within(COUNT_TIERS)).toMatchObject([
      { tier: 'free', keys: '1' },
      { tier: 'pro', keys: '1' },
    ]);
  });

  it('usage of an older version: it is taken over once, also what a node of that version still counts', async () => {
    const within = async (statement: string) => postgres.query(`set search_path = latchkey; ${statement}`, url);
    await migrate(MIGRATIONS.slice(0, 7));
    for (const statement of EARLIER_USAGE) await within(statement);
    const storage = await openPostgresStorage({ url, clock: systemClock, timeoutMs: PATIENT_MS });
    onTestFinished(() => storage.close());
    await expectTakenOver(storage, 0);
    for (const statement of COUNTED_BY_AN_OLDER_NODE) await within(statement);
    await expectTakenOver(storage, 5);
  });

  it('refuse a database of a newer version, and say which version it needs', async () => {
    await migrate([...MIGRATIONS, addNote]);
    for (const open of [
      () => migratePostgres({ url, clock: systemClock, timeoutMs: PATIENT_MS }),
      () => openPostgresStorage({ url, clock: systemClock, timeoutMs: PATIENT_MS }),
      () => openPostgresStorage({ url, readOnly: true, clock: systemClock, timeoutMs: PATIENT_MS }),
    ]) {
      await expect(open()).rejects.toThrow('Latchkey 0.2.0 or later');
    }
  });

  it('are asked for where a database is only to be read', async () => {
    await expect(openPostgresStorage({ url, readOnly: true, clock: systemClock, timeoutMs: PATIENT_MS })).rejects.toThrow(
      'no tables of Latchkey',
    );
    await migrate([]);
    await postgres.query('create schema latchkey; create table latchkey.latchkey_migrations (id text, since text)', url);
    await expect(openPostgresStorage({ url, readOnly: true, clock: systemClock, timeoutMs: PATIENT_MS })).rejects.toThrow(
      'latchkey migrate',
    );
  });

  it('make every text sort and compare by its bytes, in a database of any language', async () => {
    await migrate(MIGRATIONS);
    const texts = (await columns()) as { readonly collation_name: string | null }[];
    expect(new Set(texts.map((column) => column.collation_name))).toEqual(new Set(['C', null]));
  });

  describe('for a user of few rights', () => {
    let limited: string;

    beforeEach(async () => {
      const role = `limited_${url.slice(-8)}`;
      await postgres.query(`create role ${role} login password 'limited'`);
      const own = new URL(url);
      own.username = role;
      own.password = 'limited';
      limited = own.href;
    });

    it('say what the owner of the database must do', async () => {
      const refusal = await openPostgresStorage({ url: limited, clock: systemClock, timeoutMs: PATIENT_MS }).catch(
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(ConfigurationError);
      const statement = /let the owner of the database run: (create schema .*?);/.exec(String(refusal))?.[1] ?? '';
      await postgres.query(statement, url);
      const storage = await openPostgresStorage({ url: limited, clock: systemClock, timeoutMs: PATIENT_MS });
      await storage.check();
      await storage.close();
    });

    it('are not needed where somebody else has run them', async () => {
      await migrate(MIGRATIONS);
      const role = new URL(limited).username;
      await postgres.query(
        `grant usage on schema latchkey to ${role}; grant select, insert, update, delete on all tables in schema latchkey to ${role}`,
        url,
      );
      const storage = await openPostgresStorage({ url: limited, clock: systemClock, timeoutMs: PATIENT_MS });
      await storage.check();
      expect((await storage.keys.change((change) => change.owners.ensure('ada', 1))).id).toBe('ada');
      await storage.close();
    });
  });
});
