import { sql } from 'kysely';
import type { Migration } from './migration.js';

/**
 * Indexes for filters that are given together. They tell the status of a key by themselves: of 30 000 disabled, scheduled and suspended
 * keys, a count read as many rows from all over the table. And they find the few actions of an actor or an owner who did very much.
 */
export const combinedFilters: Migration = {
  id: '0012-combined-filters',
  since: '0.1.0',
  async up(db) {
    // The old indexes go last: only then does PostgreSQL lock out nodes that read.
    await sql`create index keys_of_owner on keys (owner, created_at, id, expires_at, revoked_at, disabled_at)`.execute(db);
    await sql`create index keys_disabled_by_time on keys (created_at, id, expires_at, disabled_at, revoked_at)
      where disabled_at is not null and revoked_at is null`.execute(db);
    await sql`create index keys_scheduled_by_time on keys (created_at, id, expires_at, not_before, disabled_at, revoked_at, owner)
      where not_before is not null and revoked_at is null`.execute(db);
    for (const column of ['actor_id', 'owner'] as const)
      await db.schema.createIndex(`events_by_${column}_and_action`).on('events').columns([column, 'action', 'seq']).execute();
    for (const name of ['keys_by_owner', 'keys_disabled', 'keys_scheduled']) await db.schema.dropIndex(name).execute();
  },
};
