import type { Migration } from './migration.js';

/** Checkpoints: the audit log continues from one when its old part was archived. Without one, the database refuses to delete entries. */
export const logCheckpoints: Migration = {
  id: '0010-log-checkpoints',
  since: '0.1.0',
  async up(db, flavour) {
    const table = db.schema
      .createTable('log_checkpoints')
      .addColumn('seq', flavour.integer, (column) => column.primaryKey().notNull())
      .addColumn('hash', flavour.text, (column) => column.notNull())
      .addColumn('at', flavour.integer, (column) => column.notNull())
      .addColumn('pepper_id', flavour.text)
      .addColumn('signature', flavour.text);
    await flavour.endTable(table, { clustered: false }).execute();
    await flavour.protectCheckpoints(db);
  },
};
