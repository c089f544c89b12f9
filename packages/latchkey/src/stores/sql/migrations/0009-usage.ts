import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema.js';
import type { Flavour, Migration } from './migration.js';

const DAY_MS = 86_400_000;

/**
 * Keeps usage in the order of the hours, so that each flush writes a few dense pages; and by day, for quick reads. The rows of the
 * earlier tables follow in small steps after the start, together with those that nodes of an earlier version still write. Last uses
 * in the order of their days, each with the secret.
 */
export const usage: Migration = {
  id: '0009-usage',
  since: '0.1.0',
  async up(db, flavour) {
    await createHours(db, flavour);
    await createDays(db, flavour);
    await createProgress(db, flavour);
    await replaceLastUses(db, flavour);
  },
};

async function createHours(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const hours = db.schema
    .createTable('usage_by_hour')
    .addColumn('hour', flavour.integer, (column) => column.notNull())
    .addColumn('kind', flavour.text, (column) => column.notNull())
    .addColumn('subject', flavour.text, (column) => column.notNull())
    .addColumn('code', flavour.text, (column) => column.notNull())
    .addColumn('count', flavour.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_by_hour_pk', ['hour', 'kind', 'subject', 'code']);
  await flavour.endTable(hours, { clustered: true }).execute();
  // Written once for each row, and not at each flush: the count is in no index.
  await db.schema.createIndex('usage_by_hour_subject').on('usage_by_hour').columns(['kind', 'subject', 'hour']).execute();
}

async function createDays(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const days = db.schema
    .createTable('usage_by_day')
    .addColumn('kind', flavour.text, (column) => column.notNull())
    .addColumn('subject', flavour.text, (column) => column.notNull())
    .addColumn('day', flavour.integer, (column) => column.notNull())
    .addColumn('code', flavour.text, (column) => column.notNull())
    .addColumn('count', flavour.integer, (column) => column.notNull())
    .addPrimaryKeyConstraint('usage_by_day_pk', ['kind', 'subject', 'day', 'code']);
  await flavour.endTable(days, { clustered: true }).execute();
  await db.schema.createIndex('usage_by_day_count').on('usage_by_day').columns(['day', 'kind', 'count', 'subject']).execute();
}

async function createProgress(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const progress = db.schema
    .createTable('usage_progress')
    .addColumn('id', flavour.integer, (column) => column.primaryKey().notNull())
    .addColumn('rolled_day', flavour.integer, (column) => column.notNull())
    .addColumn('rolled_kind', flavour.text, (column) => column.notNull())
    .addColumn('rolled_subject', flavour.text, (column) => column.notNull())
    .addColumn('hours_from', flavour.integer, (column) => column.notNull())
    .addColumn('days_from', flavour.integer, (column) => column.notNull());
  await flavour.endTable(progress, { clustered: false }).execute();
  await db
    .insertInto('usage_progress')
    .values({ id: 1, rolled_day: 0, rolled_kind: '', rolled_subject: '', hours_from: 0, days_from: 0 })
    .execute();
}

async function replaceLastUses(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  const lastUses = db.schema
    .createTable('last_uses_of_days')
    // A node of an earlier version names no day.
    .addColumn('day', flavour.integer, (column) => column.notNull().defaultTo(0))
    .addColumn('key_id', flavour.text, (column) => column.notNull())
    .addColumn('at', flavour.integer, (column) => column.notNull())
    .addColumn('secret_id', flavour.text)
    .addColumn('address', flavour.text)
    .addColumn('user_agent', flavour.text)
    .addPrimaryKeyConstraint('last_uses_of_days_pk', ['day', 'key_id']);
  await flavour.endTable(lastUses, { clustered: true }).execute();
  await sql`insert into last_uses_of_days (day, key_id, at, address, user_agent)
    select at - at % ${sql.lit(DAY_MS)}, key_id, at, address, user_agent from last_uses order by 1, 2`.execute(db);
  await db.schema.dropTable('last_uses').execute();
  // A new name stands without its schema, which Kysely would write.
  await sql`alter table last_uses_of_days rename to last_uses`.execute(db);
  await db.schema.createIndex('last_uses_by_key').on('last_uses').column('key_id').unique().execute();
}
