import { existsSync, statSync } from 'node:fs';
import { UnavailableError } from '../../domain/errors.js';
import { findDriver, openForeign, resolveFile } from './connections.js';

/** What a database file shows to a process that only reads it, beside a running service too. */
export interface SqliteInspection {
  /** `ok`, or the first fault that SQLite finds. */
  readonly integrity: string;
  readonly journalMode: string;
  readonly bytes: number;
  readonly walBytes: number;
  /** When the newest entry of the audit log was made, in epoch milliseconds; null while there is none. */
  readonly newestEventAt: number | null;
  readonly peppers: readonly { readonly id: string; readonly check: string; readonly secrets: number }[];
}

const PEPPERS =
  'select id, check_value as "check", (select count(*) from secrets where pepper_id = peppers.id) as secrets from peppers order by id';

/** Changes nothing. Rejects as `openSqliteStorage` does, and with an UnavailableError where the tables are not Latchkey's. */
export async function inspectSqlite(path: string): Promise<SqliteInspection> {
  const file = resolveFile(path);
  const connection = openForeign(await findDriver(), file);
  try {
    const newest = connection.prepare('select max(at) as at from events').get() as { readonly at: number | null };
    const peppers = connection.prepare(PEPPERS).all() as SqliteInspection['peppers'];
    return {
      integrity: String(connection.pragma('quick_check(1)')),
      journalMode: String(connection.pragma('journal_mode')),
      bytes: statSync(file).size,
      walBytes: existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0,
      newestEventAt: newest.at,
      peppers,
    };
  } catch (cause) {
    throw new UnavailableError('store', { cause });
  } finally {
    connection.close();
  }
}
