/**
 * When and from where keys and their secrets were last used: one row for each key, which names the secret. Clustered by the day
 * of the use, so that the rows that are written over and over lie on few pages. What a secret had when another one of the key
 * took its place in that row is kept with the secret.
 */
import type { Kysely } from 'kysely';
import type { Fill } from '../fill.js';
import type { Schema } from '../schema.js';

/** Moves the row to the day of the use; never to an earlier time. */
export function lastUseUpsert(db: Kysely<Schema>, fill: Fill<'last_uses'>) {
  return fill(db.insertInto('last_uses')).onConflict((conflict) =>
    conflict
      .column('key_id')
      .doUpdateSet((eb) => ({
        day: eb.ref('excluded.day'),
        at: eb.ref('excluded.at'),
        secret_id: eb.ref('excluded.secret_id'),
        address: eb.ref('excluded.address'),
        user_agent: eb.ref('excluded.user_agent'),
      }))
      .whereRef('excluded.at', '>=', 'last_uses.at'),
  );
}

/** The last use that is known of a key. */
export function lastUseQuery(db: Kysely<Schema>, keyId: string) {
  return db.selectFrom('last_uses').select(['day', 'at', 'secret_id']).where('key_id', '=', keyId);
}

interface UseInPlace {
  readonly keyId: string;
  readonly day: number;
  readonly at: number;
  readonly secretId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** For a later use on the same day: writes no index. */
export function lastUseUpdate(db: Kysely<Schema>, { keyId, day, at, secretId, address, userAgent }: UseInPlace) {
  return db
    .updateTable('last_uses')
    .set({ at, secret_id: secretId, address, user_agent: userAgent })
    .where('day', '=', day)
    .where('key_id', '=', keyId);
}

/** For a secret that is not the one last used of its key. Never to an earlier time. */
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
