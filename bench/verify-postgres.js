/**
 * A verification in process, with the key in memory and one limit that nodes count together in PostgreSQL, against a bare
 * transaction that writes one row. CPU time of this process, one call at a time and 64 at once; beside it that of the server, and
 * the time that a caller waits.
 */
import { createLatchkey } from 'latchkey';
import pg from 'pg';
import { compare, median } from './cpu.js';
import { cpuOfServer, onPostgres } from './postgres-server.js';

const AT_ONCE = 64;
const KEYS = 100;
/** As many as a node of ten connections has for this. */
const CONNECTIONS = 7;

await onPostgres('verify with limits in PostgreSQL', async (server) => {
  const database = await server.createDatabase();
  const latchkey = await createLatchkey({ database, limiterTimeoutMs: 60_000 });
  const pool = new pg.Pool({ connectionString: database, max: CONNECTIONS });
  const limits = [{ name: 'daily', limit: 1_000_000_000, window: '1d' }];
  const tokens = [];
  for (let i = 0; i < KEYS; i++) tokens.push((await latchkey.keys.create({ name: `key ${i}`, owner: 'bench', limits })).token.reveal());
  await pool.query(`create table bare as select n as id, 0 as count from generate_series(0, ${KEYS - 1}) n`);
  await pool.query('alter table bare add primary key (id)');
  let call = 0;
  const jobs = [() => countBare(pool, call++ % KEYS), () => verify(latchkey, tokens[call++ % KEYS])];
  for (const [how, options] of [
    ['one at a time', { atOnce: 1, operations: 1_000 }],
    [`${AT_ONCE} at once`, { atOnce: AT_ONCE, operations: 5_000 }],
  ])
    await compareCalls(server, jobs, { how, ...options });
  await pool.end();
  await latchkey.close();
});

async function compareCalls(server, jobs, { how, atOnce, operations }) {
  const [serverCpu, waits] = [jobs.map(() => []), jobs.map(() => [])];
  const measured = jobs.map((job, index) => async (count) => {
    const before = cpuOfServer(server);
    waits[index].push(await repeat(job, { operations: count, atOnce }));
    serverCpu[index].push((cpuOfServer(server) - before) / count);
  });
  const [baseline, subject] = await compare(measured, { operations });
  const what = `verify, cached, one limit in PostgreSQL, ${how}`;
  const report = (of, [bare, ours], unit) => process.send({ what: of, subject: ours, baseline: bare, unit, goal: '' });
  report(what, [baseline / 1000, subject / 1000], 'µs');
  report('  the PostgreSQL server, for the same calls', serverCpu.map(median), 'µs');
  report('  a call, until it is answered', waits.map(median), 'ms');
}

/** As a limiter must: nothing is lost to another that writes the same row, and nobody waits for the disk. */
async function countBare(pool, id) {
  const client = await pool.connect();
  await client.query('begin; set local synchronous_commit = off');
  await client.query({ name: 'count', text: 'update bare set count = count + 1 where id = $1', values: [id] });
  await client.query('commit');
  client.release();
}

async function verify(latchkey, token) {
  const { valid, code } = await latchkey.verify(token);
  if (!valid) throw new Error(code);
}

/** The middle one of the times that calls took, in milliseconds. */
async function repeat(job, { operations, atOnce }) {
  let left = operations;
  const took = [];
  const worker = async () => {
    while (left-- > 0) {
      const begun = performance.now();
      await job();
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return median(took);
}
