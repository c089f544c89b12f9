import type { Migration } from './migration.js';

/** The live secrets of a key, found by when they end. */
export const authority: Migration = {
  id: '0005-authority',
  since: '0.1.0',
  async up(db) {
    // In the place of one by the time of creation, among which a live secret may stand far behind.
    await db.schema.dropIndex('secrets_by_key').execute();
    await db.schema.createIndex('secrets_by_key').on('secrets').columns(['key_id', 'valid_until', 'id']).execute();
  },
};
