/** What can be said of a database, and of the server beneath it, by reading alone: for those who look for what is wrong. */
import { isLoopbackHost } from '../../domain/ip-rules.js';
import type { Clock } from '../../ports/clock.js';
import { COUNTED_SECRETS } from '../sql/change.js';
import { findMissing } from '../sql/migrate.js';
import { usageSinceQuery, type TableWeight, type UsageHeld, type UsageSinceRow } from '../sql/usage/held.js';
import { parsePostgresUrl, type PostgresAddress } from './address.js';
import { createLane, type Lane, type Run } from './connections.js';
import { clientConfig, loadDriver } from './driver.js';
import { readKnown } from './migrate.js';
import { openingFailure } from './opening-failure.js';

export interface PostgresInspection {
  /** The URL without its password. */
  readonly shown: string;
  /** Whether the connection leaves this machine unencrypted. */
  readonly exposed: boolean;
  /** As the server says it: `15.20`. */
  readonly version: string;
  /** Whether the server is a replica, and whether it can be written at all. */
  readonly replica: boolean;
  readonly readOnly: boolean;
  /** Milliseconds from a question to its answer, the middle of several. */
  readonly latencyMs: number;
  /** Milliseconds by which the server's clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  /** Sessions that the server allows to users like this one, and those that are open. */
  readonly connections: { readonly allowed: number; readonly open: number };
  /** The server's settings by which a commit reaches the disk. */
  readonly synchronousCommit: string;
  readonly fsync: string;
  /** `none`: there are no tables of Latchkey. */
  readonly migrations: 'none' | { readonly missing: readonly string[] };
  /** Whether the user may make the tables. */
  readonly mayMigrate: boolean;
  /** When the newest entry of the log was made, in epoch milliseconds; null while there is none. */
  readonly newestEventAt: number | null;
  /** `secrets` are counted up to `COUNTED_SECRETS`. */
  readonly peppers: readonly { readonly id: string; readonly check: string; readonly secrets: number }[];
  /** Null where the tables are not those of this version. */
  readonly usage: UsageHeld | null;
}

const QUESTIONS = 5;

/** Changes nothing. Rejects as `openPostgresStorage` does, but takes a replica. */
export async function inspectPostgres(options: {
  readonly url: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}): Promise<PostgresInspection> {
  const { url, timeoutMs, clock } = options;
  const address = parsePostgresUrl(url);
  const driver = await loadDriver();
  const { pooler } = address;
  const lane = createLane(driver, { config: clientConfig(driver, address, timeoutMs), size: 1, timeoutMs, pooler, readOnly: true });
  try {
    return await inspect(lane, address, clock);
  } catch (error) {
    throw openingFailure(error, address);
  } finally {
    await lane.close();
  }
}

async function inspect(lane: Lane, address: PostgresAddress, clock: Clock): Promise<PostgresInspection> {
  const { schema, shown, tls, host } = address;
  return lane.use(async ({ query }) => {
    const { latencyMs, clockAheadMs } = await measure(query, clock);
    const facts = await one<Facts>(query, FACTS, [schema]);
    const known = await readKnown(query, schema);
    const missing = known === null ? [] : findMissing(known);
    const readable = known !== null && missing.length === 0;
    return {
      shown,
      exposed: tls.mode === 'disable' && !host.startsWith('/') && !isLoopbackHost(host),
      version: facts.version,
      replica: facts.replica,
      readOnly: facts.read_only === 'on',
      latencyMs,
      clockAheadMs,
      connections: { allowed: facts.allowed, open: facts.open },
      synchronousCommit: facts.synchronous_commit,
      fsync: facts.fsync,
      migrations: known === null ? 'none' : { missing },
      mayMigrate: facts.may_migrate,
      newestEventAt: readable ? (await one<{ at: number | null }>(query, `select max(at) as at from "${schema}".events`)).at : null,
      peppers: readable ? ((await query({ text: peppersOf(schema), values: [] })).rows as PostgresInspection['peppers']) : [],
      usage: readable ? await usageHeld(query, schema) : null,
    };
  });
}

interface Facts {
  readonly version: string;
  readonly replica: boolean;
  readonly read_only: string;
  readonly allowed: number;
  readonly open: number;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly may_migrate: boolean;
}

const FACTS = `select split_part(current_setting('server_version'), ' ', 1) as version, pg_is_in_recovery() as replica,
  current_setting('transaction_read_only') as read_only,
  current_setting('max_connections')::int8 - current_setting('superuser_reserved_connections')::int8 as allowed,
  (select coalesce(sum(numbackends), 0) from pg_stat_database) as open,
  (select reset_val from pg_settings where name = 'synchronous_commit') as synchronous_commit, current_setting('fsync') as fsync,
  coalesce((select has_schema_privilege(oid, 'create') from pg_namespace where nspname = $1),
    has_database_privilege(current_database(), 'create')) as may_migrate`;

function peppersOf(schema: string): string {
  return `select id, check_value as "check", (select count(*) from
    (select 1 from "${schema}".secrets where pepper_id = peppers.id limit ${COUNTED_SECRETS}) as counted) as secrets from "${schema}".peppers order by id`;
}

async function usageHeld(query: Run, schema: string): Promise<UsageHeld> {
  const since = await one<UsageSinceRow>(query, usageSinceQuery(`"${schema}".`));
  return {
    hours: await weigh(query, `"${schema}".usage_by_hour`, since.hours),
    days: await weigh(query, `"${schema}".usage_by_day`, since.days),
    takingOver: since.earlier === 1,
  };
}

async function weigh(query: Run, table: string, since: number | null): Promise<TableWeight> {
  // Below zero: never analysed.
  const weights = `select greatest(reltuples, 0)::int8 as rows, pg_total_relation_size(oid) as bytes from pg_class where oid = $1::regclass`;
  return { since, counted: 'estimated', ...(await one<{ rows: number; bytes: number }>(query, weights, [table])) };
}

async function measure(query: Run, clock: Clock): Promise<Pick<PostgresInspection, 'latencyMs' | 'clockAheadMs'>> {
  const measured: { readonly latencyMs: number; readonly clockAheadMs: number }[] = [];
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const [from, askedAt] = [clock.monotonicMs(), clock.now()];
    const { at } = await one<{ at: number }>(query, 'select (extract(epoch from clock_timestamp()) * 1000)::int8 as at');
    const latencyMs = clock.monotonicMs() - from;
    // It was asked when half of the time had passed.
    measured.push({ latencyMs, clockAheadMs: Math.round(at - askedAt - latencyMs / 2) });
  }
  const [, , middle = { latencyMs: 0, clockAheadMs: 0 }] = measured.toSorted((a, b) => a.latencyMs - b.latencyMs);
  return middle;
}

async function one<Row>(query: Run, text: string, values: readonly unknown[] = []): Promise<Row> {
  const { rows } = await query({ text, values });
  return rows[0] as Row;
}
