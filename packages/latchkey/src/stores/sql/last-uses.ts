/** When and from where keys and their secrets were last used. */
import type { Kysely } from 'kysely';
import type { Fill } from './fill.js';
import type { Schema } from './schema.js';

/** Never to an earlier time. */
export function lastUseUpsert(db: Kysely<Schema>, fill: Fill<'last_uses'>) {
  return fill(db.insertInto('last_uses')).onConflict((conflict) =>
    conflict
      .column('key_id')
      .doUpdateSet((eb) => ({
        at: eb.ref('excluded.at'),
        address: eb.ref('excluded.address'),
        user_agent: eb.ref('excluded.user_agent'),
      }))
      .whereRef('excluded.at', '>=', 'last_uses.at'),
  );
}

/** Never to an earlier time. */
export function secretUseUpdate(db: Kysely<Schema>, row: { secretId: string; at: number }) {
  return db
    .updateTable('secrets')
    .set({ last_used_at: row.at })
    .where('id', '=', row.secretId)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', row.at)]));
}

/**
 * Notes that a key is not idle: at its first use, and then once a day at most. The indexes by idleness are not to be written at
 * each use.
 */
export function keyUseUpdate(db: Kysely<Schema>, row: { keyId: string; at: number; dayBefore: number }) {
  return db
    .updateTable('keys')
    .set((eb) => ({ first_used_at: eb.fn.coalesce('first_used_at', eb.val(row.at)), idle_since: row.at }))
    .where('id', '=', row.keyId)
    .where((eb) => eb.or([eb('first_used_at', 'is', null), eb('idle_since', '<=', row.dayBefore)]));
}
