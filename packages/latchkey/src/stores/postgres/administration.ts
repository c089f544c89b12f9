import { TimedOutError } from '../../domain/errors.js';
import { NOT_ENDED, type SqlReader } from '../sql/reader.js';
import { BY_THE_PLANNER } from '../sql/substrings.js';
import type { Lane } from './connections.js';
import { DatabaseFailure } from './failure.js';
import { createQueries } from './queries.js';
import { createRead } from './read.js';

export interface AdministrationParts {
  readonly lane: Lane;
  readonly schema: string;
  /** How long a read may take. The server ends it then; a read that gets no connection in this time ends likewise. */
  readonly limitMs: number;
}

/** Reads for operators. One that takes too long rejects with a TimedOutError: the store works, and the question was too wide. */
export function createAdministration({ lane, schema, limitMs }: AdministrationParts): SqlReader {
  function until(signal: AbortSignal | undefined): SqlReader {
    const read = createRead(lane, signal);
    const db = createQueries(async (statement) => {
      try {
        return await read(statement);
      } catch (error) {
        throw isTooLate(error) ? new TimedOutError({ limitMs }) : error;
      }
    }, schema);
    const reader: SqlReader = {
      db,
      substrings: BY_THE_PLANNER,
      inTime: NOT_ENDED,
      read: async (work) => work(),
      until: (another) => (another === undefined ? reader : until(another)),
    };
    return reader;
  }
  return until(undefined);
}

/** Returns whether the server, which works, has ended the read, or other reads had all connections. A silent server says nothing. */
function isTooLate(error: unknown): boolean {
  return error instanceof DatabaseFailure && error.kind === 'late' && error.code !== null;
}
