import type { Migration } from './migration.js';

/** Keys in the order of their names. */
export const keyNames: Migration = {
  id: '0016-key-names',
  since: '0.1.0',
  async up(db) {
    await db.schema.createIndex('keys_by_name').on('keys').columns(['name_folded', 'id']).execute();
  },
};
