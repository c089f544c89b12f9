/**
 * The store on embedded SQLite: one file, for the processes of one machine.
 *
 * stores/sqlite/ owns the driver: connections, transactions and their order among threads of work and among processes,
 * durability, and the few statements that are worth preparing by hand. The schema and the
 * queries are those of stores/sql/. What is written here is on the disk before a change is answered.
 */
import { ConfigurationError } from '../../domain/errors.js';
import type { Catalog } from '../../ports/catalog.js';
import type { EventLog } from '../../ports/event-log.js';
import type { Notify } from '../../ports/notice.js';
import type { Storage } from '../../ports/storage.js';
import { createCatalog } from '../sql/catalog.js';
import { createEventLog } from '../sql/log/events.js';
import { asUnavailable, failingAsUnavailable } from '../sql/failure.js';
import { createJsonMemo, type JsonMemo } from '../sql/json-memo.js';
import { readRecorded, requireMigrated } from '../sql/migrate.js';
import { createSqliteCensus } from './census.js';
import { createCheckpoints } from './checkpoints.js';
import { createConfirm } from './confirm.js';
import { findDriver, openForeign, openReader, openWriter, resolveFile } from './connections.js';
import { createSqliteCreditStore } from './credit-store.js';
import type { SqliteConnection } from './driver.js';
import { createSqliteCounterStore, createSqliteUsageStore } from './figures.js';
import { createSqliteKeyStore } from './key-store.js';
import { makeInMemory } from './in-memory.js';
import { migrateWith } from './migrate.js';
import { createMutex, type Mutex } from '../../domain/mutex.js';
import { createSqliteNodeStore } from './node-store.js';
import type { SqlReader } from '../sql/reader.js';
import { createReader, type SqliteReader } from './reader.js';
import { createSqliteSessionStore } from './session-store.js';
import { createThreadReader, type ThreadReader, type ThreadReaderOptions } from './thread-reader.js';
import { createWriter, type Writer } from './writer.js';

export interface SqliteOptions {
  /** A path, or `:memory:` for a database that ends with the process. */
  readonly file: string;
  /** Only reads, beside a running service too: takes no lock, migrates nothing, refuses every change. */
  readonly readOnly?: boolean | undefined;
  /** Receives the notice that lists and searches are read on the event loop. */
  readonly notify?: Notify | undefined;
}

/**
 * Opens the database, making and migrating it where needed. Other processes may have it open as well.
 *
 * Throws a ConfigurationError that says what to do: the driver is missing, the file cannot be opened or
 * is not a database, or it belongs to a newer version.
 */
export async function openSqliteStorage(options: SqliteOptions): Promise<Storage> {
  const { file, readOnly = false, notify = () => undefined } = options;
  if (readOnly) return openForReading(file, notify);
  return file === ':memory:' ? openInMemory() : openForServing(file, notify);
}

async function openForServing(path: string, notify: Notify): Promise<Storage> {
  const driver = await findDriver();
  const file = resolveFile(path);
  const opened: SqliteConnection[] = [];
  const closeAll = (): void => {
    for (const connection of opened.reverse()) connection.close();
  };
  try {
    const writing = openWriter(driver, file);
    opened.push(writing);
    const mutex = createMutex();
    await migrateWith(createWriter(writing, mutex));
    const reading = openReader(driver, file);
    opened.push(reading);
    const reader = createReader(reading, null);
    const threads = createThreads({ driver, file, readOnly: false, beside: reader, notify });
    const checkpoints = createCheckpoints({ writing, mutex, inThread: threads.searches.run });
    const writer = createWriter(writing, mutex, checkpoints.committed);
    return assemble({
      reader,
      ...threads,
      writer,
      close: async () => {
        await checkpoints.end();
        await threads.close();
        await closeOnce(mutex, writing, closeAll);
      },
    });
  } catch (error) {
    closeAll();
    throw asUnavailable(error);
  }
}

