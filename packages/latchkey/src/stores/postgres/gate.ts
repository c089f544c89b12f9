import type { Run } from './connections.js';
import { failureOf, type DatabaseFailure } from './failure.js';

/** The way to a transaction's connection: one statement after another, and none once it is closed. */
export interface Gate {
  readonly query: Run;
  /** The first failure, after which the transaction can only be rolled back; null without one. */
  readonly failure: DatabaseFailure | null;
  /** Resolves when no statement is under way. */
  close(): Promise<void>;
}

export function createGate(query: Run): Gate {
  let open = true;
  let failure: DatabaseFailure | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function pass(statement: Parameters<Run>[0]): ReturnType<Run> {
    if (!open) throw new Error('The transaction that this query belongs to has ended.');
    if (failure !== null) throw failure;
    try {
      return await query(statement);
    } catch (error) {
      failure ??= failureOf(error);
      throw error;
    }
  }

  return {
    query(statement) {
      const answer = last.then(() => pass(statement));
      last = answer.catch(() => undefined);
      return answer;
    },
    get failure() {
      return failure;
    },
    async close() {
      open = false;
      await last;
    },
  };
}
