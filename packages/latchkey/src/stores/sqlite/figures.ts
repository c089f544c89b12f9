/** Counters and usage: many small rows, written in batches that never keep a change waiting for the disk. */
import type { CounterStore } from '../../ports/counter-store.js';
import type { UsageStore } from '../../ports/usage-store.js';
import { counterUpsert, countersQuery, expiredCountersDelete } from '../sql/counters.js';
import { readBusiest } from '../sql/busiest.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { SqlReader } from '../sql/reader.js';
import type { CounterTableRow } from '../sql/schema.js';
import { compileTemplate, type Template } from '../sql/template.js';
import {
  keyUsagePointFromRow,
  keyUsageQuery,
  keyUseUpdate,
  lastUseUpsert,
  secretUseUpdate,
  totalsOf,
  usageHourUpsert,
  usagePointFromRow,
  usageQuery,
  usageTotalUpsert,
} from '../sql/usage.js';
import type { Reader } from './reader.js';
import { turn } from './turn.js';
import type { Writer } from './writer.js';

/** Rows that are written before the event loop has its turn: about 5 ms. */
const CHUNK_ROWS = 1_000;
const DAY_MS = 86_400_000;

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
  const addHour = compileTemplate(['key_id', 'hour', 'code', 'count'], (row) => usageHourUpsert(db, (insert) => insert.values(row)));
  const addTotal = compileTemplate(['hour', 'code', 'count'], (row) => usageTotalUpsert(db, (insert) => insert.values(row)));
  const setLastUse = compileTemplate(['keyId', 'at', 'address', 'userAgent'], ({ keyId, at, address, userAgent }) =>
    lastUseUpsert(db, (insert) => insert.values({ key_id: keyId, at, address, user_agent: userAgent })),
  );
  const setSecretUse = compileTemplate(['secretId', 'at'], (values) => secretUseUpdate(db, values));
  const setKeyUse = compileTemplate(['keyId', 'at', 'dayBefore'], (values) => keyUseUpdate(db, values));
  return failingAsUnavailable<UsageStore>({
    recordUsage: ({ counts, lastUses }) =>
      writer.transaction('written', async () => {
        const hours = counts.map(({ keyId, hour, code, count }) => ({ key_id: keyId ?? '', hour, code, count }));
        await runEach(writer, addHour, hours);
        await runEach(writer, addTotal, totalsOf(counts));
        await runEach(writer, setLastUse, lastUses);
        await runEach(writer, setSecretUse, lastUses);
        const keyUses = lastUses.map(({ keyId, at }) => ({ keyId, at, dayBefore: at - DAY_MS }));
        await runEach(writer, setKeyUse, keyUses);
      }),
    async readUsage(query) {
      const rows = await reader.read(() => usageQuery(db, query).execute());
      return rows.map(usagePointFromRow);
    },
    async readKeyUsage(query) {
      if (query.keyIds.length === 0) return [];
      const rows = await reader.read(() => keyUsageQuery(db, query).execute());
      return rows.map(keyUsagePointFromRow);
    },
    readBusiest: (span, limit) => readBusiest(reader, { ...span, limit }),
  });
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
