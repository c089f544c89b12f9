import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';

/** What can be said of a database file from outside, reading alone; works beside a running service. */
export interface DatabaseInspection {
  /** `ok`, or the first fault that SQLite finds. */
  readonly integrity: string;
  readonly journalMode: string;
  readonly bytes: number;
  readonly walBytes: number;
  /** When the newest entry of the log was made, in epoch milliseconds; null while there is none. */
  readonly newestEventAt: number | null;
  readonly peppers: readonly { readonly id: string; readonly check: string; readonly secrets: number }[];
}

/** Throws where the file is no database of Latchkey or cannot be read. */
export function inspectDatabase(path: string): DatabaseInspection {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return {
      integrity: String(database.pragma('quick_check(1)', { simple: true })),
      journalMode: String(database.pragma('journal_mode', { simple: true })),
      bytes: statSync(path).size,
      walBytes: existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0,
      newestEventAt: database.prepare<[], { at: number | null }>('SELECT max(at) AS at FROM events').get()?.at ?? null,
      peppers: database
        .prepare<[], { id: string; check: string; secrets: number }>(
          'SELECT id, check_value AS "check", (SELECT count(*) FROM secrets WHERE pepper_id = peppers.id) AS secrets FROM peppers ORDER BY id',
        )
        .all(),
    };
  } finally {
    database.close();
  }
}
