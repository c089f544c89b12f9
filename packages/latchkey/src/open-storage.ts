/** Which store a database is opened with: told by its URL, here and nowhere else. */
import type { SettingNames } from './contract/settings/setting-reader.js';
import { ConfigurationError } from './domain/errors.js';
import type { Notify } from './ports/notice.js';
import type { Storage } from './ports/storage.js';
import { isPostgresUrl, migratePostgres, openPostgresStorage, showPostgresUrl } from './postgres.js';
import { migrateSqlite, openSqliteStorage } from './sqlite.js';

export interface OpenStorageOptions {
  /** As the setting `databasePool`; SQLite needs none. */
  readonly databasePool?: number | undefined;
  /** As the setting `databaseTimeoutMs`; SQLite needs none. */
  readonly databaseTimeoutMs?: number | undefined;
  /** Only reads: takes no lock, migrates nothing, refuses every change. */
  readonly readOnly?: boolean | undefined;
  /** Receives each notice of the store; by default, warnings are emitted as those of the process. */
  readonly notify?: Notify | undefined;
}

/** As `openSqliteStorage` or `openPostgresStorage` does. Throws a ConfigurationError for a URL of another kind. */
export async function openStorage(database: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const { databasePool: poolSize, databaseTimeoutMs: timeoutMs, readOnly, notify } = options;
  if (isPostgresUrl(database)) return openPostgresStorage({ url: database, poolSize, timeoutMs, readOnly });
  return openSqliteStorage({ file: sqliteFile(database), readOnly, notify });
}

/** As `migrateSqlite` or `migratePostgres` does: the ids of the migrations that this call applied. */
export async function migrateDatabase(database: string): Promise<readonly string[]> {
  if (isPostgresUrl(database)) return migratePostgres({ url: database });
  if (database === ':memory:')
    throw new ConfigurationError(['database: one in memory is migrated when it is opened, and gone afterwards.']);
  return migrateSqlite(sqliteFile(database));
}

/** The URL as it may be shown and logged: without a password. Throws a ConfigurationError where it cannot be used. */
export function showDatabase(database: string): string {
  if (isPostgresUrl(database)) return showPostgresUrl(database);
  sqliteFile(database);
  return database;
}

/** Returns what is wrong with the URL of a database, under the name by which it was given. Repeats nothing of it. */
export function databaseProblems({ database }: { readonly database: string }, { nameOf }: SettingNames): readonly string[] {
  try {
    showDatabase(database);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((problem) => problem.replace(/^database(?=: )/, () => nameOf('database')));
  }
}

function sqliteFile(database: string): string {
  if (database === ':memory:') return database;
  // SQLite would take parameters as part of the name of a new, empty file.
  if (/^file:.*[?#]/s.test(database))
    throw new ConfigurationError([
      'database: file:<path> takes no parameters, and no "?" or "#" in the path. Rename the file or its folder.',
    ]);
  if (/^file:./.test(database)) return database.slice('file:'.length);
  throw new ConfigurationError([
    'database: use file:<path>, such as file:./latchkey.db, or postgres://user:password@host:5432/database, or :memory:.',
  ]);
}
