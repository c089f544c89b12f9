// @ts-check
/**
 * The driver: `DatabaseSync` of Node's built-in `node:sqlite`, else of the package `@photostructure/sqlite`, which has
 * the same API. It adds the checks that the API lacks (docs/adr/0029-one-driver-over-databasesync.md).
 *
 * JavaScript, because programs of tests and benchmarks load this file from the sources. So it imports no other source, and
 * bounds its statements by itself, as `Memo` (domain/utilities/memo.ts) would.
 */
import { pathToFileURL } from 'node:url';

/** A row: its values are null, a number, a text or a `Uint8Array`. @typedef {object} Row */

/**
 * A prepared statement. Every call takes exactly one value for each `?`. It throws a TypeError for another number of
 * values, and for a value that SQLite would store as something else or not at all. In a text, U+FFFD replaces NUL, as on
 * PostgreSQL: the package binds a text only up to its first NUL, so that `ada\0x` would find `ada`.
 *
 * @typedef {object} Statement
 * @property {boolean} returnsRows
 * @property {(...values: readonly unknown[]) => Row | undefined} get the first row
 * @property {(...values: readonly unknown[]) => Row[]} all
 * @property {(...values: readonly unknown[]) => { readonly changes: number | bigint }} run
 */

/**
 * @typedef {object} SqliteConnection
 * @property {(text: string) => Statement} prepare Prepares one statement. The same text is prepared once.
 * @property {(text: string) => void} exec Runs statements that take no values.
 * @property {(text: string) => unknown} pragma Runs a pragma and returns the first value of its answer.
 * @property {boolean} inTransaction
 * @property {boolean} open
 * @property {() => void} close Does nothing on a closed connection.
 */

/** @typedef {{ columns(): readonly unknown[], get(...values: unknown[]): Row | undefined, all(...values: unknown[]): Row[], run(...values: unknown[]): { changes: number | bigint } }} NativeStatement */
/** @typedef {{ readonly isOpen: boolean, readonly isTransaction: boolean, prepare(text: string): NativeStatement, exec(text: string): void, function(name: string, run: (row: unknown) => number): void, close(): void }} NativeDatabase */
/** @typedef {new (location: string, options: { readonly timeout: number, readonly readOnly: boolean }) => NativeDatabase} Driver */

/** How long a connection waits for another process before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;

/** 16 MB, in KiB: SQLite's default of 2 MB holds too little of the indexes of a large database. */
export const SET_CACHE = 'pragma cache_size = -16000';

/** The SQL function by which the reading thread ends a statement (read-thread.ts). On the event loop, it only returns 1. */
export const IN_TIME = 'latchkey_in_time';

/** The texts are those of the queries, but lists vary in length. */
const STATEMENTS_MAX = 500;

/**
 * Loads the driver: Node's own module from 22.16 on, else the package. Rejects where neither is there.
 *
 * @returns {Promise<Driver>}
 */
export async function loadDriver() {
  const builtIn = loadBuiltIn();
  if (builtIn !== undefined) return builtIn;
  /** @type {unknown} */
  let found;
  try {
    const module = await import('@photostructure/sqlite');
    found = module.DatabaseSync;
  } catch (cause) {
    throw new Error('The package @photostructure/sqlite cannot be loaded.', { cause });
  }
  // A bundler replaces a package that it did not find by an empty module.
  if (typeof found !== 'function') throw new Error('The package @photostructure/sqlite is not in the bundle.');
  return /** @type {Driver} */ (found);
}

/**
 * Returns the URL from which another thread loads the same copy of SQLite; null for Node's own module. Throws where there
 * is none, because the driver is inside a bundle: two copies of SQLite on one file would drop each other's locks.
 *
 * @param {Driver} driver
 * @returns {string | null}
 */
export function locateDriver(driver) {
  if (builtInModule()?.DatabaseSync === driver) return null;
  // In this form, bundlers leave it alone.
  const load = process.getBuiltinModule('node:module').createRequire(import.meta.url);
  const file = load.resolve('@photostructure/sqlite');
  const found = /** @type {{ DatabaseSync: Driver }} */ (load(file));
  if (found.DatabaseSync.prototype !== driver.prototype) throw new Error('The driver is inside a bundle.');
  return pathToFileURL(file).href;
}

/** @returns {{ DatabaseSync: Driver } | undefined} */
function builtInModule() {
  return /** @type {{ DatabaseSync: Driver } | undefined} */ (/** @type {unknown} */ (process.getBuiltinModule?.('node:sqlite')));
}

