import { sql, type Kysely } from 'kysely';
import { giveBack, spend, type CreditState } from '../../domain/credits.js';
import type { CreditOutcome, CreditStore } from '../../ports/credit-store.js';
import { creditsQuery, outcomeOf } from '../sql/credits.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { createGroupCommit } from '../sql/group-commit.js';
import type { JsonMemo } from '../sql/json-memo.js';
import { creditsFromRow } from '../sql/rows.js';
import type { CreditRow, Schema } from '../sql/schema.js';
import { compileTemplate } from '../sql/template.js';
import type { Lane, Run } from './connections.js';
import { DatabaseFailure } from './failure.js';
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

/** What is to be done to the budget of a key. */
interface Spending {
  readonly keyId: string;
  readonly cost: number;
  readonly now: number;
  /** Whether the cost is given back. */
  readonly back: boolean;
}

/**
 * Budgets. One group is under way at a time: so many calls for one key wait here, and not on as many connections for its row.
 * A call that is alone, with enough left and no refill due, is one statement that takes only what is there. Everything else is
 * the arithmetic of domain/credits.ts, on rows that are locked meanwhile.
 */
export function createPostgresCreditStore(parts: CreditStoreParts): CreditStore {
  const { db, read, transact, schema, memo } = parts;
  const takeAtOnce = createTaking(parts);
  const select = compileTemplate(['keyId'], ({ keyId }) => creditsQuery(db, keyId));
  const selecting = prepared(select.text);

  async function find(keyId: string): Promise<CreditState | null> {
    const { rows } = await read({ ...selecting, values: select.bind({ keyId }) });
    return rows.length === 0 ? null : creditsFromRow(rows[0] as CreditRow, memo);
  }

  function spendLocked(group: readonly Spending[]): Promise<readonly (CreditOutcome | null)[]> {
    return transact(async ({ query }) => {
      const inside = createQueries(query, schema);
      const before = await lockBudgets(inside, group, memo);
      const states = new Map(before);
      const outcomes = group.map((spending) => {
        const state = states.get(spending.keyId);
        if (state === undefined) return null;
        const after = spending.back ? { state: giveBack(state, spending.cost), spent: false } : spend(state, spending.cost, spending.now);
        states.set(spending.keyId, after.state);
        return outcomeOf(after.state, after.spent);
      });
      const changed = [...states].filter(([keyId, state]) => state !== before.get(keyId));
      if (changed.length > 0) await writeBudgets(inside, changed);
      return outcomes;
    });
  }

  const apply = createGroupCommit<Spending, CreditOutcome | null>(async (group) => {
    const [alone, ...others] = group;
    if (alone !== undefined && others.length === 0 && !alone.back && Number.isSafeInteger(alone.cost) && alone.cost > 0) {
      const taken = await takeAtOnce(alone);
      if (taken !== null) return [taken];
    }
    return spendLocked(group);
  });

  return failingAsUnavailable<CreditStore>({
    spend: (keyId, cost, now) => apply({ keyId, cost, now, back: false }),
    async giveBackCredits(keyId, cost) {
      await apply({ keyId, cost, now: 0, back: true });
    },
    async peekCredits(keyId, cost, now) {
      const before = await find(keyId);
      if (before === null) return null;
      const { state, spent } = spend(before, cost, now);
      return outcomeOf(state, spent);
    },
  });
}

/** Null where there is no budget, too little in it, or a refill due, where a commit would not be on the disk, or it had to give way. */
function createTaking({ db, lane }: CreditStoreParts): (spending: Spending) => Promise<CreditOutcome | null> {
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
  return ({ keyId, cost, now }) =>
    lane.use(async (connection) => {
      if (!connection.durable) return null;
      try {
        const { rows } = await connection.query({ ...taking, values: take.bind({ keyId, cost, now }) });
        const [row] = rows as Pick<CreditRow, 'remaining' | 'next_refill_at'>[];
        return row === undefined ? null : { spent: true, remaining: row.remaining, nextRefillAt: row.next_refill_at };
      } catch (error) {
        if (error instanceof DatabaseFailure && error.kind === 'again') return null;
        throw error;
      }
    });
}

/** In the order of their keys, so that nodes wait for each other instead of locking each other out. */
async function lockBudgets(db: Kysely<Schema>, group: readonly Spending[], memo: JsonMemo): Promise<ReadonlyMap<string, CreditState>> {
  const ids = [...new Set(group.map(({ keyId }) => keyId))];
  const rows = await db
    .selectFrom('credits')
    .selectAll()
    .where(sql<boolean>`key_id = any(${ids})`)
    .orderBy('key_id')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.key_id, creditsFromRow(row, memo)]));
}

async function writeBudgets(db: Kysely<Schema>, changed: readonly (readonly [string, CreditState])[]): Promise<void> {
  const [ids, budgets, refills] = [
    changed.map(([keyId]) => keyId),
    changed.map(([, state]) => state.remaining),
    changed.map(([, state]) => state.nextRefillAt),
  ];
  await sql`update ${sql.table('credits')} as credits set remaining = spent.remaining, next_refill_at = spent.next_refill_at
    from unnest(${ids}::text[], ${budgets}::bigint[], ${refills}::bigint[]) as spent (key_id, remaining, next_refill_at)
    where credits.key_id = spent.key_id`.execute(db);
}
