import type { Migration } from './migration.js';

/** An index that finds the live secrets of a key, in place of one by their creation. */
export const liveSecrets: Migration = {
  id: '0006-live-secrets',
  since: '0.1.0',
  async up(db) {
    // The old index goes last: only then does PostgreSQL lock out nodes that read.
    await db.schema.createIndex('secrets_by_end').on('secrets').columns(['key_id', 'valid_until', 'created_at', 'id']).execute();
    await db.schema.dropIndex('secrets_by_key').execute();
  },
};
