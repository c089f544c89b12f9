/** Counters and usage: many small rows, written in batches that never keep a change waiting for the disk. */
import { DAY_MS } from '../../domain/time.js';
import type { Kysely } from 'kysely';
import type { CounterStore } from '../../ports/counter-store.js';
import type { UsageBatch, UsageStore } from '../../ports/usage-store.js';
import { counterUpsert, countersQuery, expiredCountersDelete } from '../sql/counters.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { keyUseUpdate, lastUseQuery, lastUseUpdate, lastUseUpsert, lateUseUpdate, secretUseUpdate } from '../sql/usage/last-uses.js';
import type { SqlReader } from '../sql/reader.js';
import type { CounterTableRow, LastUseRow, Schema, UsageProgressRow } from '../sql/schema.js';
import { compileTemplate, type Template } from '../sql/template.js';
import { createUsageReads } from '../sql/usage/reads.js';
import { keepUp } from '../sql/usage/upkeep.js';
import { addUsage, dayUpsert, hourUpsert, progressQuery, type KeyPlace, type UsageTables } from '../sql/usage/writes.js';
import type { SqliteReader } from './reader.js';
import { turn } from './turn.js';
import type { Writer } from './writer.js';

/** Rows that are written before the event loop has its turn: about 5 ms. */
const CHUNK_ROWS = 1_000;

export function createSqliteCounterStore(reader: SqliteReader, writer: Writer): CounterStore {
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
  const noteUses = createNoteUses(db, writer);
  const setKeyUse = compileTemplate(['keyId', 'at', 'dayBefore'], (values) => keyUseUpdate(db, values));
  return failingAsUnavailable<UsageStore>({
    recordUsage: ({ counts, lastUses }) =>
      writer.transaction('written', async () => {
        await noteUses(lastUses);
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

function createNoteUses(db: Kysely<Schema>, writer: Writer): (uses: UsageBatch['lastUses']) => Promise<void> {
  const find = compileTemplate(['keyId'], ({ keyId }) => lastUseQuery(db, keyId));
  const move = compileTemplate(USE_FIELDS, ({ keyId, day, at, secretId, address, userAgent, uses }) =>
    lastUseUpsert(db, (insert) => insert.values({ day, key_id: keyId, at, secret_id: secretId, address, user_agent: userAgent, uses })),
  );
  const update = compileTemplate(USE_FIELDS, (use) => lastUseUpdate(db, use));
  const addLate = compileTemplate(['keyId', 'uses'], (use) => lateUseUpdate(db, use));
  const setSecretUse = compileTemplate(['secretId', 'at'], (values) => secretUseUpdate(db, values));

  function note(use: UsageBatch['lastUses'][number]): void {
    const held = writer.prepare(find.text).get(...find.bind(use)) as HeldUse | undefined;
    const late = held !== undefined && held.at > use.at;
    if (held !== undefined && held.secret_id !== use.secretId) {
      const other = late ? use : { secretId: held.secret_id, at: held.at };
      writer.prepare(setSecretUse.text).run(...setSecretUse.bind(other));
    }
    if (late) {
      writer.prepare(addLate.text).run(...addLate.bind(use));
      return;
    }
    const day = use.at - (use.at % DAY_MS);
    const template = held?.day === day ? update : move;
    writer.prepare(template.text).run(...template.bind({ ...use, day }));
  }

  return async (uses) => {
    for (const [index, use] of uses.entries()) {
      if (index > 0 && index % CHUNK_ROWS === 0) await turn();
      note(use);
    }
  };
}

const USE_FIELDS = ['keyId', 'day', 'at', 'secretId', 'address', 'userAgent', 'uses'] as const;

type HeldUse = Pick<LastUseRow, 'day' | 'at' | 'secret_id'>;

function createUsageTables(db: Kysely<Schema>, writer: Writer): UsageTables {
  const progress = compileTemplate([], () => progressQuery(db));
  const place = compileTemplate(['id'], ({ id }) => db.selectFrom('keys').select(['owner', 'tier']).where('id', '=', id));
  const addHour = compileTemplate(['hour', 'kind', 'subject', 'code', 'count'], (row) => hourUpsert(db, (insert) => insert.values(row)));
  const addDay = compileTemplate(['kind', 'subject', 'day', 'code', 'count'], (row) => dayUpsert(db, (insert) => insert.values(row)));
  return {
    readProgress: async () => writer.prepare(progress.text).get(...progress.bind({})) as UsageProgressRow,
    async placesOf(keyIds) {
      const statement = writer.prepare(place.text);
      const places = new Map<string, KeyPlace>();
      for (const id of keyIds) {
        const row = statement.get(...place.bind({ id })) as KeyPlace | undefined;
        if (row !== undefined) places.set(id, row);
      }
      return places;
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
