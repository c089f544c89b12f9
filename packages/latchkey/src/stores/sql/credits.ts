import { sql, type Kysely } from 'kysely';
import { BOUNDS } from '../../domain/bounds.js';
import type { CreditState } from '../../domain/credits.js';
import type { CreditOutcome } from '../../ports/credit-store.js';
import type { Schema } from './schema.js';

export function creditsQuery(db: Kysely<Schema>, keyId: string) {
  return db.selectFrom('credits').select(['remaining', 'refill', 'next_refill_at']).where('key_id', '=', keyId);
}

export function creditsReturn(db: Kysely<Schema>, row: { readonly keyId: string; readonly cost: number }) {
  return (
    db
      .updateTable('credits')
      // As `giveBack` of domain/credits.ts.
      .set({
        remaining: sql<number>`case when remaining > ${BOUNDS.credits - row.cost} then case when remaining > ${sql.lit(BOUNDS.credits)} then remaining else ${sql.lit(BOUNDS.credits)} end else remaining + ${row.cost} end`,
      })
      .where('key_id', '=', row.keyId)
  );
}

/** Spending and refilling change the budget and the next refill, never the rule. */
export function creditsUpdate(
  db: Kysely<Schema>,
  row: { readonly keyId: string; readonly remaining: number; readonly nextRefillAt: number | null },
) {
  return db.updateTable('credits').set({ remaining: row.remaining, next_refill_at: row.nextRefillAt }).where('key_id', '=', row.keyId);
}

export function outcomeOf(state: CreditState, spent: boolean): CreditOutcome {
  return { spent, remaining: state.remaining, nextRefillAt: state.nextRefillAt };
}
