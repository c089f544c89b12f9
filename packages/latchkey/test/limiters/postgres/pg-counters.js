// @ts-check
/**
 * The port SharedCounters over a pool of `pg`, as plainly as it can be: what the store of PostgreSQL does in production
 * with connections of its own. `now` is for tests that hold the clock.
 */

/**
 * @typedef {import('../../../src/ports/shared-counters.js').SharedCounters} SharedCounters
 * @typedef {{ readonly state: string, readonly time: string }} Row
 */

export const TABLE = `create table counters (
  subject text not null, name text not null, state text not null, expires_at bigint not null, primary key (subject, name)
)`;

/** What the calls of `update` name, in their order; locked in that order, and each before its time is taken. */
const LOCK = `with locked as materialized (
    select counters.state from unnest($1::text[], $2::text[]) with ordinality as wanted (subject, name, place)
    join counters using (subject, name) order by place for update of counters
  )
  select state, (extract(epoch from clock_timestamp()) * 1000)::bigint as time from locked`;

const MAKE = `insert into counters select subject, name, '', 0 from unnest($1::text[], $2::text[]) as wanted (subject, name)
  on conflict do nothing`;

const KEEP = `update counters set state = kept.state, expires_at = greatest(counters.expires_at, kept.expires_at)
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as kept (subject, name, state, expires_at)
  where counters.subject = kept.subject and counters.name = kept.name`;

const PRUNE = `delete from counters where (subject, name) in (
    select subject, name from counters where expires_at <= $1 for update skip locked
  )`;

/**
 * @param {import('pg').Pool} pool
 * @param {(() => number) | undefined} now
 * @returns {SharedCounters}
 */
export function createPgCounters(pool, now) {
  return {
    async update(ids, decide) {
      const columns = [ids.map(({ subject }) => subject), ids.map(({ name }) => name)];
      const client = await pool.connect();
      try {
        await client.query('begin; set local synchronous_commit = off');
        let { rows } = await client.query(LOCK, columns);
        while (rows.length < ids.length) {
          await client.query(MAKE, columns);
          ({ rows } = await client.query(LOCK, columns));
        }
        const locked = /** @type {readonly Row[]} */ (rows);
        const time = now?.() ?? Number(locked.at(-1)?.time);
        const kept = decide(
          locked.map(({ state }) => (state === '' ? null : state)),
          time,
        );
        if (kept.length > 0) await client.query(KEEP, columnsOf(kept));
        await client.query('commit');
        client.release();
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
    async prune(until) {
      await pool.query(PRUNE, [until]);
    },
  };
}

/** @param {readonly import('../../../src/ports/counter-store.js').CounterRow[]} rows */
function columnsOf(rows) {
  return [
    rows.map(({ subject }) => subject),
    rows.map(({ name }) => name),
    rows.map(({ state }) => state),
    rows.map(({ expiresAt }) => expiresAt),
  ];
}
