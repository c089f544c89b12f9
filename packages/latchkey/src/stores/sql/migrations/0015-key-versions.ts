import type { Migration } from './migration.js';

/** The version of each key, which rises with its changes: `If-Match` compares it. */
export const keyVersions: Migration = {
  id: '0015-key-versions',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema
      .alterTable('keys')
      .addColumn('version', flavour.integer, (column) => column.notNull().defaultTo(1))
      .execute();
  },
};
