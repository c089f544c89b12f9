import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

export function creditsQuery(db: Kysely<Schema>, keyId: string) {
  return db.selectFrom('credits').select(['remaining', 'refill', 'next_refill_at']).where('key_id', '=', keyId);
}

export function creditsReturn(db: Kysely<Schema>, row: { readonly keyId: string; readonly cost: number }) {
  return db
    .updateTable('credits')
    .set((eb) => ({ remaining: eb('remaining', '+', row.cost) }))
    .where('key_id', '=', row.keyId);
}

/** Spending and refilling change the budget and the next refill, never the rule. */
export function creditsUpdate(
  db: Kysely<Schema>,
  row: { readonly keyId: string; readonly remaining: number; readonly nextRefillAt: number | null },
) {
  return db.updateTable('credits').set({ remaining: row.remaining, next_refill_at: row.nextRefillAt }).where('key_id', '=', row.keyId);
}
