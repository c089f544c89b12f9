// @ts-check
/** The thread of thread-reader.ts: runs one statement after another on a connection of its own that cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { createStatementCache } from './statement-cache.js';

/** @typedef {{ file: string, options: import('better-sqlite3').Options }} Opened */
/** @typedef {{ id: number, text: string, values: unknown[] }} Question */

const { file, options } = /** @type {Opened} */ (workerData);
const connection = new Database(file, options);
connection.pragma('query_only = ON');

const prepare = createStatementCache(connection);

parentPort?.on('message', (/** @type {Question} */ { id, text, values }) => {
  try {
    parentPort?.postMessage({ id, rows: prepare(text).all(...values) });
  } catch (/** @type {unknown} */ failure) {
    parentPort?.postMessage({ id, failure });
  }
});
