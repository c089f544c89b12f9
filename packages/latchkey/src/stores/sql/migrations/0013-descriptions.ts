import type { Migration } from './migration.js';

/** Descriptions of keys and owners. */
export const descriptions: Migration = {
  id: '0013-descriptions',
  since: '0.1.0',
  async up(db, flavour) {
    for (const table of ['keys', 'owners'] as const) await db.schema.alterTable(table).addColumn('description', flavour.text).execute();
  },
};
