/** Counters and usage: many small rows, written in batches that never keep a change waiting for the disk. */
import type { Kysely } from 'kysely';
import type { CounterStore } from '../../ports/counter-store.js';
import type { UsageStore } from '../../ports/usage-store.js';
import { counterUpsert, countersQuery, expiredCountersDelete } from '../sql/counters.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { keyUseUpdate, lastUseUpsert, secretUseUpdate } from '../sql/last-uses.js';
import type { SqlReader } from '../sql/reader.js';
import type { CounterTableRow, Schema, UsageProgressRow } from '../sql/schema.js';
import { compileTemplate, type Template } from '../sql/template.js';
import { createUsageReads } from '../sql/usage-reads.js';
import { keepUp } from '../sql/usage-upkeep.js';
import { addUsage, DAY_MS, dayUpsert, hourUpsert, progressQuery, type UsageTables } from '../sql/usage-writes.js';
import type { Reader } from './reader.js';
import { turn } from './turn.js';
import type { Writer } from './writer.js';

/** Rows that are written before the event loop has its turn: about 5 ms. */
const CHUNK_ROWS = 1_000;

export function createSqliteCounterStore(reader: Reader, writer: Writer): CounterStore {
  const select = compileTemplate(['subject'], ({ subject }) => countersQuery(reader.db).where('subject', '=', subject));
  const upsert = compileTemplate(['subject', 'name', 'state', 'expiresAt'], ({ expiresAt, ...row }) =>
    counterUpsert(reader.db, (insert) => insert.values({ ...row, expires_at: expiresAt })),
  );
  return failingAsUnavailable<CounterStore>({
    loadCounters: (subjects) =>
      reader.read(() =>
        subjects.flatMap((subject) => {
          const rows = reader.prepare(select.text).all(...select.bind({ subject })) as CounterTableRow[];
          return rows.map((row) => ({ subject: row.subject, name: row.name, state: row.state, expiresAt: row.expires_at }));
        }),
      ),
    saveCounters: (rows) => writer.transaction('written', () => runEach(writer, upsert, rows)),
    async pruneCounters(now) {
      let dropped: bigint;
      do {
        const result = await writer.transaction('written', (db) => expiredCountersDelete(db, now, CHUNK_ROWS).executeTakeFirst());
        dropped = result.numDeletedRows;
      } while (dropped === BigInt(CHUNK_ROWS));
    },
  });
}

export function createSqliteUsageStore(reader: SqlReader, writer: Writer): UsageStore {
  const { db } = reader;
  const tables = createUsageTables(db, writer);
  const setLastUse = compileTemplate(['keyId', 'at', 'address', 'userAgent'], ({ keyId, at, address, userAgent }) =>
    lastUseUpsert(db, (insert) => insert.values({ key_id: keyId, at, address, user_agent: userAgent })),
  );
  const setSecretUse = compileTemplate(['secretId', 'at'], (values) => secretUseUpdate(db, values));
  const setKeyUse = compileTemplate(['keyId', 'at', 'dayBefore'], (values) => keyUseUpdate(db, values));
  return failingAsUnavailable<UsageStore>({
    recordUsage: ({ counts, lastUses }) =>
      writer.transaction('written', async () => {
        await runEach(writer, setLastUse, lastUses);
        await runEach(writer, setSecretUse, lastUses);
        const keyUses = lastUses.map(({ keyId, at }) => ({ keyId, at, dayBefore: at - DAY_MS }));
        await runEach(writer, setKeyUse, keyUses);
        await addUsage(tables, counts);
      }),
    ...createUsageReads(reader),
    async keepUp(retention) {
      // Steps that follow each other leave the event loop no other turn.
      await turn();
      return writer.transaction('written', (inside) => keepUp(inside, retention));
    },
  });
}

function createUsageTables(db: Kysely<Schema>, writer: Writer): UsageTables {
  const progress = compileTemplate([], () => progressQuery(db));
  const owner = compileTemplate(['id'], ({ id }) => db.selectFrom('keys').select('owner').where('id', '=', id));
  const addHour = compileTemplate(['hour', 'kind', 'subject', 'code', 'count'], (row) => hourUpsert(db, (insert) => insert.values(row)));
  const addDay = compileTemplate(['kind', 'subject', 'day', 'code', 'count'], (row) => dayUpsert(db, (insert) => insert.values(row)));
  return {
    readProgress: async () => writer.prepare(progress.text).get(...progress.bind({})) as UsageProgressRow,
    async ownersOf(keyIds) {
      const statement = writer.prepare(owner.text);
      const owners = new Map<string, string>();
      for (const id of keyIds) {
        const row = statement.get(...owner.bind({ id })) as { readonly owner: string } | undefined;
        if (row !== undefined) owners.set(id, row.owner);
      }
      return owners;
    },
    addHours: (rows) => runEach(writer, addHour, rows),
    addDays: (rows) => runEach(writer, addDay, rows),
  };
}

/** Runs the statement for each row; lets the event loop have its turn between chunks, inside the transaction. */
async function runEach<Name extends string>(
  writer: Writer,
  template: Template<Name>,
  rows: readonly Readonly<Record<Name, unknown>>[],
): Promise<void> {
  const statement = writer.prepare(template.text);
  for (const [index, row] of rows.entries()) {
    if (index > 0 && index % CHUNK_ROWS === 0) await turn();
    statement.run(...template.bind(row));
  }
}
