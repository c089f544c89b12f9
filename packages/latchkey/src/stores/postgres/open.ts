/**
 * The store on PostgreSQL, 14 and later, for any number of processes at once.
 *
 * stores/postgres/ owns the driver: connections and their limits, transactions, the lock that makes changes take turns in
 * all processes, what is tried again and what is found out after a failure, and the few statements that are worth preparing.
 * The schema and the queries are those of stores/sql/.
 */
import { ConfigurationError } from '../../domain/errors.js';
import type { Clock } from '../../ports/clock.js';
import type { Storage } from '../../ports/storage.js';
import { createCatalog } from '../sql/catalog.js';
import { createEventLog } from '../sql/log/events.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { createJsonMemo } from '../sql/json-memo.js';
import { requireMigrated } from '../sql/migrate.js';
import { NOT_ENDED, type SqlReader } from '../sql/reader.js';
import { BY_THE_PLANNER } from '../sql/substrings.js';
import { createAdministration } from './administration.js';
import { parsePostgresUrl } from './address.js';
import { createPostgresCensus } from './census.js';
import { createConfirm } from './confirm.js';
import { createLane, type Lane, type LaneOptions } from './connections.js';
import { createPostgresCreditStore } from './credit-store.js';
import { clientConfig, loadDriver } from './driver.js';
import { createPostgresCounterStore, createPostgresUsageStore } from './figures.js';
import { createPostgresKeyStore } from './key-store.js';
import { createListener, type Listener } from './listener.js';
import { lockStatement, usageLockStatement } from './lock.js';
import { migrateAt, readKnown, type Migrating } from './migrate.js';
import { createPostgresNodeStore } from './node-store.js';
import { openingFailure } from './opening-failure.js';
import { createQueries } from './queries.js';
import { createRead } from './read.js';
import { createPostgresSessionStore } from './session-store.js';
import { createPostgresSharedCounters } from './shared-counters.js';
import { createTransact } from './transaction.js';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`, with parameters as docs/guides/configuration.md lists them. */
  readonly url: string;
  /** Connections at most, 3 or more, beside one on which the database tells of changes; by default 10. */
  readonly poolSize?: number | undefined;
  /** How long, in milliseconds, a call waits for a connection, for its turn, and for an answer; by default 5 000. */
  readonly timeoutMs?: number | undefined;
  /** Only reads: migrates nothing, refuses every change, and takes a replica, too. */
  readonly readOnly?: boolean | undefined;
  /** What is scheduled must keep the process alive: somebody waits for it. */
  readonly clock: Clock;
}

const POOL_SIZE = 10;
const TIMEOUT_MS = 5_000;

/** Of all connections: one change that runs, and one that has its turn next. The others wait in the process. */
const CHANGING = 2;
/** Leases are renewed however busy the others are. */
const RENEWING = 1;
/** Lists, searches and figures: however many are asked for and however slow they are, verifications wait for none of them. */
const ADMINISTERING = 2;
/** Verifications have one more where another waits for a row. */
const READING_MIN = 2;

/**
 * Opens the database, making the schema and migrating it where needed; any number of processes may do so at once.
 *
 * Throws a ConfigurationError that says what to do: pg is missing, the URL cannot be used, the server is too old, a replica,
 * or refuses the user, or the schema belongs to a newer version. Throws an UnavailableError where it does not answer.
 */
export async function openPostgresStorage(options: PostgresStoreOptions): Promise<Storage> {
  const { poolSize = POOL_SIZE, timeoutMs = TIMEOUT_MS, readOnly = false, clock } = options;
  if (!Number.isInteger(poolSize) || poolSize < 3) throw new ConfigurationError(['databasePool: use 3 or more.']);
  const address = parsePostgresUrl(options.url);
  const driver = await loadDriver();
  const changing = Math.min(CHANGING, poolSize - RENEWING - 1);
  const reading = poolSize - changing - RENEWING;
  const administering = Math.max(0, Math.min(ADMINISTERING, reading - READING_MIN));
  const config = clientConfig(driver, address, timeoutMs);
  const lane = (size: number, cancel?: LaneOptions['cancel']): Lane =>
    createLane(driver, { config, size, timeoutMs, pooler: address.pooler, readOnly, cancel });
  const leases = lane(RENEWING);
  // Leases are renewed in a moment: there, a cancellation does not wait.
  const cancel = (pid: number): Promise<unknown> =>
    leases.use(({ query }) => query({ text: 'select pg_cancel_backend($1)', values: [pid] }));
  const reads = lane(reading - administering, cancel);
  const storage = assemble({
    reads,
    // A pool that is too small to be shared out has one lane for both.
    administration: administering === 0 ? reads : lane(administering, cancel),
    changes: lane(changing),
    leases,
    listener: createListener({ driver, config, schema: address.schema, clock }),
    schema: address.schema,
    clock,
    timeoutMs,
    readOnly,
  });
  try {
    await prepare({ driver, address, timeoutMs, clock, readOnly, lane });
    return storage;
  } catch (error) {
    await storage.close();
    throw openingFailure(error, address);
  }
}

interface Preparation extends Migrating {
  readonly readOnly: boolean;
  readonly lane: (size: number) => Lane;
}

async function prepare({ readOnly, lane, ...migrating }: Preparation): Promise<void> {
  if (!readOnly) {
    await migrateAt(migrating);
    return;
  }
  const own = lane(1);
  try {
    requireMigrated(await readKnown(createRead(own), migrating.address.schema));
  } finally {
    await own.close();
  }
}

interface Parts {
  /** For what verifications need. */
  readonly reads: Lane;
  readonly administration: Lane;
  readonly changes: Lane;
  readonly leases: Lane;
  readonly listener: Listener;
  readonly schema: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly readOnly: boolean;
}

function assemble({ reads, administration, changes, leases, listener, schema, clock, timeoutMs, readOnly }: Parts): Storage {
  const memo = createJsonMemo();
  const read = createRead(reads);
  const db = createQueries(read, schema);
  const reader: SqlReader = {
    db,
    substrings: BY_THE_PLANNER,
    inTime: NOT_ENDED,
    read: async (work) => work(),
    until: () => reader,
  };
  const administrator = createAdministration({ lane: administration, schema, limitMs: timeoutMs });
  const common = { clock, schema, timeoutMs };
  const inTurn = readOnly ? refuse : createTransact({ ...common, lane: changes, lock: lockStatement(schema), appends: true });
  const writable: Lane = readOnly ? { ...reads, use: refuse } : reads;
  const beside = readOnly ? refuse : createTransact({ ...common, lane: reads });
  const figures = { ...common, lane: reads, losable: true };
  const usage = (lane: Lane, mode: 'shared' | 'exclusive') =>
    readOnly ? refuse : createTransact({ ...figures, lane, lock: usageLockStatement(schema, mode) });
  return {
    keys: createPostgresKeyStore({ read, reader, administrator, transact: inTurn, listener, schema, memo }),
    catalog: createCatalog(administrator, memo),
    census: createPostgresCensus(administrator.db),
    events: createEventLog(administrator, createConfirm(administrator.db)),
    credits: createPostgresCreditStore({ db, read, lane: writable, transact: beside, schema, memo }),
    counters: createPostgresCounterStore({ db, schema, transact: readOnly ? refuse : createTransact(figures) }),
    sharedCounters: createPostgresSharedCounters({ lane: writable, schema, timeoutMs }),
    usage: createPostgresUsageStore({
      db: administrator.db,
      schema,
      adding: usage(reads, 'shared'),
      keepingUp: usage(administration, 'exclusive'),
    }),
    nodes: createPostgresNodeStore({
      lane: leases,
      transact: readOnly ? refuse : createTransact({ ...common, lane: leases }),
      listener,
      schema,
    }),
    sessions: createPostgresSessionStore({ db, transact: beside, schema }),
    ...failingAsUnavailable({
      async check() {
        // Refused by a server that cannot be written, though it writes nothing.
        await read({ text: readOnly ? 'select 1' : `update "${schema}".idempotency set key_id = key_id where false`, values: [] });
      },
      async close() {
        await Promise.all([reads.close(), administration.close(), changes.close(), leases.close(), listener.close()]);
      },
    } satisfies Pick<Storage, 'check' | 'close'>),
  };
}

async function refuse(): Promise<never> {
  throw new ConfigurationError(['This storage was opened with readOnly: open it without to make changes.']);
}

/** Brings the schema up to this version; see `migrateAt`. Rejects as `openPostgresStorage` does. */
export async function migratePostgres({
  url,
  timeoutMs = TIMEOUT_MS,
  clock,
}: Omit<PostgresStoreOptions, 'readOnly'>): Promise<readonly string[]> {
  const address = parsePostgresUrl(url);
  try {
    return await migrateAt({ driver: await loadDriver(), address, timeoutMs, clock });
  } catch (error) {
    throw openingFailure(error, address);
  }
}
