import { existsSync, statSync } from 'node:fs';
import { UnavailableError } from '../../domain/errors.js';
import { COUNTED_SECRETS } from '../sql/change.js';
import { usageSinceQuery, type TableWeight, type UsageHeld, type UsageSinceRow } from '../sql/usage/held.js';
import { findDriver, openForeign, resolveFile } from './connections.js';
import type { SqliteConnection } from './driver.js';

export type { TableWeight, UsageHeld };

/** What a database file shows to a process that only reads it, beside a running service too. */
export interface SqliteInspection {
  readonly journalMode: string;
  readonly bytes: number;
  readonly walBytes: number;
  /** When the newest entry of the audit log was made, in epoch milliseconds; null while there is none. */
  readonly newestEventAt: number | null;
  /** `secrets` are counted up to `COUNTED_SECRETS`. */
  readonly peppers: readonly { readonly id: string; readonly check: string; readonly secrets: number }[];
  readonly usage: UsageHeld;
}

const PEPPERS = `select id, check_value as "check", (select count(*) from
  (select 1 from secrets where pepper_id = peppers.id limit ${COUNTED_SECRETS})) as secrets from peppers order by id`;

/** Reads some rows by their indexes, and changes nothing. Rejects as `openSqliteStorage` does, and with an UnavailableError where the tables are not Latchkey's. */
export async function inspectSqlite(path: string): Promise<SqliteInspection> {
  const file = resolveFile(path);
  const connection = openForeign(await findDriver(), file);
  try {
    const newest = connection.prepare('select max(at) as at from events').get() as { readonly at: number | null };
    const peppers = connection.prepare(PEPPERS).all() as SqliteInspection['peppers'];
    return {
      journalMode: String(connection.pragma('journal_mode')),
      bytes: statSync(file).size,
      walBytes: existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0,
      newestEventAt: newest.at,
      peppers,
      usage: usageHeld(connection),
    };
  } catch (cause) {
    throw new UnavailableError('store', { cause });
  } finally {
    connection.close();
  }
}

/** So many rows are counted in some tens of milliseconds. */
const COUNTED_MAX = 1_000_000;

function usageHeld(connection: SqliteConnection): UsageHeld {
  const since = connection.prepare(usageSinceQuery('')).get() as UsageSinceRow;
  return {
    hours: weigh(connection, 'usage_by_hour', since.hours),
    days: weigh(connection, 'usage_by_day', since.days),
    takingOver: since.earlier === 1,
  };
}

function weigh(connection: SqliteConnection, table: 'usage_by_hour' | 'usage_by_day', since: number | null): TableWeight {
  const counting = `select count(*) as rows from (select 1 from ${table} limit ${COUNTED_MAX})`;
  const { rows } = connection.prepare(counting).get() as { readonly rows: number };
  return { since, rows, counted: rows < COUNTED_MAX ? 'exact' : 'at_least', bytes: null };
}
