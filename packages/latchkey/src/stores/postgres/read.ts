import { createHash } from 'node:crypto';
import type { Lane, Run, PostgresStatement } from './connections.js';
import { DatabaseFailure } from './failure.js';

/** Statements that only read: once more, on another connection, where the first turns out to be lost or had to give way. */
export function createRead(lane: Lane, signal?: AbortSignal): Run {
  const once: Run = (statement) => lane.use(({ query }) => query(statement), signal);
  return async (statement) => {
    try {
      return await once(statement);
    } catch (error) {
      if (error instanceof DatabaseFailure && (error.kind === 'lost' || error.kind === 'again')) return once(statement);
      throw error;
    }
  };
}

/** A statement to be prepared. Its name tells its text, for sessions may outlive the version that prepared it. */
export function prepared(text: string): Omit<PostgresStatement, 'values'> {
  return { text, name: `latchkey_${createHash('sha256').update(text).digest('hex').slice(0, 16)}` };
}
