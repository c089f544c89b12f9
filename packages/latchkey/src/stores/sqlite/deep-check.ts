/** Reads a whole database, slice by slice: docs/adr/0039-no-reader-holds-the-database.md. */
import type { Clock } from '../../ports/clock.js';
import { findDriver, openForeign, resolveFile } from './connections.js';
import type { SqliteConnection } from './driver.js';
import { turn } from './turn.js';

export interface DeepCheck {
  readonly tables: number;
  readonly rows: number;
  /** Each damaged part in a sentence; empty where nothing is damaged. */
  readonly faults: readonly string[];
  readonly tookMs: number;
}

export interface DeepCheckOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Called before each table is read. */
  readonly onTable?: ((table: string) => void) | undefined;
}

/** How long a slice, and with it the transaction that it reads in, is to take. */
const SLICE_MS = 100;
const ROWS_MIN = 20;
const ROWS_MAX = 20_000;

/**
 * Reads every value of every row, and finds each row in every index of its table. It changes nothing and may run beside a service:
 * each slice is a transaction of about 100 ms, so that the write-ahead log does not grow with the check. Rejects as
 * `openSqliteStorage` does where the file cannot be opened.
 */
export async function deepCheckSqlite(path: string, { clock, onTable }: DeepCheckOptions): Promise<DeepCheck> {
  const connection = openForeign(await findDriver(), resolveFile(path));
  const startedAt = clock.monotonicMs();
  const faults: string[] = [];
  let rows = 0;
  try {
    const tables = readTables(connection);
    for (const table of tables) {
      onTable?.(table.name);
      try {
        for await (const slice of checkTable(connection, table, clock)) {
          rows += slice.rows;
          faults.push(...slice.faults);
        }
      } catch (error) {
        faults.push(`The table ${table.name} cannot be read to its end: ${damageOf(error)}.`);
      }
    }
    return { tables: tables.length, rows, faults: summed(faults), tookMs: clock.monotonicMs() - startedAt };
  } finally {
    connection.close();
  }
}

interface Table {
  readonly name: string;
  /** The columns that rows are in the order of. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly indexes: readonly Index[];
}

interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  /** Which rows a partial index holds. */
  readonly predicate: string | null;
}

function readTables(connection: SqliteConnection): readonly Table[] {
  const all = <Row>(text: string, ...values: readonly unknown[]): Row[] => connection.prepare(text).all(...values) as Row[];
  const tables = all<{ name: string; wr: number }>(
    "select name, wr from pragma_table_list where schema = 'main' and type in ('table', 'shadow') and name not like 'sqlite\\_%' escape '\\'",
  );
  return tables.map(({ name, wr }) => {
    const columns = all<{ name: string; pk: number }>('select name, pk from pragma_table_info(?)', name);
    const primary = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
    const indexes = all<{ name: string; origin: string; sql: string | null }>(
      'select list.name, origin, sql from pragma_index_list(?) as list left join sqlite_schema as made on made.name = list.name',
      name,
    );
    return {
      name,
      key: wr === 1 ? primary.map((column) => column.name) : ['rowid'],
      columns: columns.map((column) => column.name),
      // The primary key of a table without rowid is the table itself.
      indexes: indexes
        .filter(({ origin }) => wr === 0 || origin !== 'pk')
        .map((index) => ({
          name: index.name,
          columns: all<{ name: string }>('select name from pragma_index_info(?) where name is not null', index.name).map((row) => row.name),
          predicate: /\)\s*where\s+([^]+)$/i.exec(index.sql ?? '')?.[1] ?? null,
        })),
    };
  });
}

interface Slice {
  readonly rows: number;
  readonly faults: readonly string[];
}

async function* checkTable(connection: SqliteConnection, table: Table, clock: DeepCheckOptions['clock']): AsyncGenerator<Slice> {
  const key = table.key.map(quoted).join();
  const places = `(${table.key.map(() => '?').join()})`;
  const touched = table.columns.map((column) => `coalesce(length(cast(${quoted(column)} as blob)), 0)`).join(' + ');
  const lookUps = table.indexes.map((index) => ({ index, text: lookUpOf(table, index) }));
  let size = ROWS_MIN;
  for (let after: readonly unknown[] | null = null; ;) {
    const from = clock.monotonicMs();
    const where: string = after === null ? '' : `where (${key}) > ${places}`;
    const rows: readonly object[] = connection
      .prepare(`select ${key}, ${touched} as touched from ${quoted(table.name)} not indexed ${where} order by ${key} limit ?`)
      .all(...(after ?? []), size);
    const last: object | undefined = rows.at(-1);
    if (last === undefined) return;
    const upTo: readonly unknown[] = Object.values(last).slice(0, table.key.length);
    const first: readonly unknown[] = Object.values(rows[0] ?? {}).slice(0, table.key.length);
    const faults = lookUps.flatMap(({ index, text }) => {
      const { missing } = connection.prepare(text).get(...first, ...upTo) as { readonly missing: number };
      return Array.from({ length: Math.min(missing, 1) }, () => `The index ${index.name} of ${table.name} lacks entries.`);
    });
    yield { rows: rows.length, faults };
    after = upTo;
    const tookMs = Math.max(clock.monotonicMs() - from, 1);
    size = Math.round(Math.min(ROWS_MAX, size * 4, Math.max(ROWS_MIN, (size * SLICE_MS) / tookMs)));
    await turn();
  }
}

/** Counts the rows of a range that are not found through the index. */
function lookUpOf({ name, key }: Table, { name: index, columns, predicate }: Index): string {
  const places = `(${key.map(() => '?').join()})`;
  const range = `(${key.map(quoted).join()})`;
  const held = predicate === null ? '' : `and (${predicate})`;
  const same = [...new Set([...columns, ...key])].map((column) => `found.${quoted(column)} is entry.${quoted(column)}`).join(' and ');
  return `select count(*) as missing from ${quoted(name)} as entry not indexed where ${range} >= ${places} and ${range} <= ${places} ${held}
    and not exists (select 1 from ${quoted(name)} as found indexed by ${quoted(index)} where ${same} ${held})`;
}

/** A rowid has no quotes: in them it would be a text. */
function quoted(name: string): string {
  return name === 'rowid' ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The same fault of many slices is one. */
function summed(faults: readonly string[]): readonly string[] {
  return [...new Set(faults)];
}

/** SQLite's errors name no value of a row. Others are not about damage. */
function damageOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR') return error.message;
  throw error;
}
