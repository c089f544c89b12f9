import type { Migration } from './migration.js';

/**
 * Tags of keys: with the key, where each read of it finds them, and in a table of their own, where the keys of a tag lie in the order of
 * a list.
 */
export const tags: Migration = {
  id: '0014-tags',
  since: '0.1.0',
  async up(db, flavour) {
    await db.schema
      .alterTable('keys')
      .addColumn('tags', flavour.text, (column) => column.notNull().defaultTo('[]'))
      .execute();
    const tagged = db.schema
      .createTable('key_tags')
      .addColumn('tag', flavour.text, (column) => column.notNull())
      .addColumn('created_at', flavour.integer, (column) => column.notNull())
      .addColumn('key_id', flavour.text, (column) => column.notNull())
      .addPrimaryKeyConstraint('key_tags_pk', ['tag', 'created_at', 'key_id']);
    await flavour.endTable(tagged, { clustered: true }).execute();
  },
};
