/** Connections, made known before their first use and bounded in number. */
import type Pg from 'pg';
import { ConfigurationError } from '../../domain/errors.js';
import { abortError } from '../sql/failure.js';
import type { Driver } from './driver.js';
import { DatabaseFailure, failureOf, READ_ONLY } from './failure.js';

export interface PostgresStatement {
  readonly text: string;
  /** Without them, `text` may be several statements, sent as one message. */
  readonly values?: readonly unknown[] | undefined;
  /** Prepares it once for each connection, where that can be done. */
  readonly name?: string | undefined;
}

export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly rowCount: number;
  /** The tag that the server answered with: `COMMIT`, `UPDATE`, … */
  readonly command: string;
}

/** Runs a statement; of several, answers with the last one's rows. Rejects with a DatabaseFailure. */
export type Run = (statement: PostgresStatement) => Promise<StatementResult>;

export interface PostgresConnection {
  readonly query: Run;
  /** Whether what it commits by itself is on the disk when it is answered. */
  readonly durable: boolean;
}

/** A part of the connections that are allowed, so that no kind of work can take those of another. */
export interface Lane {
  /**
   * Runs `work` on a connection of its own, which goes away with what broke it. Waits no longer than the timeout for one. When the
   * signal fires, the statement that runs is cancelled (where `cancel` was given), and the call rejects with an `AbortError`.
   */
  use<T>(work: (connection: PostgresConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly config: Pg.ClientConfig;
  readonly size: number;
  readonly timeoutMs: number;
  /** Whether it is said that a pooler stands in between. */
  readonly pooler: boolean;
  /** Whether a server that only reads will do. */
  readonly readOnly: boolean;
  /** Asks the server, on another connection, to cancel what the session of this number runs. */
  readonly cancel?: ((pid: number) => Promise<unknown>) | undefined;
}

/** In place of a code of the server, which was not asked. */
const IN_USE = 'IN_USE';

const IDLE_MS = 30_000;
/** So that a move of the name or the balancer to another server is noticed without a restart. */
const LIFETIME_SECONDS = 1_800;

export function createLane(driver: Driver, options: LaneOptions): Lane {
  const pool = new driver.Pool({
    ...options.config,
    max: options.size,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    allowExitOnIdle: true,
  });
  const known = new WeakMap<Pg.PoolClient, Facts>();
  // An idle connection that ends is replaced when the next one is needed; without these, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function connect(): Promise<Pg.PoolClient> {
    if (pool.ending) throw new DatabaseFailure('refused', 'The storage was closed.');
    try {
      return await pool.connect();
    } catch (error) {
      const failure = failureOf(error);
      const isFull = pool.totalCount >= options.size && pool.idleCount === 0;
      throw failure.kind === 'late' && isFull ? new DatabaseFailure('late', 'All connections were in use.', IN_USE) : failure;
    }
  }

  return {
    async use(work, signal) {
      const client = await connect();
      let broken = false;
      const cancelling: Promise<unknown>[] = [];
      const cancel = (): void => {
        const { pid = null } = known.get(client) ?? {};
        // A cancellation that comes late would meet the statement of somebody else.
        broken = true;
        if (pid !== null && options.cancel !== undefined) cancelling.push(options.cancel(pid).catch(() => undefined));
      };
      const query: Run = async (statement) => {
        try {
          return await run(client, known.get(client)?.pooled === false ? statement : { ...statement, name: undefined });
        } catch (error) {
          const failure = failureOf(error);
          if (failure.endsConnection) broken = true;
          throw failure;
        }
      };
      try {
        let facts = known.get(client);
        if (facts === undefined) {
          facts = await introduce(client, query, options).catch((error: unknown) => {
            broken = true;
            throw error;
          });
          known.set(client, facts);
        }
        if (signal?.aborted === true) throw abortError();
        signal?.addEventListener('abort', cancel);
        return await work({ query, durable: facts.durable });
      } catch (error) {
        throw signal?.aborted === true ? abortError() : error;
      } finally {
        signal?.removeEventListener('abort', cancel);
        await Promise.all(cancelling);
        // One that is left in a transaction would let the next do its work in there.
        client.release(broken || client.getTransactionStatus() !== 'I');
      }
    },
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}

interface Facts {
  /** Whether the session is another one in each transaction: then nothing may be kept in it. */
  readonly pooled: boolean;
  readonly durable: boolean;
  /** The number of the session; null behind a pooler, where it is another one's at once. */
  readonly pid: number | null;
}

const OLDEST_VERSION = 140_000;

interface Introduction {
  readonly pid: number;
  readonly standby: boolean;
  readonly version: number;
  readonly encoding: string;
  readonly commits: string;
}

async function introduce(client: Pg.PoolClient, query: Run, options: LaneOptions): Promise<Facts> {
  const { rows } = await query({
    text: `select pg_backend_pid() as pid, pg_is_in_recovery() as standby, current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commits`,
  });
  const { pid, standby, version, encoding, commits } = rows[0] as Introduction;
  if (version < OLDEST_VERSION) throw new ConfigurationError(['database: use PostgreSQL 14 or later.']);
  if (encoding !== 'UTF8') {
    throw new ConfigurationError([
      `database: its encoding is ${encoding}; make one with: create database … encoding 'UTF8' template template0.`,
    ]);
  }
  if (standby && !options.readOnly) {
    throw new DatabaseFailure('lost', 'The server is a replica, which cannot be written: use the address of the primary.', READ_ONLY);
  }
  // A pooler gives out numbers of its own, not those of the sessions that it shares out.
  const pooled = options.pooler || !('processID' in client) || client.processID !== pid;
  if (pooled) return { pooled, durable: commits !== 'off', pid: null };
  const { timeoutMs } = options;
  await query({ text: `set statement_timeout = ${timeoutMs}; set lock_timeout = ${timeoutMs}; ${raiseDurability('false')}` });
  return { pooled, durable: true, pid };
}

/** Where the server or the user is configured to answer a commit before it is on the disk, these sessions are not. */
export function raiseDurability(local: 'true' | 'false'): string {
  return `select set_config('synchronous_commit', 'on', ${local}) where current_setting('synchronous_commit') = 'off'`;
}

async function run(client: Pg.PoolClient, { name, text, values }: PostgresStatement): Promise<StatementResult> {
  const result: Pg.QueryResult | readonly Pg.QueryResult[] =
    values === undefined ? await client.query(text) : await client.query({ name, text, values: values.map(storable) });
  const last = Array.isArray(result) ? (result as readonly Pg.QueryResult[]).at(-1) : (result as Pg.QueryResult);
  return { rows: last?.rows ?? [], rowCount: last?.rowCount ?? 0, command: last?.command ?? '' };
}

/**
 * PostgreSQL's text has no character U+0000. It becomes U+FFFD, as lone surrogates do when text is encoded: what holds
 * one was never stored so, and names nothing.
 */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
  return Array.isArray(value) ? value.map(storable) : value;
}
