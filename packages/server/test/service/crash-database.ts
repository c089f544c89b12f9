/** What a service keeps through its crashes: a file, or a database on a server that crashes, too. */
import { join } from 'node:path';
import { temporaryFolder } from '../cli/command.js';
import { openSqlite } from '../../../../tools/services/sqlite.js';
import { startPostgres, type PostgresServer } from '../../../../tools/services/postgres.js';

export interface CrashDatabase {
  /** As `DATABASE_URL`. */
  readonly url: string;
  /** The first column of what the statement finds, as text. */
  all(statement: string): Promise<readonly string[]>;
  /** The id of the secret that an entry of the log tells of, in SQL. */
  readonly secretOfEntry: string;
  /** Faults that the database itself finds. */
  damage(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export function fileDatabase(): CrashDatabase {
  const folder = temporaryFolder();
  const file = join(folder.path, 'latchkey.db');

  async function all(statement: string): Promise<readonly string[]> {
    const db = openSqlite(file, { readOnly: true });
    try {
      return db
        .prepare(statement)
        .all()
        .map((row) => String(Object.values(row)[0]));
    } finally {
      db.close();
    }
  }

  return {
    url: `file:${file}`,
    all,
    secretOfEntry: "json_extract(after_json, '$.secret.id')",
    async damage() {
      const integrity = await all('pragma integrity_check');
      return [...integrity.filter((line) => line !== 'ok'), ...(await all('pragma foreign_key_check'))];
    },
    dispose: async () => folder.remove(),
  };
}

export interface ServerDatabase extends CrashDatabase {
  readonly server: PostgresServer;
}

export async function serverDatabase(): Promise<ServerDatabase> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const all = async (statement: string): Promise<readonly string[]> => {
    const rows = await server.query(`set search_path = latchkey, public; ${statement}`, url);
    return rows.map((row) => String(Object.values(row)[0]));
  };
  return {
    url,
    server,
    all,
    secretOfEntry: "after_json::json -> 'secret' ->> 'id'",
    async damage() {
      await server.query('create extension if not exists amcheck', url);
      // Those of substrings are of another kind, which amcheck does not know.
      const indexes = `select indexrelid::regclass from pg_index join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam
        where amname = 'btree' and relnamespace = 'latchkey'::regnamespace`;
      // Throws at the first index that does not hold what its table holds.
      await all(`select bt_index_check(indexrelid, true) from (${indexes}) as each (indexrelid)`);
      return all('select secrets.id from secrets left join keys on keys.id = key_id where keys.id is null');
    },
    dispose: () => server.dispose(),
  };
}
