/** The check of the audit log, where a store confirms its entries: in SQLite's reading thread, and in PostgreSQL. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPostgres, type PostgresAccess } from '../../../../tools/services/postgres.js';
import { sharedPostgres } from '../../../../tools/services/shared-postgres.js';
import { openSqlite } from '../../../../tools/services/sqlite.js';
import type { LogEvent, LogHead } from '../../src/domain/event.js';
import { checkLog } from '../../src/engine/audit-log/check-log.js';
import type { EventLog } from '../../src/ports/event-log.js';
import type { Storage } from '../../src/ports/storage.js';
import { openSqliteStorage } from '../../src/stores/sqlite/open.js';
import { sampleEvent, START } from '../../src/testing/storage-records.js';
import { openOwnSchema } from './postgres/opened-postgres.js';
import { databaseFile } from './temporary-database.js';

interface Opened {
  readonly storage: Storage;
  /** Runs a statement over the table `events`, as somebody does who may write the database and has put its triggers aside. */
  tamper(statement: string): Promise<void>;
}

async function openFile(): Promise<Opened> {
  const file = await databaseFile();
  const storage = await openSqliteStorage({ file });
  onTestFinished(() => storage.close());
  const tamper = async (statement: string): Promise<void> => {
    const other = openSqlite(file);
    for (const row of other.prepare("select name from sqlite_schema where type = 'trigger' and tbl_name = 'events'").all()) {
      other.exec(`drop trigger "${String(Object.values(row)[0])}"`);
    }
    other.exec(statement);
    other.close();
  };
  return { storage, tamper };
}

let postgres: PostgresAccess;
let url: string;

async function openPostgres(): Promise<Opened> {
  const { storage, url: own } = await openOwnSchema(url);
  onTestFinished(() => storage.close());
  const path = `set search_path = "${new URL(own).searchParams.get('schema') ?? ''}"; set session_replication_role = replica`;
  return { storage, tamper: async (statement) => void (await postgres.query(`${path}; ${statement}`, url)) };
}

const TEXT = 'plain "quoted" \\ \b\f\n\r\t\u0001\u001f\u007f\u2028 é€\u{1f600}\ufb33 \ufffd';

/** One entry of each form: with and without session, owner, changed fields; with every text that JSON writes in a way of its own. */
async function fillLog({ keys }: Storage, times = 1): Promise<readonly LogEvent[]> {
  const drafts = [
    sampleEvent(1, { actor: { type: 'operator', id: TEXT }, target: { type: 'owner', id: TEXT }, owner: TEXT, reason: TEXT }),
    sampleEvent(2, { address: TEXT, requestId: TEXT, session: { id: TEXT, link: TEXT }, before: { z: 1, a: { [TEXT]: TEXT } } }),
    sampleEvent(3, { session: { id: 's', link: null }, owner: null, before: {}, after: null }),
    sampleEvent(4, { after: { '10': 1, '9': [1e21, -0.5, true, null], é: '\ufb33', '\u{1f600}': '' } }),
    sampleEvent(5),
  ];
  const events: LogEvent[] = [];
  for (let time = 0; time < times; time += 1) {
    await keys.change(async (change) => {
      for (const draft of drafts) events.push(await change.append(draft));
    });
  }
  return events;
}

/** Counts the entries that are read from the log to be judged. */
function countingReads(log: EventLog): { readonly log: EventLog; read(): number } {
  let read = 0;
  const readEvents: EventLog['readEvents'] = async (query) => {
    const events = await log.readEvents(query);
    read += events.length;
    return events;
  };
  return { log: { ...log, readEvents }, read: () => read };
}

const headOf = (event: LogEvent | undefined): LogHead => ({ seq: event?.seq ?? 0, hash: event?.hash ?? '' });

