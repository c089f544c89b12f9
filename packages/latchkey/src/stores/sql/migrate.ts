import { type Kysely } from 'kysely';
import { ConfigurationError } from '../../domain/errors.js';
import { initial } from './migrations/0001-initial.js';
import { nodes } from './migrations/0002-nodes.js';
import { sessions } from './migrations/0003-sessions.js';
import { uses } from './migrations/0004-uses.js';
import { authority } from './migrations/0005-authority.js';
import { liveSecrets } from './migrations/0006-live-secrets.js';
import { tierCounts } from './migrations/0007-tier-counts.js';
import { revocations } from './migrations/0008-revocations.js';
import { usage } from './migrations/0009-usage.js';
import { logCheckpoints } from './migrations/0010-log-checkpoints.js';
import { administration } from './migrations/0011-administration.js';
import { combinedFilters } from './migrations/0012-combined-filters.js';
import { descriptions } from './migrations/0013-descriptions.js';
import { tags } from './migrations/0014-tags.js';
import { keyVersions } from './migrations/0015-key-versions.js';
import { keyNames } from './migrations/0016-key-names.js';
import { keyOrders } from './migrations/0017-key-orders.js';
import { ownerVersions } from './migrations/0018-owner-versions.js';
import type { Flavour, Migration } from './migrations/migration.js';
import type { MigrationRow, Schema } from './schema.js';

/** Every migration, in order. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  nodes,
  sessions,
  uses,
  authority,
  liveSecrets,
  tierCounts,
  revocations,
  usage,
  logCheckpoints,
  administration,
  combinedFilters,
  descriptions,
  tags,
  keyVersions,
  keyNames,
  keyOrders,
  ownerVersions,
];

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
        .addColumn('id', run.flavour.text, (column) => column.primaryKey().notNull())
        .addColumn('since', run.flavour.text, (column) => column.notNull())
        .execute();
      const missing = findMissing(await readRecorded(db), migrations);
      if (!missing.includes(migration.id)) return false;
      await migration.up(db, run.flavour);
      await db.insertInto('latchkey_migrations').values({ id: migration.id, since: migration.since }).execute();
      return true;
    });
    if (done) applied.push(migration.id);
  }
  return applied;
}

/** For a database that is only read: throws a ConfigurationError unless its schema is this version's. Null: it has none of ours. */
export function requireMigrated(rows: readonly MigrationRow[] | null, migrations: readonly Migration[] = MIGRATIONS): void {
  const missing = findMissing(rows ?? [], migrations);
  if (missing.length === 0) return;
  throw new ConfigurationError([
    rows === null
      ? 'The database has no tables of Latchkey: check that it is the right one.'
      : `The database lacks the migration ${missing.join(', ')}: run "latchkey migrate", or start the service once.`,
  ]);
}

export async function readRecorded(db: Kysely<Schema>): Promise<readonly MigrationRow[]> {
  return db.selectFrom('latchkey_migrations').select(['id', 'since']).orderBy('id').execute();
}

/** The ids of what is to be applied. Throws a ConfigurationError where the database knows a migration that this version does not. */
export function findMissing(rows: readonly MigrationRow[], migrations: readonly Migration[] = MIGRATIONS): readonly string[] {
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
