/** What is PostgreSQL's alone, beyond the conformance suite. */
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../../tools/services/shared-postgres.js';
import { systemClock } from '../../../src/engine/runtime/system.js';
import { ConfigurationError, UnavailableError } from '../../../src/domain/errors.js';
import { parsePostgresUrl } from '../../../src/stores/postgres/address.js';
import { createLane } from '../../../src/stores/postgres/connections.js';
import { clientConfig, loadDriver } from '../../../src/stores/postgres/driver.js';
import { openPostgresStorage, type PostgresStoreOptions } from '../../../src/stores/postgres/open.js';
import { createCommitLookup } from '../../../src/stores/postgres/commit-outcome.js';
import { sampleDigest, sampleEvent, sampleKey, sampleSecret, START, storeKeys } from '../../../src/testing/storage-records.js';
import { openOwnSchema, openSchema, PATIENT_MS } from './opened-postgres.js';

describe.skipIf(findPostgres() === null)('PostgreSQL', () => {
  let postgres: PostgresAccess;
  let url: string;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    url = await postgres.createDatabase();
  });

  async function open(options: Partial<PostgresStoreOptions> = {}) {
    const opened = await openOwnSchema(url, options);
    onTestFinished(() => opened.dispose());
    return { ...opened, schema: new URL(opened.url).searchParams.get('schema') ?? '' };
  }

  it('refuses to update, delete or empty the log, or to insert out of order, even for its owner', async () => {
    const { storage, schema } = await open();
    await storage.keys.change((change) => change.append(sampleEvent(1)));
    const entry = `select 3, at, action, actor_type, actor_id, target_type, target_id, owner, reason, address, request_id, before_json,
      after_json, previous_hash, hash from "${schema}".events`;
    for (const statement of [
      `update "${schema}".events set reason = 'x'`,
      `delete from "${schema}".events`,
      `truncate "${schema}".events`,
      `insert into "${schema}".events ${entry}`,
      `insert into "${schema}".events ${entry.replace('select 3', 'select 1')} on conflict (seq) do update set reason = 'x'`,
    ]) {
      await expect(postgres.query(statement, url), statement).rejects.toThrow('events is append-only');
    }
    expect(await storage.events.readHead()).toMatchObject({ seq: 1 });
  });

  it('lets go of what was archived and of nothing else, and refuses to change or take away a checkpoint', async () => {
    const { storage, schema } = await open();
    await storage.keys.change(async (change) => {
      const events = [await change.append(sampleEvent(1)), await change.append(sampleEvent(2)), await change.append(sampleEvent(3))];
      await change.log.archive({ seq: 2, hash: events[1]?.hash ?? '', pepperId: null, signature: null }, START);
    });
    for (const statement of [
      `delete from "${schema}".events`,
      `delete from "${schema}".events where seq = 3`,
      `truncate "${schema}".events`,
      `update "${schema}".events set reason = 'x' where seq = 1`,
      `update "${schema}".log_checkpoints set seq = 3`,
      `delete from "${schema}".log_checkpoints`,
      `truncate "${schema}".log_checkpoints`,
      `insert into "${schema}".log_checkpoints values (3, 'x', 1, null, null)`,
    ]) {
      await expect(postgres.query(statement, url), statement).rejects.toThrow('is append-only');
    }
    await postgres.query(`delete from "${schema}".events where seq <= 2`, url);
    expect((await storage.events.readEvents({ limit: 5 })).map(({ seq }) => seq)).toEqual([3]);
  });

  it('makes nothing of a change in which a write failed, whatever followed it', async () => {
    const { storage } = await open();
    await storeKeys(storage, [sampleKey(0)]);
    const twice = storage.keys.change(async (change) => {
      await change.owners.ensure('somebody', START);
      await change.keys.insert(sampleKey(0));
      await change.append(sampleEvent(1));
    });
    await expect(twice).rejects.toThrow(UnavailableError);
    expect([await storage.catalog.readOwner('somebody', START), await storage.events.readHead()]).toEqual([null, null]);
  });

  it('tells every process of a change but the one that made it', async () => {
    const { storage, url: own } = await open();
    const other = await openSchema(own);
    onTestFinished(other.dispose);
    const heard: string[] = [];
    storage.nodes.listen(() => heard.push('the one'));
    other.storage.nodes.listen(() => heard.push('the other'));
    // Once, when they begin to listen.
    await expect.poll(() => heard.toSorted()).toEqual(['the one', 'the other']);
    await storage.keys.change((change) => change.append(sampleEvent(1)));
    await expect.poll(() => heard).toHaveLength(3);
    await other.storage.keys.change((change) => change.append(sampleEvent(2)));
    await expect.poll(() => heard).toHaveLength(4);
    expect(heard.slice(2)).toEqual(['the other', 'the one']);
  });

  it('lists by the order of bytes, whatever the language of the database', async () => {
    const { storage } = await open();
    const ids = ['B', 'a', 'Ä', 'b', 'A', 'ä', '_', '😀', 'Z', 'zz'];
    await storage.keys.change(async (change) => {
      for (const id of ids) await change.owners.ensure(id, START);
    });
    const listed = (await storage.catalog.listOwners({ limit: 100, now: START })).map(({ owner }) => owner.id);
    expect(listed).toEqual(ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    const after = (await storage.catalog.listOwners({ limit: 100, now: START, after: 'Z' })).map(({ owner }) => owner.id);
    expect(after).toEqual(listed.slice(listed.indexOf('Z') + 1));
  });

  it('takes text with the character U+0000 in it, which it cannot hold, for text that names nothing', async () => {
    const { storage } = await open();
    await storeKeys(storage, [sampleKey(1)]);
    expect(await storage.keys.readKey('key_0001\0')).toBeNull();
    expect(await storage.keys.listKeys({ limit: 5, now: START, search: { text: 'Key\0' } })).toEqual([]);
    expect(await storage.keys.findByLocators(['start:4:a\0bc'], 5)).toEqual([]);
    const use = { keyId: 'key_0001', secretId: 'secret_0001', at: START, address: null, userAgent: 'curl\0\uD800', uses: 1 };
    await storage.usage.recordUsage({ counts: [], lastUses: [use] });
    expect((await storage.keys.readKey('key_0001'))?.lastUse?.userAgent).toBe('curl\uFFFD\uFFFD');
  });

  it('names in an error neither a digest nor any other value', async () => {
    const { storage } = await open();
    await storeKeys(storage, [sampleKey(1)]);
    const again = storage.keys.change((change) => change.secrets.insert(sampleSecret(1, { id: 'secret_9' })));
    const error: unknown = await again.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    const shown = inspect(error, { depth: 10, showHidden: true });
    expect(shown).toContain('secrets_digest_key');
    expect(shown).not.toContain(Buffer.from(sampleDigest('secret 1').bytes()).toString('hex'));
    const unreadable = storage.counters.saveCounters([{ subject: 's', name: 'n', state: 'x', expiresAt: 0.125 }]);
    const refused = inspect(await unreadable.catch((thrown: unknown) => thrown), { depth: 10, showHidden: true });
    expect(refused).toContain('22P02');
    expect(refused).not.toContain('0.125');
  });

  it('commits to the disk where the server is configured not to', async () => {
    const own = await postgres.createDatabase();
    await postgres.query(`alter database ${new URL(own).pathname.slice(1)} set synchronous_commit = off`);
    for (const pooler of ['', '?pgbouncer=true']) {
      const opened = await openPostgresStorage({ url: own + pooler, clock: systemClock, poolSize: 3, timeoutMs: PATIENT_MS });
      onTestFinished(() => opened.close());
      const key = sampleKey(pooler.length);
      await opened.keys.change(async (change) => {
        await change.keys.insert(key);
        await change.credits.put(key.id, { remaining: 9, refill: null, nextRefillAt: null });
      });
      // A trigger notes what the session had when it wrote.
      await postgres.query(
        `create table if not exists noted (setting text);
         create or replace function note() returns trigger language plpgsql as 'begin insert into noted values (current_setting(''synchronous_commit'')); return new; end';
         create or replace trigger note before update on latchkey.credits for each row execute function note();
         create or replace trigger note before update on latchkey.keys for each row execute function note()`,
        own,
      );
      await opened.credits.spend(key.id, 1, START);
      await opened.keys.change((change) => change.keys.update(key.id, { name: 'x' }));
      expect(await postgres.query('select setting from noted', own)).toEqual([{ setting: 'on' }, { setting: 'on' }]);
      await postgres.query('truncate noted', own);
    }
  });

  it('is unavailable, and says so, while the server is set to be read only', async () => {
    const own = await postgres.createDatabase();
    const name = new URL(own).pathname.slice(1);
    const storage = await openPostgresStorage({ url: own, clock: systemClock, timeoutMs: 10_000 });
    onTestFinished(() => storage.close());
    await storeKeys(storage, [sampleKey(1)]);
    const endSessions = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
    await postgres.query(`alter database ${name} set default_transaction_read_only = on`);
    await postgres.query(endSessions);
    await expect(storage.check()).rejects.toThrow(UnavailableError);
    await expect(storage.keys.change((change) => change.append(sampleEvent(1)))).rejects.toThrow(UnavailableError);
    expect((await storage.keys.readKey('key_0001'))?.key.id).toBe('key_0001');
    // Nothing is done to its sessions: those that could not write are not used again.
    await postgres.query(`alter database ${name} set default_transaction_read_only = off`);
    await storage.check();
    await storage.keys.change((change) => change.append(sampleEvent(1)));
  });

  it('whose sessions are ended while nobody uses them does not end the process', async () => {
    const { storage } = await open();
    await storage.check();
    await storage.keys.change((change) => change.append(sampleEvent(1)));
    const own = "pid <> pg_backend_pid() and application_name = 'latchkey' and datname = current_database()";
    await postgres.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${own}`, url);
    await storage.check();
    expect((await storage.keys.change((change) => change.append(sampleEvent(2)))).seq).toBe(2);
  });

  it('of another encoding than UTF8 is refused', async () => {
    const name = `latin_${process.pid}`;
    await postgres.query(`create database ${name} encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`);
    const refused = openPostgresStorage({ url: postgres.url(name), clock: systemClock, timeoutMs: PATIENT_MS });
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow('its encoding is LATIN1');
  });

  it('gives transaction numbers again after a crash: a number that was committed is no proof without its entry in the log', async () => {
    const { storage, url: own, schema } = await open();
    const event = await storage.keys.change((change) => change.append(sampleEvent(1)));
    const driver = await loadDriver();
    const config = clientConfig(driver, parsePostgresUrl(own), PATIENT_MS);
    const lane = createLane(driver, { config, size: 1, timeoutMs: PATIENT_MS, pooler: false, readOnly: false });
    onTestFinished(() => lane.close());
    const lookUpCommit = createCommitLookup({ lane, clock: systemClock, schema, timeoutMs: PATIENT_MS });
    const [row] = await postgres.query(
      'begin; create table if not exists public.other (a int); select pg_current_xact_id()::text as xid',
      url,
    );
    const [committed] = await postgres.query("select xmin::text as xid from pg_class where relname = 'secrets' limit 1", url);
    const xid = String(committed?.['xid']);
    expect(await lookUpCommit({ xid, proof: { seq: 1, hash: event.hash } })).toBe('committed');
    expect(await lookUpCommit({ xid, proof: { seq: 1, hash: 'f'.repeat(64) } })).toBe('undone');
    expect(await lookUpCommit({ xid, proof: null })).toBe('unknown');
    // Of a transaction that was rolled back, and of one that this server has not come to.
    expect(await lookUpCommit({ xid: String(row?.['xid']), proof: null })).toBe('undone');
    expect(await lookUpCommit({ xid: '999999999', proof: { seq: 1, hash: 'f'.repeat(64) } })).toBe('undone');
    expect(await lookUpCommit({ xid: '999999999', proof: null })).toBe('unknown');
  });
});
