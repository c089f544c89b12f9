// @ts-check
/** The thread of thread-reader.ts: runs one statement after another on a connection of its own that cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import { connect, loadDriver } from './driver.js';

/** @typedef {{ file: string, readOnly: boolean }} Opened */
/** @typedef {{ id: number, text: string, values: unknown[] }} Question */

const { file, readOnly } = /** @type {Opened} */ (workerData);
const connection = connect(await loadDriver(), file, { readOnly });
connection.pragma('query_only = ON');

parentPort?.on('message', (/** @type {Question} */ { id, text, values }) => {
  try {
    parentPort?.postMessage({ id, rows: connection.prepare(text).all(...values) });
  } catch (/** @type {unknown} */ failure) {
    parentPort?.postMessage({ id, failure });
  }
});
