import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** The revocation of all keys of an owner in batches (ADR 36), and the keys that an entry of the audit log names beside its target. */
export const revocations: Migration = {
  id: '0008-revocations',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema.alterTable('owners').addColumn('revoking_until', flavour.integer).execute();
    await db.schema.alterTable('owners').addColumn('revocation', flavour.text).execute();
    await sql`create index owners_revoking on owners (id) where revoking_until is not null`.execute(db);
    const named = db.schema
      .createTable('event_keys')
      .addColumn('key_id', flavour.text, (column) => column.notNull())
      .addColumn('seq', flavour.integer, (column) => column.notNull())
      .addPrimaryKeyConstraint('event_keys_pk', ['key_id', 'seq']);
    await flavour.endTable(named, { clustered: true }).execute();
    await db.schema.createIndex('event_keys_by_entry').on('event_keys').column('seq').execute();
  },
};
