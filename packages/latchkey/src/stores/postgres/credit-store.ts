import { spend, type CreditState } from '../../domain/credits.js';
import type { CreditOutcome, CreditStore } from '../../ports/credit-store.js';
import { creditsQuery, creditsReturn, creditsUpdate, outcomeOf } from '../sql/credits.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { JsonMemo } from '../sql/json-memo.js';
import { creditsFromRow } from '../sql/rows.js';
import type { CreditRow } from '../sql/schema.js';
import { compileTemplate } from '../sql/template.js';
import type { Kysely } from 'kysely';
import type { Schema } from '../sql/schema.js';
import type { Lane, Run } from './connections.js';
import { createQueries } from './queries.js';
import { prepared } from './read.js';
import type { Transact } from './transaction.js';

export interface CreditStoreParts {
  readonly db: Kysely<Schema>;
  readonly read: Run;
  readonly lane: Lane;
  readonly transact: Transact;
  readonly schema: string;
  readonly memo: JsonMemo;
}

/**
 * Budgets. The common case, enough left and no refill due, is one statement that takes only what is there. Everything
 * else is the arithmetic of domain/credits.ts, on a row that is locked meanwhile.
 */
export function createPostgresCreditStore({ db, read, lane, transact, schema, memo }: CreditStoreParts): CreditStore {
  const take = compileTemplate(['keyId', 'cost', 'now'], ({ keyId, cost, now }) =>
    db
      .updateTable('credits')
      .set((eb) => ({ remaining: eb('remaining', '-', cost) }))
      .where('key_id', '=', keyId)
      .where('remaining', '>=', cost)
      .where((eb) => eb.or([eb('next_refill_at', 'is', null), eb('next_refill_at', '>', now)]))
      .returning(['remaining', 'next_refill_at']),
  );
  const taking = prepared(take.text);
  const select = compileTemplate(['keyId'], ({ keyId }) => creditsQuery(db, keyId));
  const selecting = prepared(select.text);

  function takeAtOnce(keyId: string, cost: number, now: number): Promise<CreditOutcome | null> {
    return lane.use(async (connection) => {
      if (!connection.durable) return null;
      const { rows } = await connection.query({ ...taking, values: take.bind({ keyId, cost, now }) });
      const [row] = rows as Pick<CreditRow, 'remaining' | 'next_refill_at'>[];
      return row === undefined ? null : { spent: true, remaining: row.remaining, nextRefillAt: row.next_refill_at };
    });
  }

  function spendLocked(keyId: string, cost: number, now: number): Promise<CreditOutcome | null> {
    return transact(async ({ query }) => {
      const inside = createQueries(query, schema);
      const row = await creditsQuery(inside, keyId).forUpdate().executeTakeFirst();
      if (row === undefined) return null;
      const before = creditsFromRow(row, memo);
      const { state, spent } = spend(before, cost, now);
      if (state !== before) {
        await creditsUpdate(inside, { keyId, remaining: state.remaining, nextRefillAt: state.nextRefillAt }).execute();
      }
      return outcomeOf(state, spent);
    });
  }

  async function find(keyId: string): Promise<CreditState | null> {
    const { rows } = await read({ ...selecting, values: select.bind({ keyId }) });
    return rows.length === 0 ? null : creditsFromRow(rows[0] as CreditRow, memo);
  }

  return failingAsUnavailable<CreditStore>({
    async spend(keyId, cost, now) {
      const plain = Number.isSafeInteger(cost) && cost > 0;
      return (plain ? await takeAtOnce(keyId, cost, now) : null) ?? (await spendLocked(keyId, cost, now));
    },
    async giveBackCredits(keyId, cost) {
      await transact(({ query }) => creditsReturn(createQueries(query, schema), { keyId, cost }).execute());
    },
    async peekCredits(keyId, cost, now) {
      const before = await find(keyId);
      if (before === null) return null;
      const { state, spent } = spend(before, cost, now);
      return outcomeOf(state, spent);
    },
  });
}
