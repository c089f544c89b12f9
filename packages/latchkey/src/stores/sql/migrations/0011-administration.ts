import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * What lists and counts need at a million keys: indexes of the substrings of key names and of owners, and the counts of all keys, kept
 * by triggers. Without them, a search reads every name, and a count every key.
 */
export const administration: Migration = {
  id: '0011-administration',
  since: '0.1.0',
  async up(db, flavour) {
    await flavour.indexSubstrings(db);
    const counts = db.schema
      .createTable('kept_counts')
      .addColumn('name', flavour.text, (column) => column.primaryKey().notNull())
      .addColumn('count', flavour.integer, (column) => column.notNull());
    await flavour.endTable(counts, { clustered: true }).execute();
    // First the triggers, so that nothing changes unseen while the keys are counted.
    await flavour.keepCounts(db);
    await sql`insert into kept_counts select 'keys', count(*) from keys
      union all select 'revoked_keys', count(*) from keys where revoked_at is not null
      union all select 'owners', count(*) from owners`.execute(db);
  },
};
