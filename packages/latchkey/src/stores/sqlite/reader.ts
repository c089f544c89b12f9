import { NOT_ENDED, type SqlReader } from '../sql/reader.js';
import type { Connection } from './driver.js';
import type { Mutex } from '../../domain/mutex.js';
import { createQueries } from './queries.js';
import { createSubstrings } from './substrings.js';

/**
 * The connection that reads. It never holds a transaction open, so that each statement sees every change
 * that was committed before it: each read must therefore be one statement.
 */
export interface Reader extends SqlReader {
  readonly prepare: Connection['prepare'];
}

/** `turns` is given where writer and reader share a connection: then a read waits until no change is under way. */
export function createReader(connection: Connection, turns: Mutex | null): Reader {
  const { prepare } = connection;
  const db = createQueries(prepare);
  const read: Reader['read'] = turns === null ? async (work) => work() : (work) => turns.run(work);
  const reader: Reader = { db, prepare, read, substrings: createSubstrings({ db, read }), inTime: NOT_ENDED, until: () => reader };
  return reader;
}