describe.each([
  ['SQLite', openFile, false],
  ['PostgreSQL', openPostgres, findPostgres() === null],
] as const)('on %s', (_name, open, missing) => {
  beforeAll(async () => {
    if (open !== openPostgres || missing) return;
    postgres = await sharedPostgres();
    url = await postgres.createDatabase();
  });

  it.skipIf(missing)('audit log check: the store confirms every entry as it was written, from any place, up to any number', async () => {
    const { storage } = await open();
    expect(await storage.events.confirm(null, 10)).toBeNull();
    const events = await fillLog(storage);
    expect(await storage.events.confirm(null, 100)).toEqual(headOf(events[4]));
    expect(await storage.events.confirm(null, 2)).toEqual(headOf(events[1]));
    expect(await storage.events.confirm(headOf(events[1]), 2)).toEqual(headOf(events[3]));
    expect(await storage.events.confirm(headOf(events[4]), 2)).toEqual(headOf(events[4]));
    const other = { seq: 2, hash: 'f'.repeat(64) };
    expect(await storage.events.confirm(other, 2)).toEqual(other);
    const { log, read } = countingReads(storage.events);
    expect(await checkLog(log)).toEqual({
      intact: true,
      entries: 5,
      head: headOf(events[4]),
      broken: null,
      archived: null,
      complete: true,
    });
    expect(read()).toBe(0);
  });

  it.skipIf(missing)('audit log check: every column that is altered is found, at its entry', async () => {
    const { storage, tamper } = await open();
    await fillLog(storage);
    const texts = ['actor_id', 'target_id', 'owner', 'reason', 'address', 'request_id', 'session_id', 'session_link'];
    const altered = [
      ...texts.map((column) => [column, `${column} || 'x'`] as const),
      ['action', "'key.revoked'"],
      ['at', 'at + 1'],
      ['actor_type', "'admin'"],
      ['target_type', "'tier'"],
      ['before_json', '\'{"z":2}\''],
      ['after_json', 'null'],
      ['previous_hash', `'${'0'.repeat(64)}'`],
      ['hash', `'${'0'.repeat(64)}'`],
    ] as const;
    for (const [column, value] of altered) {
      const seq = ['owner', 'reason', 'actor_id', 'target_id', 'actor_type', 'target_type'].includes(column) ? 1 : 2;
      await tamper(`create table kept as select * from events where seq = ${seq}`);
      await tamper(`update events set ${column} = ${value} where seq = ${seq}`);
      expect((await storage.events.confirm(null, 10))?.seq ?? 0, column).toBe(seq - 1);
      expect((await checkLog(storage.events)).broken?.seq, column).toBe(seq);
      await tamper(`update events set ${column} = (select ${column} from kept) where seq = ${seq}; drop table kept`);
    }
    expect((await checkLog(storage.events)).intact).toBe(true);
  });

  it.skipIf(missing)('audit log check: an entry whose text is divided among other columns is found', async () => {
    const { storage, tamper } = await open();
    const inner = { a: { x: 1 }, at: 7, before: { c: 1 } };
    await storage.keys.change((change) => change.append(sampleEvent(1, { before: { b: 1 }, after: inner })));
    expect(await checkLog(storage.events)).toMatchObject({ intact: true, entries: 1 });
    // Read as one text, the entry is what it was.
    await tamper(
      `update events set after_json = '{"a":{"x":1}', at = 7, before_json = '{"c":1}},"at":${START + 1},"before":{"b":1}' where seq = 1`,
    );
    expect(await storage.events.confirm(null, 1)).toBeNull();
    expect((await checkLog(storage.events)).broken?.seq).toBe(1);
  });

  it.skipIf(missing)('audit log check: what the store does not confirm is judged all the same', async () => {
    const { storage, tamper } = await open();
    await fillLog(storage);
    await storage.keys.change((change) => change.append(sampleEvent(6, { after: { a: 1, before: 2 } })));
    await fillLog(storage);
    // Written by a version that did not sort what it stored.
    await tamper(`update events set before_json = '{"z":1, "a":' || substr(before_json, 6, length(before_json) - 12) || '}' where seq = 7`);
    const { log, read } = countingReads(storage.events);
    expect(await checkLog(log)).toMatchObject({ intact: true, entries: 11, complete: true });
    expect(read()).toBeGreaterThan(0);
  });

  it.skipIf(missing)(
    'audit log check: it goes on after a head that was kept, step by step, and compares what it is to expect',
    async () => {
      const { storage, tamper } = await open();
      const events = await fillLog(storage, 2);
      const first = await checkLog(storage.events, { limit: 4 });
      expect(first).toEqual({ intact: true, entries: 4, head: headOf(events[3]), broken: null, archived: null, complete: false });
      const after = first.head ?? undefined;
      expect(await checkLog(storage.events, { after, limit: 100 })).toMatchObject({ intact: true, entries: 6, complete: true });
      for (const kept of [events[1], events[3], events[6], events[9]]) {
        expect(await checkLog(storage.events, { after, expect: headOf(kept) })).toMatchObject({ intact: true, entries: 6 });
        const wrong = { seq: kept?.seq ?? 0, hash: 'f'.repeat(64) };
        expect((await checkLog(storage.events, { expect: wrong })).broken?.seq, 'from the start').toBe(wrong.seq);
        expect((await checkLog(storage.events, { after, expect: wrong })).broken?.seq, 'after').toBe(wrong.seq);
      }
      expect(await checkLog(storage.events, { after: headOf(events[9]) })).toMatchObject({ intact: true, entries: 0, complete: true });
      expect((await checkLog(storage.events, { after: { seq: 4, hash: 'f'.repeat(64) } })).broken?.seq).toBe(4);
      await tamper('delete from events where seq > 8');
      expect((await checkLog(storage.events, { expect: headOf(events[9]) })).broken?.seq).toBe(9);
      expect((await checkLog(storage.events, { after: headOf(events[9]) })).broken?.seq).toBe(10);
      expect(await checkLog(storage.events, { expect: headOf(events[9]), limit: 3 })).toMatchObject({ intact: true, complete: false });
    },
  );
});

it('audit log check: a query that is none is refused, with the field that is wrong', async () => {
  const storage = await openSqliteStorage({ file: ':memory:' });
  onTestFinished(() => storage.close());
  const head = { seq: 1, hash: 'f'.repeat(64) };
  for (const [query, pointer] of [
    [head, '/seq'],
    [{ expect: null }, '/expect'],
    [{ expect: { ...head, seq: 0 } }, '/expect/seq'],
    [{ after: { ...head, hash: 'f' } }, '/after/hash'],
    [{ limit: 0 }, '/limit'],
  ] as const) {
    await expect(checkLog(storage.events, query as never)).rejects.toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ pointer })]) as unknown,
    });
  }
});
