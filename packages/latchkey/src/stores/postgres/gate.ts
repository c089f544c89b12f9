import type { Run, PostgresStatement } from './connections.js';
import { failureOf, type DatabaseFailure } from './failure.js';

/** The way to a transaction's connection: each statement is sent at once, behind those before it, and none once it is closed. */
export interface TransactionGate {
  readonly query: Run;
  /**
   * Does not wait for the answer, but where many are waited for already: a transaction of any length takes up a bounded
   * amount of memory. A failure is the transaction's.
   */
  send(statement: PostgresStatement): Promise<void>;
  /** The first failure, after which the transaction can only be rolled back; null without one. */
  readonly failure: DatabaseFailure | null;
  /** At once nothing more is sent; resolves when no statement is under way. */
  close(): Promise<void>;
}

const MOST_UNDER_WAY = 100;

export function createTransactionGate(run: Run): TransactionGate {
  let open = true;
  let failure: DatabaseFailure | null = null;
  const under = new Set<Promise<unknown>>();

  async function query(statement: PostgresStatement): ReturnType<Run> {
    if (!open) throw new Error('The transaction that this query belongs to has ended.');
    if (failure !== null) throw failure;
    const answer = run(statement);
    const ended = answer.catch((error: unknown) => (failure ??= failureOf(error))).finally(() => under.delete(ended));
    under.add(ended);
    return answer;
  }

  return {
    query,
    async send(statement) {
      query(statement).catch(() => undefined);
      const [oldest] = under;
      if (under.size > MOST_UNDER_WAY) await oldest;
    },
    get failure() {
      return failure;
    },
    async close() {
      open = false;
      await Promise.all(under);
    },
  };
}
