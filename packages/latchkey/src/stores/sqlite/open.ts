/**
 * The store on embedded SQLite: one file, for the processes of one machine.
 *
 * stores/sqlite/ owns the driver: connections, transactions and their order among threads of work and among processes,
 * durability, and the few statements that are worth preparing by hand. The schema and the
 * queries are those of stores/sql/. What is written here is on the disk before a change is answered.
 */
import { ConfigurationError } from '../../domain/errors.js';
import type { EventLog } from '../../ports/event-log.js';
import type { Storage } from '../../ports/storage.js';
import { createCatalog } from '../sql/catalog.js';
import { createEventLog } from '../sql/events.js';
import { asUnavailable, failingAsUnavailable } from '../sql/failure.js';
import { createJsonMemo } from '../sql/json-memo.js';
import { readRecorded, requireMigrated } from '../sql/migrate.js';
import { createSqliteCreditStore } from './credit-store.js';
import { loadDriver, openForeign, openReader, openWriter, resolveFile, type Connection } from './driver.js';
import { createSqliteCounterStore, createSqliteUsageStore } from './figures.js';
import { createSqliteKeyStore } from './key-store.js';
import { migrateWith } from './migrate.js';
import { createMutex, type Mutex } from './mutex.js';
import { createSqliteNodeStore } from './node-store.js';
import { createReader, type Reader } from './reader.js';
import { turn } from './turn.js';
import { createWriter, type Writer } from './writer.js';

export interface SqliteOptions {
  /** A path, or `:memory:` for a database that ends with the process. */
  readonly file: string;
  /** Only reads, beside a running service too: takes no lock, migrates nothing, refuses every change. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens the database, making and migrating it where needed. Other processes may have it open as well.
 *
 * Throws a ConfigurationError that says what to do: better-sqlite3 is missing, the file cannot be opened or
 * is not a database, or it belongs to a newer version.
 */
export async function openSqliteStorage(options: SqliteOptions): Promise<Storage> {
  if (options.readOnly === true) return openForReading(options.file);
  return options.file === ':memory:' ? openInMemory() : openForServing(options.file);
}

async function openForServing(path: string): Promise<Storage> {
  const driver = await loadDriver();
  const file = resolveFile(path);
  const opened: Connection[] = [];
  const closeAll = (): void => {
    for (const connection of opened.reverse()) connection.close();
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
    const tables = await reader.db.introspection.getTables();
    requireMigrated(tables.some((table) => table.name === 'latchkey_migrations') ? await readRecorded(reader.db) : null);
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
    events: takingTurns(createEventLog(reader)),
    credits: createSqliteCreditStore(reader, writer, memo),
    counters: createSqliteCounterStore(reader, writer),
    usage: createSqliteUsageStore(reader, writer),
    nodes: createSqliteNodeStore(reader, writer),
    ...failingAsUnavailable({
      async check() {
        await reader.read(() => reader.prepare('select 1').get());
        if (writer !== refusingWriter) await writer.transaction('written', () => undefined);
      },
      close,
    } satisfies Pick<Storage, 'check' | 'close'>),
  };
}

/** Who reads the whole log page by page must not hold up everybody else. */
function takingTurns(log: EventLog): EventLog {
  return {
    ...log,
    async readEvents(query) {
      const events = await log.readEvents(query);
      if (events.length >= LONG_PAGE) await turn();
      return events;
    },
  };
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
