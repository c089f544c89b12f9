import type { Migration } from './migration.js';

/** Bounds of operator tokens, sessions in the audit log, and an index that finds the live secrets of a key. */
export const authority: Migration = {
  id: '0005-authority',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema.alterTable('keys').addColumn('bounds', flavour.text).execute();
    for (const column of ['session_id', 'session_link'] as const) {
      await db.schema.alterTable('events').addColumn(column, flavour.text).execute();
    }
    // In the place of one by the time of creation, among which a live secret may stand far behind.
    await db.schema.dropIndex('secrets_by_key').execute();
    await db.schema.createIndex('secrets_by_key').on('secrets').columns(['key_id', 'valid_until', 'id']).execute();
  },
};
