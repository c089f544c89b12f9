import type { Migration } from './migration.js';

/** The processes that share the database, for the leases. */
export const nodes: Migration = {
  id: '0002-nodes',
  since: '0.1.0',
  async up(db, flavour) {
    const table = db.schema
      .createTable('nodes')
      .addColumn('id', flavour.text, (column) => column.primaryKey().notNull())
      .addColumn('label', flavour.text, (column) => column.notNull())
      .addColumn('version', flavour.text, (column) => column.notNull())
      .addColumn('started_at', flavour.integer, (column) => column.notNull())
      .addColumn('renewed_at', flavour.integer, (column) => column.notNull())
      .addColumn('lease_ms', flavour.integer, (column) => column.notNull())
      .addColumn('renewal', flavour.integer, (column) => column.notNull())
      .addColumn('applied', flavour.integer, (column) => column.notNull());
    await flavour.endTable(table, { clustered: true }).execute();
  },
};
