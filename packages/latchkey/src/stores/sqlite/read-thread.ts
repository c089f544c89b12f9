/**
 * The program of the reading thread, as text. A bundler moves or drops a file that is named by its URL, but carries a text
 * along. The text uses nothing but Node's modules and the file of the driver: it is not compiled, and nothing is imported into it.
 */
import type { LogHead } from '../../domain/event.js';
import { IN_TIME } from './driver.js';

/** Given to the thread when it starts. */
export interface ReadThreadData {
  /** The URL of the package's file; null for Node's own module. */
  readonly driver: string | null;
  readonly location: string;
  readonly options: object;
  /** Statements that are run once on the new connection. */
  readonly setup: readonly string[];
  /** One cell: the id of the question whose statement is to end, or `ALL_END`. */
  readonly ended: Int32Array;
}

export interface ThreadQuestion {
  readonly id: number;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Given: the rows are entries of the audit log, and the answer is one row, the last entry that continues from this one unbroken. */
  readonly after?: LogHead | undefined;
}

/** `started` is posted once, as soon as the driver is loaded. A failure without an id: the database cannot be opened, and the thread ends. */
export type Message =
  | 'started'
  | { readonly failure: Error }
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly failure: Error };

/** In place of an id: no statement goes on. */
export const ALL_END = -1;

export const READ_THREAD = `'use strict';
const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
const { hash: digest } = process.getBuiltinModule('node:crypto');
const { driver, location, options, setup, ended } = workerData;

function confirm(rows, { seq, hash }) {
  for (const row of rows) {
    if (row.seq !== seq + 1 || row.previous_hash !== hash) break;
    if (row.text === null || digest('sha256', row.text) !== row.hash) break;
    ({ seq, hash } = row);
  }
  return [{ seq, hash }];
}

async function main() {
  // Node 22 warns in each thread that its module is experimental.
  process.emitWarning = () => undefined;
  const { DatabaseSync } = driver === null ? process.getBuiltinModule('node:sqlite') : await import(driver);
  parentPort.postMessage('started');

  let database;
  let asked = 0;
  try {
    database = new DatabaseSync(location, options);
    database.function('${IN_TIME}', (_row) => {
      const end = Atomics.load(ended, 0);
      if (end === asked || end === ${ALL_END}) throw new Error('The read has ended.');
      return 1;
    });
    for (const text of setup) database.exec(text);
  } catch (failure) {
    // As a message, which comes after the one before it. An error that ends a thread may overtake messages.
    parentPort.postMessage({ failure });
    return;
  }
  parentPort.on('message', ({ id, text, values, after }) => {
    asked = id;
    try {
      const rows = database.prepare(text).all(...values);
      parentPort.postMessage({ id, rows: after === undefined ? rows : confirm(rows, after) });
    } catch (failure) {
      parentPort.postMessage({ id, failure });
    }
  });
}

void main();
`;
