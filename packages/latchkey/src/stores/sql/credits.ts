import { sql, type Kysely } from 'kysely';
import type { CreditState } from '../../domain/credits.js';
import type { CreditOutcome } from '../../ports/credit-store.js';
import type { Schema } from './schema.js';

export function creditsQuery(db: Kysely<Schema>, keyId: string) {
  return db.selectFrom('credits').select(['remaining', 'refill', 'next_refill_at']).where('key_id', '=', keyId);
}

export function creditsReturn(db: Kysely<Schema>, row: { readonly keyId: string; readonly cost: number }) {
  const MAX = Number.MAX_SAFE_INTEGER;
  return (
    db
      .updateTable('credits')
      // No further than numbers are exact: nothing that is read back may be out of their range.
      .set({ remaining: sql<number>`case when remaining > ${MAX - row.cost} then ${sql.lit(MAX)} else remaining + ${row.cost} end` })
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