/** A database in memory belongs to one connection, so that reads and changes take turns on it. */
async function openInMemory(): Promise<Storage> {
  const connection = openWriter(await findDriver(), ':memory:');
  const mutex = createMutex();
  const writer = createWriter(connection, mutex);
  try {
    await makeInMemory(connection, writer);
  } catch (error) {
    connection.close();
    throw asUnavailable(error);
  }
  const reader = createReader(connection, mutex);
  return assemble({
    reader,
    lists: reader,
    searches: reader,
    // Nothing is confirmed: the engine judges each entry.
    confirm: async (after) => after,
    writer,
    close: () => closeOnce(mutex, connection, () => connection.close()),
  });
}

async function openForReading(path: string, notify: Notify): Promise<Storage> {
  const driver = await findDriver();
  const file = resolveFile(path);
  const connection = openForeign(driver, file);
  const reader = createReader(connection, null);
  try {
    const tables = await reader.db.introspection.getTables();
    requireMigrated(tables.some((table) => table.name === 'latchkey_migrations') ? await readRecorded(reader.db) : null);
  } catch (error) {
    connection.close();
    throw asUnavailable(error);
  }
  const threads = createThreads({ driver, file, readOnly: true, beside: reader, notify });
  const close = async (): Promise<void> => {
    await threads.close();
    connection.close();
  };
  return assemble({ reader, ...threads, writer: refusingWriter, close });
}

/** Two threads, each started by its first read: a page of a list waits for no search, and for no sum. */
function createThreads(options: ThreadReaderOptions): Pick<Parts, 'lists' | 'confirm' | 'close'> & { readonly searches: ThreadReader } {
  let notified = false;
  const notify: Notify = (notice) => {
    if (!notified) options.notify(notice);
    notified = true;
  };
  const lists = createThreadReader({ ...options, notify });
  const searches = createThreadReader({ ...options, notify });
  return {
    lists,
    searches,
    confirm: createConfirm(searches),
    async close() {
      await Promise.all([lists.close(), searches.close()]);
    },
  };
}

interface Parts {
  /** On the event loop: what verifications and changes read, each in a fraction of a millisecond. */
  readonly reader: SqliteReader;
  /** For keys as they are shown, and for pages of lists. */
  readonly lists: SqlReader;
  /** For what may read through very many rows. */
  readonly searches: SqlReader;
  readonly confirm: EventLog['confirm'];
  readonly writer: Writer;
  close(): Promise<void>;
}

function assemble({ reader, lists, searches, confirm, writer, close }: Parts): Storage {
  const memo = createJsonMemo();
  return {
    keys: createSqliteKeyStore({ reader, lists, searches, writer, memo }),
    catalog: createSqliteCatalog({ lists, searches }, memo),
    census: createSqliteCensus(searches),
    events: { ...createSqliteEventLog({ lists, searches, confirm }), readHead: createEventLog(reader, confirm).readHead },
    credits: createSqliteCreditStore(reader, writer, memo),
    counters: createSqliteCounterStore(reader, writer),
    sharedCounters: null,
    usage: createSqliteUsageStore(searches, writer),
    nodes: createSqliteNodeStore(reader, writer),
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

/** Waits for the change that is under way, then moves what the WAL holds into the file. */
function closeOnce(mutex: Mutex, writing: SqliteConnection, close: () => void): Promise<void> {
  return mutex.run(() => {
    if (!writing.open) return;
    writing.pragma('wal_checkpoint(TRUNCATE)');
    close();
  });
}

/** An index has the entries that one filter admits in their order. */
function createSqliteEventLog({ lists, searches, confirm }: Pick<Parts, 'lists' | 'searches' | 'confirm'>): EventLog {
  const { readEvents } = createEventLog(searches, confirm);
  const short = createEventLog(lists, confirm);
  return {
    ...short,
    readEvents(query) {
      const { action, targetId, owner, actorId } = query;
      const filters = [action, targetId, owner, actorId].filter((filter) => filter !== undefined);
      return filters.length <= 1 ? short.readEvents(query) : readEvents(query);
    },
  };
}

/** A search of owners may go through all of them. */
function createSqliteCatalog({ lists, searches }: Pick<Parts, 'lists' | 'searches'>, memo: JsonMemo): Catalog {
  const { listOwners } = createCatalog(searches, memo);
  const short = createCatalog(lists, memo);
  return { ...short, listOwners: (query) => (query.search === undefined ? short.listOwners(query) : listOwners(query)) };
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
