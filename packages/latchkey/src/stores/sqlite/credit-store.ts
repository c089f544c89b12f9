import { spend, type CreditState } from '../../domain/credits.js';
import type { CreditOutcome, CreditStore } from '../../ports/credit-store.js';
import { creditsQuery, creditsReturn, creditsUpdate, outcomeOf } from '../sql/credits.js';
import { failingAsUnavailable } from '../sql/failure.js';
import { createGroupCommit } from '../sql/group-commit.js';
import type { JsonMemo } from '../sql/json-memo.js';
import { creditsFromRow } from '../sql/rows.js';
import type { CreditRow } from '../sql/schema.js';
import { compileTemplate } from '../sql/template.js';
import type { SqliteReader } from './reader.js';
import type { Writer } from './writer.js';

interface Spending {
  readonly keyId: string;
  readonly cost: number;
  readonly now: number;
}

/** Budgets, spent under the write lock. */
export function createSqliteCreditStore(reader: SqliteReader, writer: Writer, memo: JsonMemo): CreditStore {
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

  const spendTogether = createGroupCommit((group: readonly Spending[]) => writer.transaction('synced', () => group.map(spendNow)));

  return failingAsUnavailable<CreditStore>({
    spend: (keyId, cost, now) => spendTogether({ keyId, cost, now }),
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
