import type { Migration } from './migration.js';

/** The version of each owner, which rises with its changes: `If-Match` compares it. */
export const ownerVersions: Migration = {
  id: '0018-owner-versions',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema
      .alterTable('owners')
      .addColumn('version', flavour.integer, (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
