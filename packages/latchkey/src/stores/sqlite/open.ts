/**
 * The store on embedded SQLite, for one serving process at a time.
 *
 * stores/sqlite/ owns the driver: connections, transactions and their order, durability, the lock that
 * keeps a second process out, and the few statements that are worth preparing by hand. The schema and the
 * queries are those of stores/sql/. What is written here is on the disk before a change is answered.
 */
import { ConfigurationError } from '../../domain/errors.js';
import type { Catalog } from '../../ports/catalog.js';
import type { EventLog } from '../../ports/event-log.js';
import type { Storage } from '../../ports/storage.js';
import { ownerDetailFromRow, ownerListQuery, ownersQuery, tierDetailFromRow, tiersQuery } from '../sql/catalog.js';
import { eventsQuery, readHead } from '../sql/events.js';
import { asUnavailable, failingAsUnavailable } from '../sql/failure.js';
import { createJsonMemo, type JsonMemo } from '../sql/json-memo.js';
import { requireMigrated } from '../sql/migrate.js';
import { eventFromRow } from '../sql/rows.js';
import { createSqliteCensus } from './census.js';
import { createSqliteCreditStore } from './credit-store.js';
import { createPrivate, loadDriver, openForeign, openReader, openWriter, resolveFile, type Connection } from './driver.js';
import { createSqliteCounterStore, createSqliteUsageStore } from './figures.js';
import { createSqliteKeyStore } from './key-store.js';
import { migrateWith } from './migrate.js';
import { createMutex, type Mutex } from './mutex.js';
import { holdNodeLock } from './node-lock.js';
import { createReader, type Reader } from './reader.js';
import { createSqliteSessionStore } from './session-store.js';
import { turn } from './turn.js';
import { createWriter, type Writer } from './writer.js';

export interface SqliteOptions {
  /** A path, or `:memory:` for a database that ends with the process. */
  readonly file: string;
  /** Only reads, beside a running service too: takes no lock, migrates nothing, refuses every change. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens the database, making and migrating it where needed, and holds it for this process until `close`.
 *
 * Throws a ConfigurationError that says what to do: better-sqlite3 is missing, the file cannot be opened or
 * is not a database, another process serves it, or it belongs to a newer version.
 */
export async function openSqliteStorage(options: SqliteOptions): Promise<Storage> {
  if (options.readOnly === true) return openForReading(options.file);
  return options.file === ':memory:' ? openInMemory() : openForServing(options.file);
}

async function openForServing(path: string): Promise<Storage> {
  const driver = await loadDriver();
  const file = resolveFile(path);
  // First, so that a path that cannot be a database gets no lock beside it.
  createPrivate(file);
  const opened: Connection[] = [];
  const lock = holdNodeLock(driver, file);
  const closeAll = (): void => {
    for (const connection of opened.reverse()) connection.close();
    lock.release();
  };
  try {
    const writing = openWriter(driver, file);
    opened.push(writing);
    const mutex = createMutex();
    const writer = createWriter(writing, mutex);
    await migrateWith(writer);
    const reading = openReader(driver, file);
    opened.push(reading);
    return assemble({
      reader: createReader(reading, null),
      writer,
      close: () => closeOnce(mutex, writing, closeAll),
    });
  } catch (error) {
    closeAll();
    throw asUnavailable(error);
  }
}

/** A database in memory belongs to one connection, so that reads and changes take turns on it. */
async function openInMemory(): Promise<Storage> {
  const connection = openWriter(await loadDriver(), ':memory:');
  const mutex = createMutex();
  const writer = createWriter(connection, mutex);
  try {
    await migrateWith(writer);
  } catch (error) {
    connection.close();
    throw asUnavailable(error);
  }
  return assemble({
    reader: createReader(connection, mutex),
    writer,
    close: () => closeOnce(mutex, connection, () => connection.close()),
  });
}

async function openForReading(path: string): Promise<Storage> {
  const driver = await loadDriver();
  const connection = openForeign(driver, resolveFile(path));
  const reader = createReader(connection, null);
  try {
    await requireMigrated(reader.db);
  } catch (error) {
    connection.close();
    throw asUnavailable(error);
  }
  const close = async (): Promise<void> => {
    connection.close();
  };
  return assemble({ reader, writer: refusingWriter, close });
}

interface Parts {
  readonly reader: Reader;
  readonly writer: Writer;
  close(): Promise<void>;
}

function assemble({ reader, writer, close }: Parts): Storage {
  const memo = createJsonMemo();
  return {
    keys: createSqliteKeyStore(reader, writer, memo),
    catalog: createCatalog(reader, memo),
    census: createSqliteCensus(reader),
    events: createEventLog(reader),
    credits: createSqliteCreditStore(reader, writer, memo),
    counters: createSqliteCounterStore(reader, writer),
    usage: createSqliteUsageStore(reader, writer),
    sessions: createSqliteSessionStore(reader, writer),
    ...failingAsUnavailable({
      async check() {
        await reader.read(() => reader.prepare('select 1').get());
        if (writer !== refusingWriter) await writer.transaction('written', () => undefined);
      },
      close,
    } satisfies Pick<Storage, 'check' | 'close'>),
  };
}

function createCatalog({ db, read }: Reader, memo: JsonMemo): Catalog {
  return failingAsUnavailable<Catalog>({
    async readOwner(id, now) {
      const row = await read(() => ownersQuery(db, now).where('owners.id', '=', id).executeTakeFirst());
      return row === undefined ? null : ownerDetailFromRow(row, memo);
    },
    async listOwners(query) {
      const rows = await read(() => ownerListQuery(db, query).execute());
      return rows.map((row) => ownerDetailFromRow(row, memo));
    },
    async readTier(name) {
      const row = await read(() => tiersQuery(db).where('tiers.name', '=', name).executeTakeFirst());
      return row === undefined ? null : tierDetailFromRow(row, memo);
    },
    async listTiers() {
      const rows = await read(() => tiersQuery(db).execute());
      return rows.map((row) => tierDetailFromRow(row, memo));
    },
  });
}

function createEventLog({ db, read }: Reader): EventLog {
  return failingAsUnavailable<EventLog>({
    async readEvents(query) {
      const rows = await read(() => eventsQuery(db, query).execute());
      // Who reads the whole log page by page must not hold up everybody else.
      if (rows.length >= LONG_PAGE) await turn();
      return rows.map(eventFromRow);
    },
    readHead: () => read(() => readHead(db)),
  });
}

const LONG_PAGE = 100;

/** Waits for the change that is under way, then moves what the WAL holds into the file. */
function closeOnce(mutex: Mutex, writing: Connection, close: () => void): Promise<void> {
  return mutex.run(() => {
    if (!writing.open) return;
    writing.pragma('wal_checkpoint(TRUNCATE)');
    close();
  });
}

const refusingWriter: Writer = {
  prepare: () => {
    throw openedForReading();
  },
  async transaction() {
    throw openedForReading();
  },
};

function openedForReading(): ConfigurationError {
  return new ConfigurationError(['This storage was opened with readOnly: open it without to make changes.']);
}