/** @returns {Driver | undefined} */
function loadBuiltIn() {
  const { emitWarning } = process;
  // Node 22 warns that the module is experimental. What Latchkey uses of it is tested on Node 22 and 24.
  process.emitWarning = (/** @type {unknown[]} */ ...warning) => {
    if (!String(warning[0]).startsWith('SQLite is an experimental')) Reflect.apply(emitWarning, process, warning);
  };
  try {
    const found = builtInModule()?.DatabaseSync;
    return found !== undefined && isComplete(found) ? found : undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Returns whether the module has what the store uses: Node 22.13 to 22.15 lack the busy timeout, URIs and `isTransaction`. A Node
 * that was built with another SQLite may lack the index of substrings.
 *
 * @param {Driver} driver
 */
function isComplete(driver) {
  const database = new driver(':memory:', { timeout: 0, readOnly: false });
  const statement = database.prepare("select sqlite_compileoption_used('ENABLE_FTS5') as found");
  const complete =
    typeof database.isTransaction === 'boolean' && typeof statement.columns === 'function' && Object.values(statement.get() ?? {})[0] === 1;
  database.close();
  return complete;
}

/**
 * Opens a connection to an existing file, or to `:memory:`. Throws the error of SQLite, whose result code `resultOf` reads.
 *
 * @param {Driver} driver
 * @param {string} file
 * @param {{ readonly readOnly?: boolean }} [options]
 * @returns {SqliteConnection}
 */
export function openConnection(driver, file, { readOnly = false } = {}) {
  const { location, options } = openingOf(file, { readOnly });
  const database = new driver(location, options);
  /** @type {Map<string, Statement>} */
  const statements = new Map();

  /** @type {SqliteConnection} */
  const connection = {
    prepare(text) {
      const known = statements.get(text);
      if (known !== undefined) return known;
      if (statements.size >= STATEMENTS_MAX) statements.clear();
      const statement = checked(database.prepare(text), countPlaceholders(text));
      statements.set(text, statement);
      return statement;
    },
    exec: (text) => database.exec(text),
    pragma(text) {
      /** @type {Record<string, unknown>} */
      const row = { ...database.prepare(`pragma ${text}`).get() };
      return Object.values(row)[0];
    },
    get inTransaction() {
      return database.isTransaction;
    },
    get open() {
      return database.isOpen;
    },
    close() {
      // The package releases a connection only when its statements are collected.
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
  try {
    // The first statement: it fails where the file is no database.
    connection.exec(SET_CACHE);
    database.function(IN_TIME, (_row) => 1);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Returns what a connection to the file is opened with.
 *
 * @param {string} file
 * @param {{ readonly readOnly: boolean }} options
 */
export function openingOf(file, { readOnly }) {
  // The mode keeps SQLite from creating a file that is not there.
  const location = file === ':memory:' ? file : `${pathToFileURL(file).href}?mode=${readOnly ? 'ro' : 'rw'}`;
  return { location, options: { timeout: BUSY_TIMEOUT_MS, readOnly } };
}

/**
 * @param {NativeStatement} statement
 * @param {number} placeholders
 * @returns {Statement}
 */
function checked(statement, placeholders) {
  return {
    returnsRows: statement.columns().length > 0,
    get: (...values) => statement.get(...bindable(values, placeholders)),
    all: (...values) => statement.all(...bindable(values, placeholders)),
    run: (...values) => statement.run(...bindable(values, placeholders)),
  };
}

/**
 * Returns the values as a statement with so many placeholders takes them. Throws a TypeError: see `Statement`.
 *
 * @param {readonly unknown[]} values
 * @param {number} placeholders
 */
export function bindable(values, placeholders) {
  if (values.length !== placeholders) throw new TypeError(`The statement takes ${placeholders} values, not ${values.length}.`);
  let shortened = false;
  for (const value of values) if (isShortened(value)) shortened = true;
  return shortened ? values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value)) : values;
}

/**
 * Returns whether the driver would bind or return the text only up to its first NUL character. Throws a TypeError for a
 * value that SQLite does not store; the error names the kind of the value, never the value.
 *
 * @param {unknown} value
 */
function isShortened(value) {
  if (typeof value === 'string') return value.includes('\0');
  if (value === null || typeof value === 'bigint' || value instanceof Uint8Array) return false;
  if (typeof value !== 'number') throw new TypeError(`SQLite stores no value of the type ${typeof value}.`);
  if (!Number.isFinite(value)) throw new TypeError('SQLite would store a number that is not finite as NULL.');
  return false;
}

/** Matches quoted text, comments and words, which hold no placeholder; placeholders; and the end of a statement. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[^]*?\*\/|[\w\u0080-\uffff][\w$\u0080-\uffff]*|[?:@#$]\w*|;/g;

/**
 * Returns how many values the statement takes. Throws where placeholders are numbered or named, and where the text holds
 * a second statement, which SQLite would ignore.
 *
 * @param {string} text
 */
export function countPlaceholders(text) {
  let count = 0;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '?') count += 1;
    else if (/^[?:@#$]/.test(token)) throw new TypeError(`Placeholders have neither names nor numbers: ${token}`);
    else if (token === ';' && !isTrigger(text) && text.slice(index + 1).trim() !== '') {
      throw new TypeError('Only the first of several statements would be run.');
    }
  }
  return count;
}

/** The body of a trigger consists of statements. @param {string} text */
function isTrigger(text) {
  return /^\s*create\s+(?:temp(?:orary)?\s+)?trigger\b/i.test(text);
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
export const RESULT = { busy: 5, cannotOpen: 14, notADatabase: 26 };

/**
 * Returns the primary result code of an error of SQLite; 0 for any other error.
 *
 * @param {unknown} error
 */
export function resultOf(error) {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
}
