import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * How many keys that are not revoked each tier has, kept by the database itself: to count them reads every one. Triggers keep them
 * also for nodes of an earlier version.
 */
export const tierCounts: Migration = {
  id: '0007-tier-counts',
  since: '0.1.0',
  async up(db, flavour) {
    const counts = db.schema
      .createTable('tier_counts')
      .addColumn('tier', flavour.text, (column) => column.primaryKey().notNull())
      .addColumn('keys', flavour.integer, (column) => column.notNull());
    await flavour.endTable(counts, { clustered: true }).execute();
    // First the triggers, so that nothing changes unseen while the keys are counted.
    await flavour.countByTier(db);
    await sql`insert into tier_counts select tier, count(*) from keys where tier is not null and revoked_at is null group by tier`.execute(
      db,
    );
  },
};
