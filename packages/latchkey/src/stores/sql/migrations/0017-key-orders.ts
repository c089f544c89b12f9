import { sql, type Kysely } from 'kysely';
import type { Schema } from '../schema.js';
import type { Migration } from './migration.js';

/** Keys in the order of their names, expiries, last uses, and of how often they were used, which is counted from now on for each key. */
export const keyOrders: Migration = {
  id: '0017-key-orders',
  since: '0.1.0',
  async up(db, flavour) {
    for (const table of ['last_uses', 'keys'] as const)
      await db.schema
        .alterTable(table)
        .addColumn('uses', flavour.integer, (column) => column.notNull().defaultTo(0))
        .execute();
    await countUses(db);
    // With what a list is narrowed by most often: a key that is left out is not read.
    await sql`create index keys_by_expiry_or_never on keys (coalesce(expires_at, 9007199254740991), id, environment, tier, name_folded, expires_at)`.execute(
      db,
    );
    await sql`create index keys_by_last_use on keys (idle_since, id, environment, tier, name_folded)`.execute(db);
    await sql`create index keys_by_uses on keys (uses, id, environment, tier, name_folded)`.execute(db);
    await sql`create index keys_in_order_of_names on keys (name_folded, id, environment, tier)`.execute(db);
    // The keys of one owner are sorted without a look at their rows.
    await sql`create index keys_of_owner_to_sort on keys
      (owner, created_at, id, expires_at, revoked_at, disabled_at, name_folded, idle_since, uses)`.execute(db);
    for (const name of ['keys_by_name', 'keys_of_owner']) await db.schema.dropIndex(name).execute();
  },
};

/** From the days and hours that are kept. */
async function countUses(db: Kysely<Schema>): Promise<void> {
  await sql`create table uses_counted as
    select subject as key_id, sum(count) as uses from (
      select subject, count from usage_by_day, usage_progress where kind = 'key' and code = 'valid' and day < hours_from
      union all
      select key_id, count from usage_hours where code = 'valid'
      union all
      select subject, count from usage_by_hour, usage_progress where kind = 'key' and code = 'valid' and hour >= hours_from
    ) as counted group by subject`.execute(db);
  await sql`create unique index uses_counted_by_key on uses_counted (key_id)`.execute(db);
  await sql`update last_uses set uses = uses_counted.uses from uses_counted where uses_counted.key_id = last_uses.key_id`.execute(db);
  await sql`update keys set uses = uses_counted.uses from uses_counted where uses_counted.key_id = keys.id`.execute(db);
  await sql`drop table uses_counted`.execute(db);
}
