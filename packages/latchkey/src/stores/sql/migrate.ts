import { type Kysely } from 'kysely';
import { ConfigurationError } from '../../domain/errors.js';
import { initial } from './migrations/0001-initial.js';
import { sessions } from './migrations/0003-sessions.js';
import { uses } from './migrations/0003-uses.js';
import type { Flavour, Migration } from './migrations/migration.js';
import type { Schema } from './schema.js';

/** Every migration, in order. */
export const MIGRATIONS: readonly Migration[] = [initial, sessions, uses];

export interface MigrationRun {
  readonly flavour: Flavour;
  /** Runs `work` alone: nobody else migrates between its first read and its commit. */
  transaction<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  readonly migrations?: readonly Migration[];
}

/**
 * Applies what is missing, each migration in a transaction of its own; returns the ids of those that this
 * call applied. Safe to run from several processes at once. Throws a ConfigurationError, having changed
 * nothing, where the database knows a migration that this version does not.
 */
export async function applyMigrations(run: MigrationRun): Promise<readonly string[]> {
  const migrations = run.migrations ?? MIGRATIONS;
  const applied: string[] = [];
  for (const migration of migrations) {
    const done = await run.transaction(async (db) => {
      await db.schema
        .createTable('latchkey_migrations')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey().notNull())
        .addColumn('since', 'text', (column) => column.notNull())
        .execute();
      const missing = missingFrom(await recorded(db), migrations);
      if (!missing.includes(migration.id)) return false;
      await migration.up(db, run.flavour);
      await db.insertInto('latchkey_migrations').values({ id: migration.id, since: migration.since }).execute();
      return true;
    });
    if (done) applied.push(migration.id);
  }
  return applied;
}

/** For a database that is only read: throws a ConfigurationError unless its schema is this version's. */
export async function requireMigrated(db: Kysely<Schema>, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const tables = await db.introspection.getTables();
  const known = tables.some((table) => table.name === 'latchkey_migrations');
  const missing = missingFrom(known ? await recorded(db) : [], migrations);
  if (missing.length === 0) return;
  throw new ConfigurationError([
    known
      ? `The database lacks the migration ${missing.join(', ')}: run "latchkey migrate", or start the service once.`
      : 'The database has no tables of Latchkey: check that the path is right.',
  ]);
}

async function recorded(db: Kysely<Schema>): Promise<readonly { readonly id: string; readonly since: string }[]> {
  return db.selectFrom('latchkey_migrations').select(['id', 'since']).orderBy('id').execute();
}

function missingFrom(
  rows: readonly { readonly id: string; readonly since: string }[],
  migrations: readonly Migration[],
): readonly string[] {
  const known = new Set(migrations.map((migration) => migration.id));
  const newer = rows.findLast((row) => !known.has(row.id));
  if (newer !== undefined) {
    throw new ConfigurationError([
      `The database was migrated by a newer Latchkey (${newer.id}): run Latchkey ${newer.since} or later with it, or restore the backup made before.`,
    ]);
  }
  const present = new Set(rows.map((row) => row.id));
  return migrations.map((migration) => migration.id).filter((id) => !present.has(id));
}
