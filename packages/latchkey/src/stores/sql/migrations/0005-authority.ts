import type { Migration } from './migration.js';

/** Bounds of operator tokens, the makers of portal links, and sessions in the audit log. */
export const authority: Migration = {
  id: '0005-authority',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema.alterTable('keys').addColumn('bounds', flavour.text).execute();
    await db.schema.alterTable('sessions').addColumn('made_by', flavour.text).execute();
    for (const column of ['session_id', 'session_link'] as const) {
      await db.schema.alterTable('events').addColumn(column, flavour.text).execute();
    }
  },
};
