/**
 * What a verification whose key is not in memory, and a change, take on PostgreSQL, against the bare driver that asks the
 * same of the same server: CPU time of this process, not of the server. Left out where PostgreSQL is not installed.
 */
import { createHash } from 'node:crypto';
import { createLatchkey } from 'latchkey';
import pg from 'pg';
import { compare } from './cpu.js';
import { onPostgres } from './postgres-server.js';

const KEYS = 100_000;
const PROBES = 1_000;

await onPostgres('postgres', measure);

async function measure(server) {
  const database = await server.createDatabase();
  // The smallest cache there is: of so many keys in turn, none is still in memory when it comes again.
  const latchkey = await createLatchkey({ database, cacheKeys: 2 });
  const keys = [];
  for (let i = 0; i < PROBES; i++) keys.push(await latchkey.keys.create({ name: `key ${i}`, owner: 'bench' }));
  await fill(server, database);
  const pool = new pg.Pool({ connectionString: database });
  await compareVerifications(latchkey, pool, keys);
  await compareChanges(latchkey, pool, keys);
  await pool.end();
  await latchkey.close();
}

async function compareVerifications(latchkey, pool, keys) {
  const text = `select k.*, s.* from latchkey.secrets s join latchkey.keys k on k.id = s.key_id left join latchkey.owners o on o.id = k.owner
    left join latchkey.tiers t on t.name = k.tier where s.digest = $1`;
  const tokens = keys.map(({ token }) => token.reveal());
  const digests = tokens.map((token) => createHash('sha256').update(token).digest());
  const [baseline, subject] = await compare(
    [
      async (operations) => {
        for (let i = 0; i < operations; i++) await pool.query({ name: 'bare', text, values: [digests[i % PROBES]] });
      },
      async (operations) => {
        for (let i = 0; i < operations; i++) {
          const { valid } = await latchkey.verify(tokens[i % PROBES]);
          if (!valid) throw new Error('refused');
        }
      },
    ],
    { operations: 2_000 },
  );
  const what = `verify, not cached, PostgreSQL, ${KEYS.toLocaleString('en')} keys`;
  process.send({ what, subject, baseline, unit: 'ns', goal: '≤ 3 × the bare SELECT' });
}

/** The bare one does what cannot be left out: it locks, reads the key and the end of the log, writes both, and commits. */
async function compareChanges(latchkey, pool, keys) {
  let revision = 0;
  await pool.query('create table bare (seq bigint primary key, entry text)');
  const [baseline, subject] = await compare(
    [
      async (operations) => {
        for (let i = 0; i < operations; i++) {
          const client = await pool.connect();
          await client.query('begin; select pg_advisory_xact_lock(1)');
          await client.query({ name: 'key', text: 'select * from latchkey.keys where id = $1', values: [keys[i % PROBES].key.id] });
          await client.query({ name: 'end', text: 'select seq from bare order by seq desc limit 1' });
          const { id } = keys[i % PROBES].key;
          await client.query({ name: 'write', text: 'update latchkey.keys set name = $2 where id = $1', values: [id, `n ${++revision}`] });
          await client.query({ name: 'log', text: 'insert into bare values ($1, $2)', values: [revision, 'x'.repeat(300)] });
          await client.query('commit');
          client.release();
        }
      },
      async (operations) => {
        for (let i = 0; i < operations; i++) await latchkey.keys.update(keys[i % PROBES].key.id, { name: `n ${++revision}` });
      },
    ],
    { operations: 200 },
  );
  process.send({ what: 'a change, PostgreSQL', subject, baseline, unit: 'ns', goal: '≤ 5 × the bare transaction' });
}

/** As many keys as there are to be, of random secrets. */
async function fill(server, database) {
  const columns = async (table) => {
    const rows = await server.query(
      `select column_name from information_schema.columns where table_schema = 'latchkey' and table_name = '${table}'`,
      database,
    );
    return rows.map(({ column_name }) => column_name);
  };
  const copy = async (table, replace) => {
    const names = await columns(table);
    const values = names.map((name) => replace[name] ?? name);
    return `insert into latchkey.${table} (${names.join(', ')}) select ${values.join(', ')} from (select * from latchkey.${table} limit 1) one,
      generate_series(${PROBES}, ${KEYS - 1}) n`;
  };
  await server.query(await copy('keys', { id: "'key_copy' || n" }), database);
  const digest = "sha256(('copy ' || n)::bytea)";
  await server.query(await copy('secrets', { id: "'sec_copy' || n", key_id: "'key_copy' || n", digest }), database);
  await server.query('analyze', database);
}
