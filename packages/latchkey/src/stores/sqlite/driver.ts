/** The optional driver better-sqlite3: loading it, and opening connections as this store wants them. */
import { closeSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { ConfigurationError } from '../../domain/errors.js';

export type Connection = BetterSqlite3.Database;
export type Driver = typeof BetterSqlite3;

/** How long a connection waits for another process before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;

export async function loadDriver(load: () => Promise<{ readonly default: Driver }> = () => import('better-sqlite3')): Promise<Driver> {
  try {
    const module = await load();
    return module.default;
  } catch (cause) {
    throw new ConfigurationError([
      `The SQLite store needs the package better-sqlite3, which cannot be loaded (${reasonOf(cause)}): npm install better-sqlite3`,
    ]);
  }
}

/**
 * The one connection that writes. Makes the file if there is none, readable by its owner alone (the files
 * beside it, `-wal` and `-shm`, get the rights of the file).
 */
export function openWriter(driver: Driver, file: string): Connection {
  if (file !== ':memory:') createPrivate(file);
  const connection = open(driver, file, {});
  try {
    if (file !== ':memory:') switchToWal(connection);
    connection.pragma('foreign_keys = ON');
    connection.pragma('secure_delete = ON');
    connection.pragma('journal_size_limit = 67108864');
    // From here on the writer waits for others by itself, and lets the event loop go on meanwhile.
    connection.pragma('busy_timeout = 0');
    return connection;
  } catch (error) {
    connection.close();
    throw opening(file, error);
  }
}

/** A connection beside the writer's that refuses to write. */
export function openReader(driver: Driver, file: string): Connection {
  const connection = open(driver, file, readerOptions(false));
  connection.pragma('query_only = ON');
  return connection;
}

/** How a file that is open already is opened once more, to be read. */
export function readerOptions(readOnly: boolean): BetterSqlite3.Options {
  return { fileMustExist: true, readonly: readOnly, timeout: BUSY_TIMEOUT_MS };
}

/** A connection that cannot write, to a database that somebody else may be serving. */
export function openForeign(driver: Driver, file: string): Connection {
  const connection = open(driver, file, readerOptions(true));
  try {
    connection.prepare('select count(*) from sqlite_schema').get();
    return connection;
  } catch (error) {
    connection.close();
    throw opening(file, error);
  }
}

/** The file's one true path, however it was named, so that its lock is one, too. */
export function resolveFile(file: string): string {
  if (file === '') throw new ConfigurationError(['The SQLite store needs a file: give a path, or ":memory:".']);
  try {
    return realpathSync(file);
  } catch {
    return join(resolveFolder(file), basename(file));
  }
}

/** Makes the file, if there is none, with rights for its owner alone. */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw opening(file, error);
  }
}

function resolveFolder(file: string): string {
  try {
    return realpathSync(dirname(file));
  } catch {
    throw new ConfigurationError([`The folder of the database does not exist: make ${dirname(file)}, or give another path.`]);
  }
}

function open(driver: Driver, file: string, options: BetterSqlite3.Options): Connection {
  try {
    return new driver(file, { timeout: BUSY_TIMEOUT_MS, ...options });
  } catch (error) {
    throw opening(file, error);
  }
}

/**
 * SQLite does not wait when two processes switch a new file to WAL at once: one of them is told "busy" on
 * the spot. Waiting for the lock of an empty exclusive transaction is the wait that it leaves out.
 */
function switchToWal(connection: Connection): void {
  const attempts = 100;
  for (let attempt = 1; ; attempt++) {
    try {
      if (connection.pragma('journal_mode = WAL', { simple: true }) === 'wal') return;
    } catch (error) {
      if (attempt === attempts || !isBusy(error)) throw error;
    }
    connection.exec('begin exclusive; commit');
    if (attempt === attempts) throw new ConfigurationError(['The file system of the database does not support WAL: use a local disk.']);
  }
}

export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

function opening(file: string, error: unknown): Error {
  if (error instanceof ConfigurationError) return error;
  const code = codeOf(error);
  if (code === 'SQLITE_NOTADB') return new ConfigurationError([`${file} is not a SQLite database: give another path.`]);
  if (code === 'ERR_DLOPEN_FAILED') {
    return new ConfigurationError(['better-sqlite3 was built for another version of Node: npm rebuild better-sqlite3']);
  }
  return new ConfigurationError([
    `The database ${file} cannot be opened (${reasonOf(error)}): check the path and the rights of its folder.`,
  ]);
}

function reasonOf(error: unknown): string {
  return codeOf(error) || (error instanceof Error ? error.message : 'unknown error');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
