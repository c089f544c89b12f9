import { sql, type Kysely } from 'kysely';
import { ConfigurationError } from '../../domain/errors.js';
import type { Clock } from '../../ports/clock.js';
import { applyMigrations, findMissing, readRecorded } from '../sql/migrate.js';
import type { Flavour, Migration } from '../sql/migrations/migration.js';
import type { MigrationRow, Schema } from '../sql/schema.js';
import type { PostgresAddress } from './address.js';
import { createLane, type Run } from './connections.js';
import { clientConfig, type Driver } from './driver.js';
import { DatabaseFailure } from './failure.js';
import { countByTier, keepCounts } from './kept-counts.js';
import { lockStatement } from './lock.js';
import { createQueries } from './queries.js';
import { createRead } from './read.js';
import { indexSubstrings } from './substrings.js';
import { createTransact } from './transaction.js';

export interface Migrating {
  readonly driver: Driver;
  readonly address: PostgresAddress;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly migrations?: readonly Migration[] | undefined;
}

/** A session that falls silent in the middle of a migration is ended after so long; one that works may take any time. */
const SILENCE_MS = 60_000;

/**
 * Brings the schema up to this version, making it if there is none; returns the ids of the migrations that this call
 * applied. Waits for changes and other migrations under way, without a limit, and keeps them waiting.
 */
export async function migrateAt({ driver, address, timeoutMs, clock, migrations }: Migrating): Promise<readonly string[]> {
  const { schema } = address;
  const config = { ...clientConfig(driver, address, timeoutMs), query_timeout: 0 };
  const lane = createLane(driver, { config, size: 1, timeoutMs, pooler: address.pooler, readOnly: false });
  // Migrations name no schema: what they make without Kysely lands in the first of the path.
  const lock = `set local search_path = "${schema}", pg_catalog; ${lockStatement(schema)}`;
  const limits = { statementMs: 0, lockMs: 0, idleMs: SILENCE_MS };
  const transact = createTransact({ lane, clock, schema, timeoutMs, limits, lock });
  try {
    const known = await readKnown(createRead(lane), schema);
    // What needs no migration needs no right to migrate.
    if (known !== null && findMissing(known, migrations).length === 0) return [];
    return await applyMigrations({
      flavour: POSTGRES,
      transaction: (work) =>
        transact(async ({ query }) => {
          await makeSchema(query, schema);
          return work(createQueries(query, schema));
        }),
      ...(migrations === undefined ? {} : { migrations }),
    });
  } catch (error) {
    throw isForbidden(error) ? notAllowed(address) : error;
  } finally {
    await lane.close();
  }
}

/** What the database says was applied; null where it has no tables of ours. */
export async function readKnown(read: Run, schema: string): Promise<readonly MigrationRow[] | null> {
  try {
    return await readRecorded(createQueries(read, schema));
  } catch (error) {
    if (error instanceof DatabaseFailure && error.code === UNDEFINED_TABLE) return null;
    throw error;
  }
}

const UNDEFINED_TABLE = '42P01';
const FORBIDDEN = '42501';

async function makeSchema(query: Run, schema: string): Promise<void> {
  // "if not exists" asks for the right to make one, even where it exists.
  const { rows } = await query({ text: 'select 1 from pg_namespace where nspname = $1', values: [schema] });
  if (rows.length === 0) await query({ text: `create schema "${schema}"` });
}

function isForbidden(error: unknown): boolean {
  return error instanceof DatabaseFailure && error.code === FORBIDDEN;
}

function notAllowed({ schema, user }: PostgresAddress): ConfigurationError {
  const whom = user === undefined ? 'the user of the URL' : `"${user}"`;
  return new ConfigurationError([
    `database: its user may not make the tables in the schema "${schema}": let the owner of the database run: create schema "${schema}" authorization ${whom}; or run "latchkey migrate" as a user who may.`,
  ]);
}

const POSTGRES: Flavour = {
  integer: 'bigint',
  bytes: 'bytea',
  text: sql`text collate "C"`,
  // Rows that are found by their primary key alone are those that are written over and over: room for that beside them.
  endTable: (table, { clustered }) => (clustered ? table.modifyEnd(sql`with (fillfactor = 80)`) : table),
  async protectLog(db, table) {
    await refuseChanges(db, table);
    await refuseDisorder(db, table);
  },
  protectCheckpoints,
  countByTier,
  keepCounts,
  indexSubstrings,
};

async function protectCheckpoints(db: Kysely<Schema>): Promise<void> {
  await refuseChanges(db, 'log_checkpoints');
  await sql`drop trigger events_append_only on events`.execute(db);
  await sql`create trigger events_append_only before update or truncate on events
    for each statement execute function events_append_only()`.execute(db);
  // One look at the checkpoints for each statement, in the schema that the table has then: a dump may be restored into another.
  await sql`create function events_archived() returns trigger language plpgsql as '
    declare last bigint; refused boolean;
    begin
      execute format(''select coalesce(max(seq), 0) from %I.log_checkpoints'', tg_table_schema) into last;
      select coalesce(bool_or(seq > last), false) from gone into refused;
      if refused then raise exception ''% is append-only'', tg_table_name; end if;
      return null;
    end'`.execute(db);
  await sql`create trigger events_archived after delete on events referencing old table as gone
    for each statement execute function events_archived()`.execute(db);
  await sql`create function log_checkpoints_in_order() returns trigger language plpgsql as '
    declare last bigint; newest bigint; found text;
    begin
      execute format(''select coalesce(max(seq), 0) from %I.log_checkpoints'', tg_table_schema) into last;
      execute format(''select coalesce(max(seq), 0) from %I.events'', tg_table_schema) into newest;
      execute format(''select hash from %I.events where seq = $1'', tg_table_schema) into found using new.seq;
      if new.seq <= last or new.seq >= newest or new.hash is distinct from found then
        raise exception ''% is append-only'', tg_table_name;
      end if;
      return new;
    end'`.execute(db);
  await sql`create trigger log_checkpoints_in_order before insert on log_checkpoints
    for each row execute function log_checkpoints_in_order()`.execute(db);
}

async function refuseChanges(db: Kysely<Schema>, table: string): Promise<void> {
  const name = sql.id(`${table}_append_only`);
  await sql`create function ${name}() returns trigger language plpgsql as
    'begin raise exception ''% is append-only'', tg_table_name; end'`.execute(db);
  await sql`create trigger ${name} before update or delete or truncate on ${sql.id(table)}
    for each statement execute function ${name}()`.execute(db);
}

async function refuseDisorder(db: Kysely<Schema>, table: string): Promise<void> {
  const name = sql.id(`${table}_in_order`);
  // By the names that the table has when it is asked: a dump may be restored into another schema.
  await sql`create function ${name}() returns trigger language plpgsql as '
    declare last bigint;
    begin
      execute format(''select coalesce(max(seq), 0) from %I.%I'', tg_table_schema, tg_table_name) into last;
      if new.seq is distinct from last + 1 then raise exception ''% is append-only'', tg_table_name; end if;
      return new;
    end'`.execute(db);
  await sql`create trigger ${name} before insert on ${sql.id(table)} for each row execute function ${name}()`.execute(db);
}
