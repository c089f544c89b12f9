import { spend, type CreditState } from '../../domain/credits.js';
import type { CreditOutcome, CreditStore } from '../../ports/credit-store.js';
import { creditsQuery, creditsReturn, creditsUpdate, outcomeOf } from '../sql/credits.js';
import { failingAsUnavailable } from '../sql/failure.js';
import type { JsonMemo } from '../sql/json-memo.js';
import { creditsFromRow } from '../sql/rows.js';
import type { CreditRow } from '../sql/schema.js';
import { compileTemplate } from '../sql/template.js';
import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

interface Spending {
  readonly keyId: string;
  readonly cost: number;
  readonly now: number;
  resolve(outcome: CreditOutcome | null): void;
  reject(error: unknown): void;
}

/**
 * Budgets, spent under the write lock. What is asked for in one turn of the event loop is committed
 * together: a commit that reaches the disk takes longer than all the arithmetic of a turn.
 */
export function createSqliteCreditStore(reader: Reader, writer: Writer, memo: JsonMemo): CreditStore {
  const select = compileTemplate(['keyId'], ({ keyId }) => creditsQuery(reader.db, keyId));
  const update = compileTemplate(['keyId', 'remaining', 'nextRefillAt'], (values) => creditsUpdate(reader.db, values));

  function find(prepare: Writer['prepare'], keyId: string): CreditState | null {
    const row = prepare(select.text).get(...select.bind({ keyId }));
    return row === undefined ? null : creditsFromRow(row as CreditRow, memo);
  }

  function spendNow({ keyId, cost, now }: Spending): CreditOutcome | null {
    const before = find(writer.prepare, keyId);
    if (before === null) return null;
    const { state, spent } = spend(before, cost, now);
    if (state !== before) {
      writer.prepare(update.text).run(...update.bind({ keyId, remaining: state.remaining, nextRefillAt: state.nextRefillAt }));
    }
    return outcomeOf(state, spent);
  }

  return failingAsUnavailable<CreditStore>({
    spend: createGroupCommit((group) => writer.transaction('synced', () => group.map(spendNow))),
    async giveBackCredits(keyId, cost) {
      await writer.transaction('synced', (db) => creditsReturn(db, { keyId, cost }).execute());
    },
    peekCredits: (keyId, cost, now) =>
      reader.read(() => {
        const before = find(reader.prepare, keyId);
        if (before === null) return null;
        const { state, spent } = spend(before, cost, now);
        return outcomeOf(state, spent);
      }),
  });
}

/** Gathers the calls of a turn of the event loop; each gets its own outcome, or all the failure of the group. */
function createGroupCommit(commit: (group: readonly Spending[]) => Promise<readonly (CreditOutcome | null)[]>): CreditStore['spend'] {
  let waiting: Spending[] = [];

  async function commitWaiting(): Promise<void> {
    const group = waiting;
    waiting = [];
    try {
      const outcomes = await commit(group);
      for (const [index, spending] of group.entries()) spending.resolve(outcomes[index] ?? null);
    } catch (error) {
      for (const spending of group) spending.reject(error);
    }
  }

  return (keyId, cost, now) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void commitWaiting());
      waiting.push({ keyId, cost, now, resolve, reject });
    });
}
