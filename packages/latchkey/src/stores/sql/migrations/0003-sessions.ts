import type { Migration } from './migration.js';

/** Sessions of operators and of owners in the portal, and the links that open those. */
export const sessions: Migration = {
  id: '0003-sessions',
  since: '0.1.0',
  async up(db, flavour) {
    const table = db.schema
      .createTable('sessions')
      .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
      .addColumn('digest', flavour.bytes, (column) => column.notNull().unique())
      .addColumn('kind', flavour.text, (column) => column.notNull())
      .addColumn('subject', flavour.text, (column) => column.notNull())
      .addColumn('details', flavour.text, (column) => column.notNull())
      .addColumn('created_at', flavour.integer, (column) => column.notNull())
      .addColumn('last_seen_at', flavour.integer, (column) => column.notNull())
      .addColumn('idle_ms', flavour.integer)
      .addColumn('expires_at', flavour.integer, (column) => column.notNull())
      .addColumn('used_at', flavour.integer)
      .addColumn('opened_by', flavour.text);
    await flavour.endTable(table, { clustered: false }).execute();
    await db.schema.createIndex('sessions_by_subject').on('sessions').columns(['subject', 'kind']).execute();
    await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();
    await db.schema.createIndex('sessions_by_link').on('sessions').column('opened_by').execute();
  },
};
