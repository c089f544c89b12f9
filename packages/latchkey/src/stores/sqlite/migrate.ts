import { sql } from 'kysely';
import { asUnavailable } from '../sql/failure.js';
import { applyMigrations } from '../sql/migrate.js';
import type { Flavour, Migration } from '../sql/migrations/migration.js';
import { findDriver, openWriter, resolveFile } from './connections.js';
import { countByTier, keepCounts } from './kept-counts.js';
import { createMutex } from '../../domain/mutex.js';
import { indexSubstrings } from './substrings.js';
import { createWriter, type Writer } from './writer.js';

/**
 * Brings the database up to this version, making it if there is none; returns the ids of the migrations
 * that this call applied. Safe to run from several processes at once. Throws a ConfigurationError where the
 * database belongs to a newer version, an UnavailableError where it cannot be written.
 */
export async function migrateSqlite(file: string): Promise<readonly string[]> {
  const driver = await findDriver();
  const connection = openWriter(driver, resolveFile(file));
  try {
    const applied = await migrateWith(createWriter(connection, createMutex()));
    connection.pragma('wal_checkpoint(TRUNCATE)');
    return applied;
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    connection.close();
  }
}

export async function migrateWith(writer: Writer, migrations?: readonly Migration[]): Promise<readonly string[]> {
  return applyMigrations({
    flavour: SQLITE,
    transaction: (work) => writer.transaction('synced', work),
    ...(migrations === undefined ? {} : { migrations }),
  });
}

const SQLITE: Flavour = {
  integer: 'integer',
  bytes: 'blob',
  text: 'text',
  endTable: (table, { clustered }) => table.modifyEnd(clustered ? sql`strict, without rowid` : sql`strict`),
  async protectLog(db, table) {
    const refuse = sql`begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end`;
    const on = sql.table(table);
    await sql`create trigger ${sql.id(`${table}_no_update`)} before update on ${on} ${refuse}`.execute(db);
    await sql`create trigger ${sql.id(`${table}_no_delete`)} before delete on ${on} ${refuse}`.execute(db);
    // "insert or replace" deletes without the trigger of deletion.
    await sql`create trigger ${sql.id(`${table}_in_order`)} before insert on ${on}
      when new.seq is not (select coalesce(max(seq), 0) + 1 from ${on}) ${refuse}`.execute(db);
  },
  async protectCheckpoints(db) {
    const refuse = (table: string) => sql`begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end`;
    await sql`drop trigger events_no_delete`.execute(db);
    await sql`create trigger events_no_delete before delete on events
      when old.seq > (select coalesce(max(seq), 0) from log_checkpoints) ${refuse('events')}`.execute(db);
    await sql`create trigger log_checkpoints_no_update before update on log_checkpoints ${refuse('log_checkpoints')}`.execute(db);
    await sql`create trigger log_checkpoints_no_delete before delete on log_checkpoints ${refuse('log_checkpoints')}`.execute(db);
    await sql`create trigger log_checkpoints_in_order before insert on log_checkpoints
      when new.seq <= (select coalesce(max(seq), 0) from log_checkpoints) or new.seq >= (select coalesce(max(seq), 0) from events)
      or new.hash is not (select hash from events where seq = new.seq) ${refuse('log_checkpoints')}`.execute(db);
  },
  countByTier,
  keepCounts,
  indexSubstrings,
};
