import { isLatchkeyError } from 'latchkey';
import { inspectPostgres, type PostgresInspection } from 'latchkey/internal';
import type { Config } from '../../config/index.js';
import { ok, warning, wrong, type Finding } from './finding.js';

export interface PostgresCheck {
  readonly findings: readonly Finding[];
  /** Null where it could not be read. */
  readonly inspection: PostgresInspection | null;
}

/** A change asks about six questions one after the other, under a lock: beyond this, there are few of them in a second. */
const SLOW_MS = 20;
const CLOCKS_APART_MS = 1_000;

export async function checkPostgres(config: Config): Promise<PostgresCheck> {
  const { database, databaseTimeoutMs } = config;
  try {
    const inspection = await inspectPostgres({ url: database, timeoutMs: databaseTimeoutMs });
    return { findings: [...judgeServer(inspection), ...judgePool(inspection, config), judgeTables(inspection)], inspection };
  } catch (error) {
    if (!isLatchkeyError(error)) throw error;
    return { findings: [wrong('database', error.message, 'Do as it says, then run doctor again.')], inspection: null };
  }
}

function judgeServer({ shown, version, latencyMs, ...server }: PostgresInspection): readonly Finding[] {
  const findings: Finding[] = [];
  if (server.replica || server.readOnly) {
    const what = server.replica ? 'is a replica' : 'is set to be read only';
    findings.push(wrong('database', `${shown} ${what}: nothing can be changed there.`, 'Use the address of the primary.'));
  }
  if (server.fsync !== 'on')
    findings.push(wrong('database', 'fsync is off: a crash of its machine destroys the database.', 'Set fsync = on on the server.'));
  if (server.synchronousCommit === 'off') {
    const detail = 'synchronous_commit is off: Latchkey turns it on for what it changes, but through a pooler not for every single credit.';
    findings.push(warning('database', detail, 'Set synchronous_commit = on for the database, or for the user.'));
  }
  if (server.exposed)
    findings.push(warning('database', 'The connection is not encrypted, and leaves this machine.', 'Add sslmode=verify-full to the URL.'));
  if (latencyMs > SLOW_MS) {
    const detail = `An answer takes ${latencyMs.toFixed(1)} ms: changes, which take turns, wait several of these each.`;
    findings.push(warning('database', detail, 'Run Latchkey near its database.'));
  }
  if (Math.abs(server.clockAheadMs) > CLOCKS_APART_MS) {
    const apart = (Math.abs(server.clockAheadMs) / 1_000).toFixed(1);
    const detail = `The clock of the database is ${apart} s ${server.clockAheadMs > 0 ? 'ahead of' : 'behind'} the one of this machine.`;
    findings.push(warning('clock', detail, 'Find out which is wrong, and keep both right with NTP (chrony, systemd-timesyncd).'));
  }
  return [ok('database', `${shown} answers in ${latencyMs.toFixed(1)} ms (PostgreSQL ${version}).`), ...findings];
}

function judgePool({ connections }: PostgresInspection, { databasePool }: Config): readonly Finding[] {
  const { allowed, open } = connections;
  if (databasePool > allowed) {
    const detail = `LATCHKEY_DATABASE_POOL is ${databasePool}, and the server allows ${allowed} connections to all.`;
    return [wrong('database', detail, 'Lower it, or raise max_connections on the server, or put a pooler in between.')];
  }
  // Those of a running service are among the open ones: only a server that is full is told of.
  if (open <= allowed) return [];
  return [
    warning('database', `All ${allowed} connections of the server are in use.`, 'Raise max_connections, or put a pooler in between.'),
  ];
}

function judgeTables({ migrations, mayMigrate, shown }: PostgresInspection): Finding {
  if (migrations !== 'none' && migrations.missing.length === 0) return ok('database', 'Its tables are up to date.');
  if (!mayMigrate) {
    const detail = 'Its tables are not there or not up to date, and its user may not make them.';
    return wrong('database', detail, `Run "latchkey migrate" as a user who may, on ${shown}.`);
  }
  if (migrations === 'none') return ok('database', 'It has no tables of Latchkey yet; the first start makes them.');
  return warning('database', `It lacks the migration ${migrations.missing.join(', ')}.`, 'Run "latchkey migrate", or start the service.');
}
