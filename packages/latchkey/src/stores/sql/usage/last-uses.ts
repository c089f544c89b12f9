/**
 * When and from where keys and their secrets were last used: one row for each key, which names the secret. Clustered by the day
 * of the use, so that the rows that are written over and over lie on few pages. What a secret had when another one of the key
 * took its place in that row is kept with the secret.
 */
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
import type { Fill } from '../fill.js';
import type { LastUseRow, Schema } from '../schema.js';

/** Adds up the uses, and moves the row to the day of the use; never to an earlier time. */
export function lastUseUpsert(db: Kysely<Schema>, fill: Fill<'last_uses'>) {
  const later = (column: keyof LastUseRow) =>
    sql<never>`case when excluded.at >= last_uses.at then excluded.${sql.ref(column)} else last_uses.${sql.ref(column)} end`;
  return fill(db.insertInto('last_uses')).onConflict((conflict) =>
    conflict.column('key_id').doUpdateSet({
      day: later('day'),
      at: later('at'),
      secret_id: later('secret_id'),
      address: later('address'),
      user_agent: later('user_agent'),
      uses: sql<number>`last_uses.uses + excluded.uses`,
    }),
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
  readonly uses: number;
}

/** For a later use on the same day: writes no index. */
export function lastUseUpdate(db: Kysely<Schema>, { keyId, day, at, secretId, address, userAgent, uses }: UseInPlace) {
  return db
    .updateTable('last_uses')
    .set((eb) => ({ at, secret_id: secretId, address, user_agent: userAgent, uses: eb('uses', '+', uses) }))
    .where('day', '=', day)
    .where('key_id', '=', keyId);
}

/** For a use that is not the last one. */
export function lateUseUpdate(db: Kysely<Schema>, { keyId, uses }: Pick<UseInPlace, 'keyId' | 'uses'>) {
  return db
    .updateTable('last_uses')
    .set((eb) => ({ uses: eb('uses', '+', uses) }))
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
 * Notes on the key that it is not idle, and how often it was used: at its first use, then once a day at most, and where its uses
 * have doubled since. The indexes by both are not to be written at each use.
 */
export function keyUseUpdate(db: Kysely<Schema>, row: { keyId: string; at: number; dayBefore: number }) {
  return db
    .updateTable('keys')
    .set((eb) => ({ first_used_at: eb.fn.coalesce('first_used_at', eb.val(row.at)), idle_since: row.at, uses: usesOf(eb) }))
    .where('id', '=', row.keyId)
    .where((eb) =>
      eb.or([eb('first_used_at', 'is', null), eb('idle_since', '<=', row.dayBefore), eb(eb('uses', '*', 2), '<=', usesOf(eb))]),
    );
}

function usesOf(eb: ExpressionBuilder<Schema, 'keys'>) {
  return eb.fn.coalesce(eb.selectFrom('last_uses').select('last_uses.uses').whereRef('last_uses.key_id', '=', 'keys.id'), eb.lit(0));
}
