import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema.js';
import type { Flavour, Migration } from './migration.js';

/** What operators ask about many keys at once: which expire soon, which nobody uses, which are busy; and the log by time. */
export const uses: Migration = {
  id: '0004-uses',
  since: '0.1.0',
  async up(db, flavour) {
    await addUses(db, flavour);
    await createOrders(db);
    await db.schema.createIndex('usage_hours_by_count').on('usage_hours').columns(['hour', 'count', 'key_id']).execute();
    await db.schema.createIndex('events_by_time').on('events').columns(['at', 'seq']).execute();
  },
};

async function addUses(db: Kysely<Schema>, flavour: Flavour): Promise<void> {
  await db.schema.alterTable('keys').addColumn('first_used_at', flavour.integer).execute();
  await db.schema
    .alterTable('keys')
    .addColumn('idle_since', flavour.integer, (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update keys set idle_since = created_at`.execute(db);
  await sql`update keys set first_used_at = last_uses.at, idle_since = last_uses.at
    from last_uses where last_uses.key_id = keys.id`.execute(db);
}

/** Each in the order of its list, of the keys that such a list may hold, with what else it may be narrowed by. */
async function createOrders(db: Kysely<Schema>): Promise<void> {
  await sql`create index keys_by_expiry on keys (expires_at, id, environment, tier, name_folded)
    where expires_at is not null and revoked_at is null`.execute(db);
  await sql`create index keys_by_idleness on keys (idle_since, id, expires_at, environment, tier, name_folded)
    where revoked_at is null`.execute(db);
  await sql`create index keys_never_used on keys (created_at, id, expires_at, environment, tier, name_folded)
    where first_used_at is null and revoked_at is null`.execute(db);
  // In the place of one that had the first two columns alone.
  await db.schema.dropIndex('keys_live_by_tier').execute();
  await sql`create index keys_live_by_tier on keys (tier, revoked_at, idle_since, id) where revoked_at is null`.execute(db);
}
