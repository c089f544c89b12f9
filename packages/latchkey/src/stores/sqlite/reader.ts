import { abortError } from '../sql/failure.js';
import { NOT_ENDED, type SqlReader } from '../sql/reader.js';
import type { SqliteConnection } from './driver.js';
import type { Mutex } from '../../domain/mutex.js';
import { createQueries } from './queries.js';
import { createSubstrings } from './substrings.js';

/**
 * The connection that reads. It never holds a transaction open, so that each statement sees every change
 * that was committed before it: each read must therefore be one statement.
 */
export interface SqliteReader extends SqlReader {
  readonly prepare: SqliteConnection['prepare'];
}

const refuse: SqliteReader['read'] = async () => Promise.reject(abortError());

/** `turns` is given where writer and reader share a connection: then a read waits until no change is under way. */
export function createReader(connection: SqliteConnection, turns: Mutex | null): SqliteReader {
  const { prepare } = connection;
  const db = createQueries(prepare);
  const read: SqliteReader['read'] = turns === null ? async (work) => work() : (work) => turns.run(work);
  const substrings = createSubstrings({ db, read });
  // A statement here blocks the event loop: a signal can only have fired before it began.
  const until: SqliteReader['until'] = (signal) => (signal?.aborted === true ? { ...reader, read: refuse } : reader);
  const reader: SqliteReader = { db, prepare, read, substrings, inTime: NOT_ENDED, until };
  return reader;
}
