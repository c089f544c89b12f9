/** Writes very many rows into a database of PostgreSQL: as JSON, a thousand in a statement. */
import pg from 'pg';
import { openStorage } from '../../packages/latchkey/dist/open-storage.js';

/** @param {string} url */
export async function openPostgresBulk(url) {
  const storage = await openStorage(url, { databaseTimeoutMs: 600_000 });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set synchronous_commit = off');
  return {
    usage: storage.usage,
    async insert(table, rows) {
      const columns = Object.keys(rows[0]).join(', ');
      const text = `insert into latchkey.${table} (${columns}) select ${columns} from json_populate_recordset(null::latchkey.${table}, $1)`;
      await client.query({ name: table, text, values: [JSON.stringify(rows.map(readable))] });
    },
    async finish() {
      // As autovacuum does it within minutes.
      await client.query('vacuum (analyze)');
    },
    async close() {
      await client.end();
      await storage.close();
    },
  };
}

/** Bytes as PostgreSQL reads them from a text. */
function readable(row) {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value]),
  );
}
