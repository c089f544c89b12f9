/** Opens connections as this store wants them, and says what to do where one cannot be opened. */
import { closeSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../../domain/errors.js';
import { installing } from '../../domain/missing-package.js';
import { openConnection, loadDriver, RESULT, resultOf, type SqliteConnection, type Driver } from './driver.js';

/** Throws a ConfigurationError that names the package to install. */
export async function findDriver(): Promise<Driver> {
  try {
    return await loadDriver();
  } catch (error) {
    const { cause = error } = error as Error;
    throw new ConfigurationError([
      `The SQLite store needs Node 22.16 or later, or the package @photostructure/sqlite, which cannot be loaded (${reasonOf(cause)}): ${installing('@photostructure/sqlite@1')}`,
    ]);
  }
}

/**
 * Opens the one connection that writes. Creates the file if there is none, readable only by its owner (the files beside
 * it, `-wal` and `-shm`, get the rights of the file).
 */
export function openWriter(driver: Driver, file: string): SqliteConnection {
  if (file !== ':memory:') createPrivate(file);
  const connection = open(driver, file);
  try {
    if (file !== ':memory:') switchToWal(connection);
    connection.pragma('foreign_keys = ON');
    connection.pragma('secure_delete = ON');
    connection.pragma('journal_size_limit = 67108864');
    // From here on the writer itself waits for other processes, while the event loop goes on.
    connection.pragma('busy_timeout = 0');
    return connection;
  } catch (error) {
    connection.close();
    throw opening(file, error);
  }
}

/**
 * Bytes of the file that the reading connection maps into memory: as many as SQLite maps. A look-up of a key touches seven pages of a
 * large file; from the map each costs no call of the system and no copy, and what the system has in memory is held once.
 */
const MAPPED_BYTES = 0x7fff0000;

/** Opens a connection beside the writer's that refuses to write. */
export function openReader(driver: Driver, file: string): SqliteConnection {
  const connection = open(driver, file);
  try {
    connection.pragma('query_only = ON');
    connection.pragma(`mmap_size = ${MAPPED_BYTES}`);
    return connection;
  } catch (error) {
    connection.close();
    throw opening(file, error);
  }
}

/** Opens a connection that cannot write, to a database that another process may be serving. */
export function openForeign(driver: Driver, file: string): SqliteConnection {
  const connection = open(driver, file, { readOnly: true });
  try {
    connection.prepare('select count(*) from sqlite_schema').get();
    return connection;
  } catch (error) {
    connection.close();
    throw opening(file, error);
  }
}

/** Returns the file's one real path, however it was named, so that its lock is one, too. */
export function resolveFile(file: string): string {
  if (file === '') throw new ConfigurationError(['The SQLite store needs a file: give a path, or ":memory:".']);
  try {
    return realpathSync(file);
  } catch {
    return join(resolveFolder(file), basename(file));
  }
}

export function isBusy(error: unknown): boolean {
  return resultOf(error) === RESULT.busy;
}

/**
 * Creates the file, if there is none, with rights only for its owner. It never opens an existing one: to close any descriptor
 * of a file drops the locks that this process holds on it.
 */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw opening(file, error);
  }
}

function resolveFolder(file: string): string {
  try {
    return realpathSync(dirname(file));
  } catch {
    throw new ConfigurationError([`The folder of the database does not exist: create ${dirname(file)}, or give another path.`]);
  }
}

function open(driver: Driver, file: string, options: { readonly readOnly?: boolean } = {}): SqliteConnection {
  try {
    return openConnection(driver, file, options);
  } catch (error) {
    throw opening(file, error);
  }
}

/**
 * SQLite does not wait when two processes switch a new file to WAL at once: it answers one of them "busy" at once.
 * Waiting for the lock of an empty exclusive transaction is the wait that it leaves out.
 */
function switchToWal(connection: SqliteConnection): void {
  const attempts = 100;
  for (let attempt = 1; ; attempt++) {
    try {
      if (connection.pragma('journal_mode = WAL') === 'wal') return;
    } catch (error) {
      if (attempt === attempts || !isBusy(error)) throw error;
    }
    connection.exec('begin exclusive; commit');
    if (attempt === attempts) throw new ConfigurationError(['The file system of the database does not support WAL: use a local disk.']);
  }
}

function opening(file: string, error: unknown): Error {
  if (error instanceof ConfigurationError) return error;
  if (resultOf(error) === RESULT.notADatabase) {
    return new ConfigurationError([`${file} is not a SQLite database: give another path.`]);
  }
  return new ConfigurationError([
    `The database ${file} cannot be opened (${reasonOf(error)}): check the path and the rights of its folder.`,
  ]);
}

/** Node's and SQLite's errors name no value of a statement. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('code' in error && typeof error.code === 'string' && resultOf(error) === 0) return error.code;
  return error.message.split('\n')[0] ?? '';
}
